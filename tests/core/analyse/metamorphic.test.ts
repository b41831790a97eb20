import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { Analysis, Verdict } from '../../../core/contract/index.ts';
import type { AnalyseOptions } from '../../../core/judging/index.ts';
import type { Table } from '../../../core/readings/index.ts';
import { type Change, removals, SAME, scaled } from '../../support/physics/changed.ts';
import { physicsWindow } from '../../support/physics/window.ts';
import { recordingPath } from '../../support/recordings.ts';
import { SCENARIOS } from '../../support/scenarios.ts';
import { diagnosed, DMON, ENGINE, QUERY, RECORDED } from '../../support/vllm-h100.ts';

interface Input {
  readonly name: string;
  readonly tables: readonly Table[];
  readonly options: AnalyseOptions;
}

/** Above a half a verdict claims more than that it may be so. */
const CONFIDENT = 0.5;
/** A grade of a mean over half of the samples is another number. */
const NOISE = 0.05;
/** The mean of half of the samples of a GPU that works and rests in turn is a few hundredths off, which the margin doubles. */
const SAMPLING = 0.1;
const GENERATED = 100;
/** Longer windows say the same and take longer. */
const SHORT = 1500;

const short = ({ tables }: { readonly tables: readonly Table[] }) => tables.reduce((sum, { t, columns }) => sum + t.length * columns.size, 0) <= SHORT;

/** Every twelfth of the recordings: they differ in length and batch, not in what shows them. */
const recorded: readonly Input[] = RECORDED.filter((_, i) => i % 12 === 0).flatMap(({ folder, model }) => {
  const path = recordingPath(join('labelled/vllm-h100', folder));
  const options = { gpu: 'H100-64', model } as const;
  return path === undefined ? [] : [{ name: folder, tables: diagnosed(path, [ENGINE, DMON, QUERY], options).run.tables, options }];
});
const generated: Input[] = [];
for (let seed = 1; generated.length < GENERATED; seed += 1) {
  const window = physicsWindow(seed);
  if (short(window)) generated.push({ name: `window ${seed}, ${window.kind}`, tables: window.tables, options: window.options });
}
const INPUTS: readonly Input[] = [...SCENARIOS, ...recorded, ...generated];

const asked = ({ tables, options }: Input): Analysis => analyse({ clock: 'relative', tables, events: [] }, options);
const told = ({ bottleneck, grade }: Verdict) => `${bottleneck} ${grade.toFixed(2)}`;

/** What the fuller input had against its own verdict: then what was removed may have been what contradicted. */
const contradicted = ({ verdict, findings }: Analysis) =>
  findings.some(({ id }) => id === 'sources-disagree') || /differ by more than|would be|would need more|would carry/.test(verdict.gradeWhy);

const named = ({ bottleneck, second, candidates }: Verdict) => [
  bottleneck,
  ...(second === null ? [] : [second]),
  ...(bottleneck === 'balanced' ? candidates : []),
];

/** What two answers say against a rule, where they do. */
function broken(input: Input, change: Change, before: Analysis, isBroken: (after: Analysis) => boolean): string[] {
  const after = asked({ ...input, tables: change.of(input.tables) });
  return isBroken(after) ? [`${input.name}, ${change.name}: ${told(before.verdict)} becomes ${told(after.verdict)}`] : [];
}

describe('metamorphic: what is known of an answer from another answer', () => {
  const answers = new Map(INPUTS.map((input) => [input, asked(input)]));
  const over = (of: (input: Input, before: Analysis) => string[]) => [...answers].flatMap(([input, before]) => of(input, before));

  it('removing a metric, a source, samples or digits makes nobody surer, and no label another', () => {
    let pairs = 0;
    const list = over((input, before) =>
      removals(input.tables).flatMap((change) => {
        pairs += 1;
        const names = named(before.verdict);
        return broken(input, change, before, ({ verdict: after }) => {
          if (after.grade <= CONFIDENT || after.bottleneck === before.verdict.second) return false;
          const flipped = before.verdict.bottleneck !== 'unknown' && !names.includes(after.bottleneck);
          const noise = change.name === 'every second sample' ? SAMPLING : NOISE;
          const surer = after.grade > Math.max(CONFIDENT, before.verdict.grade) + noise && !contradicted(before);
          return flipped || surer;
        });
      }),
    );
    console.log(`metamorphic: ${INPUTS.length} inputs (${recorded.length} recorded), ${pairs} removals, ${list.length} break a rule`);
    expect(list).toEqual([]);
  }, 60_000);
  it('another order, start, name or cut of the tables changes nothing', () => {
    const list = over((input, before) =>
      SAME.flatMap((change) =>
        broken(
          input,
          change,
          before,
          ({ verdict }) => verdict.bottleneck !== before.verdict.bottleneck || Math.abs(verdict.grade - before.verdict.grade) > 0.001,
        ),
      ),
    );
    expect(list).toEqual([]);
  }, 60_000);
  it('rates a tenth higher or lower change no label that is sure, but may make it unsure', () => {
    const list = over((input, before) =>
      [0.9, 1.1].flatMap((factor) =>
        broken(input, { name: `× ${factor}`, of: (tables) => scaled(tables, factor) }, before, ({ verdict: after }) => {
          const { bottleneck, grade } = before.verdict;
          return grade > CONFIDENT && after.bottleneck !== bottleneck && after.bottleneck !== 'unknown' && after.grade > CONFIDENT;
        }),
      ),
    );
    expect(list).toEqual([]);
  }, 60_000);
});
