// Exit 1 where a budget is missed.
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench, Figure } from './bench.ts';

interface Row {
  readonly name: string;
  readonly load: () => Promise<Bench>;
  /** Runs only when it is named: it needs more than this repository. */
  readonly named?: true;
}

/** A new one: a file that exports a `Bench`, and a row here. */
const benches: readonly Row[] = [
  { name: 'classify', load: async () => (await import('./classify.ts')).classifyBench },
  { name: 'agent', load: async () => (await import('./agent.ts')).agentBench },
  { name: 'store', load: async () => (await import('./store.ts')).storeBench },
  { name: 'jobs', load: async () => (await import('./jobs.ts')).jobsBench },
  { name: 'restart', load: async () => (await import('./restart.ts')).restartBench },
  { name: 'peer', load: async () => (await import('./peer.ts')).peerBench, named: true },
];

const HELP = `Usage: npm run bench -- [names] [options]

Every benchmark, or those that are named: ${benches.map(({ name, named }) => (named === true ? `${name} (only when named)` : name)).join(', ')}.
peer starts Debian's VictoriaMetrics and feeds both the same readings.

Options
  --quick          less of everything
  --profile DIR    leaves the server's CPU profiles there
  --help           this text
`;

function numberOf(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(3)).toString();
}

function line({ what, value, unit, peer, budget, holds }: Figure): string {
  const beside = peer === undefined ? '' : `${numberOf(peer.value).padStart(16)} ${`${peer.ratio.toFixed(2)} ×`.padStart(9)} `;
  const verdict = holds === undefined ? '' : holds ? '  ok' : '  MISSED';
  return `${what.padEnd(58)} ${numberOf(value).padStart(12)} ${beside}${unit.padEnd(12)}${budget ?? ''}${verdict}`;
}

/** Names of the columns, where there are two. */
function heading(figures: readonly Figure[]): string {
  const name = figures.find(({ peer }) => peer !== undefined)?.peer?.name;
  return name === undefined ? '' : `  ${''.padEnd(58)} ${'Headroom'.padStart(12)} ${name.padStart(16)} ${'ratio'.padStart(9)} ${'unit'.padEnd(12)}budget\n`;
}

const { positionals: wanted, values: options } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, profile: { type: 'string' }, help: { type: 'boolean', default: false } },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}
const profile = options.profile === undefined ? null : resolve(options.profile);
const unknown = wanted.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) throw new Error(`no benchmark ${unknown.join(', ')}; there are: ${benches.map(({ name }) => name).join(', ')}`);
console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}\n`);
for (const { name, load, named } of benches) {
  if (wanted.length > 0 ? !wanted.includes(name) : named === true) continue;
  const figures = await (await load()).run({ quick: options.quick, profile });
  console.log(`${name}\n${heading(figures)}${figures.map((figure) => `  ${line(figure)}`).join('\n')}\n`);
  if (figures.some(({ holds }) => holds === false)) process.exitCode = 1;
}
