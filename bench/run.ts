// `npm run bench`: every benchmark, or those whose names are given. Exit 1 where a budget is missed.
import { cpus } from 'node:os';
import type { Bench, Figure } from './bench.ts';

/** A new one: a file that exports a `Bench`, and a row here. */
const benches: readonly { readonly name: string; readonly load: () => Promise<Bench> }[] = [
  { name: 'classify', load: async () => (await import('./classify.ts')).classifyBench },
  { name: 'agent', load: async () => (await import('./agent.ts')).agentBench },
  { name: 'store', load: async () => (await import('./store.ts')).storeBench },
  { name: 'jobs', load: async () => (await import('./jobs.ts')).jobsBench },
];

function line({ what, value, unit, budget, holds }: Figure): string {
  const shown = Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(3)).toString();
  const verdict = holds === undefined ? '' : holds ? '  ok' : '  MISSED';
  return `${what.padEnd(58)} ${shown.padStart(12)} ${unit.padEnd(12)}${budget ?? ''}${verdict}`;
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) throw new Error(`no benchmark ${unknown.join(', ')}; there are: ${benches.map(({ name }) => name).join(', ')}`);
console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}\n`);
for (const { name, load } of benches) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const figures = await (await load()).run();
  console.log(`${name}\n${figures.map((figure) => `  ${line(figure)}`).join('\n')}\n`);
  if (figures.some(({ holds }) => holds === false)) process.exitCode = 1;
}
