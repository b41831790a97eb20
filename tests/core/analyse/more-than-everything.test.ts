import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { Analysis, Verdict } from '../../../core/contract/index.ts';
import { physicsWindow } from '../../support/physics/window.ts';
import { recordingPath } from '../../support/recordings.ts';
import { SCENARIOS } from '../../support/scenarios.ts';
import { scaled } from '../../support/physics/changed.ts';
import { diagnosed, DMON, ENGINE, QUERY, RECORDED } from '../../support/vllm-h100.ts';

const COUNTED = ['busy', 'empty', 'tensor', 'fp32', 'fp64', 'nvlink', 'transfer', 'network', 'storage', 'host'] as const;
const MOST = { counter: 1.05, modelled: 1.2 } as const;
const ROUNDING = 1e-9;

/** What a verdict says that is more than there is. */
function beyond(verdict: Verdict): string[] {
  const { shares, tree, figures, headroom, relief, split } = verdict;
  const over = (what: string, value: number | null | undefined, most: number) =>
    value !== null && value !== undefined && value > most + ROUNDING ? [`${what} ${value}`] : [];
  return [
    ...COUNTED.flatMap((key) => over(`share ${key}`, shares[key], MOST.counter)),
    ...(['memory', 'compute'] as const).flatMap((key) => over(`share ${key}`, shares[key], MOST.modelled)),
    ...[tree.empty, tree.busy].flatMap((part) => Object.entries(part).flatMap(([key, value]) => over(`tree ${key}`, value, MOST.counter))),
    ...[split?.flops, split?.bytes, split?.time].flatMap((part) =>
      Object.entries(part ?? {}).flatMap(([key, value]) => over(`split ${key}`, value, MOST.modelled)),
    ),
    ...figures.flatMap(({ label, value, ceiling }) => (ceiling === null ? [] : over(`figure ${label} of ${ceiling}`, value, ceiling))),
    ...(headroom !== null && headroom < 1 ? [`headroom ${headroom}`] : []),
    ...(relief !== null && relief < 1 ? [`relief ${relief}`] : []),
  ];
}

const all = ({ verdict, gpus, phases }: Analysis) => [verdict, ...gpus.map((gpu) => gpu.verdict), ...phases.map((phase) => phase.verdict)].flatMap(beyond);

describe('more than everything', () => {
  it('is in no answer about a job that was made', () => {
    for (const { name, tables, options } of SCENARIOS) expect(all(analyse({ clock: 'relative', tables, events: [] }, options)), name).toEqual([]);
  });
  it('is in no answer about windows that physics made', () => {
    for (let seed = 1; seed <= 80; seed += 1) {
      const { tables, options, kind } = physicsWindow(seed);
      expect(all(analyse({ clock: 'relative', tables, events: [] }, options)), `window ${seed}, ${kind}`).toEqual([]);
    }
  }, 30_000);
  it('is in no answer though rates are told that no card, link or model has', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const { tables, options, kind } = physicsWindow(seed);
      for (const factor of [1.3, 3, 40]) {
        expect(all(analyse({ clock: 'relative', tables: scaled(tables, factor), events: [] }, options)), `window ${seed} × ${factor}, ${kind}`).toEqual([]);
      }
    }
  }, 30_000);
  it('is in no answer about a recording', () => {
    for (const { folder, model } of RECORDED.filter((_, i) => i % 12 === 0)) {
      const path = recordingPath(join('labelled/vllm-h100', folder));
      if (path !== undefined) expect(all(diagnosed(path, [ENGINE, DMON, QUERY], { gpu: 'H100-64', model }).analysis), folder).toEqual([]);
    }
  });
});
