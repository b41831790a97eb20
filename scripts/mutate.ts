// `npm run mutate`: breaks the code on purpose, one fault at a time, and asks the tests whether they notice. Filters are parts of
// an area's or a file's name: `npm run mutate -- ingest core/judging`; `--check` only asks whether the list still fits the code.
// Each worker has a copy of the tree; this one stays as it is.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { type Mutant, mutantsOf } from './mutants.ts';
import type { Order } from './mutate-runner.ts';
import { MUTATIONS } from './mutations.ts';
import { root } from './run.ts';

type Fate = 'killed' | 'timed out' | 'survived';

/** Of the list so many may survive, each with its reason. */
const MOST_SURVIVORS = 0.1;
/** Not needed by any test, or shared by all copies. */
const NOT_COPIED = ['node_modules', '.git', 'dist', 'data', 'headroom-data'];

const { values: options, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: { workers: { type: 'string', default: '1' }, seconds: { type: 'string', default: '180' }, check: { type: 'boolean', default: false } },
});
/** Folders and process groups to be gone at the end, however it comes. */
const folders: string[] = [];
const groups = new Set<number>();
process.on('exit', () => {
  for (const group of groups) endGroup(group);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
process.exit(await main());

async function main(): Promise<number> {
  const { mutants: all, stale } = mutantsOf(MUTATIONS);
  if (stale.length > 0) {
    console.error(`The list does not fit the code any more (scripts/mutations.ts):\n  ${stale.join('\n  ')}`);
    return 2;
  }
  if (options.check) {
    console.log(`${all.length} faults fit the code.`);
    return 0;
  }
  const begun = Date.now();
  const mutants = all.filter(({ area, file }) => filters.length === 0 || filters.some((part) => area.includes(part) || file.includes(part)));
  if (mutants.length === 0) {
    console.error(`No mutation is in ${filters.join(' or ')}: areas are ${[...new Set(MUTATIONS.map(({ area }) => area))].join(', ')}`);
    return 2;
  }
  const workers = await Promise.all(Array.from({ length: Math.min(Number(options.workers), mutants.length) }, openWorker));
  if (!(await arePassing(mutants, workers.slice(0, 1)))) {
    console.error('The tests fail without any fault: mend them first.');
    return 2;
  }
  const fates = await fatesOf(mutants, workers);
  if (!(await arePassing(mutants, workers))) {
    console.error('The tests fail though every fault is gone: what was noticed cannot be trusted.');
    return 2;
  }
  return verdictOn(fates, all.length, Date.now() - begun);
}

/** Whether all tests of some faults pass on code that is whole. */
async function arePassing(mutants: readonly Mutant[], workers: readonly Worker[]): Promise<boolean> {
  const tests = [...new Set(mutants.flatMap((mutant) => mutant.tests))];
  const fates = await Promise.all(workers.map(({ fateOf }) => fateOf({ changed: 'package.json', tests }, 10 * Number(options.seconds))));
  return fates.every((fate) => fate === 'survived');
}

/** A copy of the tree, and a process that runs its tests. */
interface Worker {
  readonly folder: string;
  /** Whether the tests notice: `survived` where all of them pass. */
  fateOf(order: Order, seconds: number): Promise<Fate>;
}

async function openWorker(): Promise<Worker> {
  const folder = copyOfTree();
  let runner = await openRunner(folder);
  return {
    folder,
    async fateOf(order, seconds) {
      const { child, end } = runner;
      const over = new AbortController();
      const timer = setTimeout(() => over.abort(), seconds * 1000);
      child.send(order);
      // Gone only by itself, or where the time was up: an endless loop can be stopped by nothing else than its process's end.
      const passed = await Promise.race([once(child, 'message', over), once(child, 'exit', over)]).then(
        ([answer]: unknown[]) => (child.exitCode === null ? answer === true : null),
        () => null,
      );
      clearTimeout(timer);
      const late = over.signal.aborted;
      over.abort();
      if (passed !== null) return passed ? 'survived' : 'killed';
      end();
      runner = await openRunner(folder);
      return late ? 'timed out' : 'killed';
    },
  };
}

async function openRunner(folder: string) {
  // In a group of its own, so that no process of a run that hangs outlives it.
  const child = fork(join(folder, 'scripts', 'mutate-runner.ts'), { cwd: folder, execArgv: ['--import', 'tsx'], detached: true, stdio: 'ignore' });
  const { pid } = child;
  if (pid === undefined) throw new Error('no process can be started for the tests');
  groups.add(pid);
  await once(child, 'message');
  return {
    child,
    end() {
      groups.delete(pid);
      endGroup(pid);
    },
  };
}

function endGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

/** A copy of the tree without what is built or installed; packages are shared by a link. */
function copyOfTree(): string {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-mutate-'));
  folders.push(folder);
  cpSync(root, folder, { recursive: true, filter: (path) => !NOT_COPIED.includes(relative(root, path)) });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

async function fatesOf(mutants: readonly Mutant[], workers: readonly Worker[]): Promise<ReadonlyMap<Mutant, Fate>> {
  const fates = new Map<Mutant, Fate>();
  const waiting = [...mutants];
  const work = async ({ folder, fateOf }: Worker): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const path = join(folder, mutant.file);
      const whole = readFileSync(path, 'utf8');
      writeFileSync(path, mutant.broken);
      const fate = await fateOf({ changed: mutant.file, tests: mutant.tests }, Number(options.seconds));
      writeFileSync(path, whole);
      fates.set(mutant, fate);
      const why = fate === 'survived' ? ` [${mutant.survives ?? 'WITHOUT A REASON'}]` : '';
      console.log(`${`${fates.size}/${mutants.length}`.padEnd(8)}${fate.padEnd(10)}${mutant.file}: ${mutant.harm}${why}`);
    }
  };
  await Promise.all(workers.map(work));
  return fates;
}

/** Prints the scores, of each area and of all; gives the exit code. */
function verdictOn(fates: ReadonlyMap<Mutant, Fate>, listed: number, milliseconds: number): number {
  const all = [...fates];
  console.log('');
  for (const area of new Set(all.map(([mutant]) => mutant.area))) {
    console.log(
      scoreOf(
        area,
        all.filter(([mutant]) => mutant.area === area),
      ),
    );
  }
  console.log(`${scoreOf('all', all)}, in ${(milliseconds / 60_000).toFixed(1)} minutes`);
  const survivors = all.filter(([, fate]) => fate === 'survived');
  const unexplained = survivors.filter(([mutant]) => mutant.survives === null);
  const revived = all.filter(([mutant, fate]) => mutant.survives !== null && fate !== 'survived');
  for (const [mutant] of revived) console.log(`noticed after all, drop its reason: ${mutant.file}: ${mutant.harm}`);
  for (const [mutant] of unexplained) console.error(`survived without a reason: ${mutant.file}: ${mutant.harm}`);
  if (unexplained.length > 0) console.error('Write the tests that notice, or say why none can.');
  const tooMany = survivors.length > MOST_SURVIVORS * listed;
  if (tooMany) console.error(`${survivors.length} of ${listed} survived: more than a tenth.`);
  return unexplained.length > 0 || tooMany ? 1 : 0;
}

function scoreOf(name: string, fates: readonly (readonly [Mutant, Fate])[]): string {
  const killed = fates.filter(([, fate]) => fate !== 'survived').length;
  const late = fates.filter(([, fate]) => fate === 'timed out').length;
  const explained = fates.filter(([mutant, fate]) => fate === 'survived' && mutant.survives !== null).length;
  const score = `${killed} of ${fates.length} killed (${((100 * killed) / fates.length).toFixed(0)} %${late > 0 ? `, ${late} by a time-out` : ''})`;
  return `${name.padEnd(14)}${score}, ${explained} survived with a reason, ${fates.length - killed - explained} without`;
}
