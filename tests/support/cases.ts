import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { report } from '../../cli/terminal/report.ts';
import { painter } from '../../cli/terminal/style.ts';
import { diagnosing, readFileText, type Diagnosis } from '../../collectors/run/index.ts';
import type { AnalyseOptions } from '../../core/judging/index.ts';

const home = process.env['HEADROOM_CASES'];

/** What a small input of somebody's gave: the diagnosis, and what the terminal prints of it (not wrapped, no colours; '' where nothing was judged or told). */
export interface CaseRead {
  readonly diagnosis: Diagnosis;
  readonly printed: string;
}

/** Diagnoses the files of one case together, as `headroom diagnose` does; stamps that name no zone are UTC. */
async function readCase(folder: string, options: AnalyseOptions = {}): Promise<CaseRead> {
  const work = diagnosing({ tz: 'UTC' });
  for (const name of readdirSync(folder).sort()) {
    if (name === 'expected.md') continue;
    const source = work.open(name);
    await readFileText(new Blob([readFileSync(join(folder, name))]).stream(), source.feed, () => undefined);
    source.end();
  }
  const diagnosis = work.finish(options);
  const told = diagnosis.analysis !== null || diagnosis.sources.some((source) => source.statements.length > 0);
  return { diagnosis, printed: told ? report(diagnosis, { width: null, paint: painter(false) }) : '' };
}

/** A test over one case of `$HEADROOM_CASES`; skipped, and said so, where the folder is not there. */
export function itReads(name: string, behaviour: string, test: (read: CaseRead) => void): void {
  const folder = home === undefined || home === '' ? null : join(home, name);
  if (folder === null || !existsSync(folder)) {
    describe.skip(`${name} [skipped: needs the cases, set HEADROOM_CASES]`, () => {
      it.skip(behaviour, () => undefined);
    });
    return;
  }
  it(`${name}: ${behaviour}`, async () => test(await readCase(folder)));
}
