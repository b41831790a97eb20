import type { Analysis, Finding, Verdict } from '../contract/index.ts';
import type { JudgedRun } from '../judging/index.ts';
import { formatAgainst, formatPercent, formatValue, lastOf, type MetricId, METRICS, type Table } from '../readings/index.ts';
import { gpuName } from './findings/index.ts';

/** Things told one by one; more are counted. */
const MOST = 8;
/** Processes told, the busiest first. */
const MOST_PROCESSES = 3;

/**
 * What is said where too little was seen for a verdict: a fault of a GPU is the answer and needs no measuring, and a single look (one
 * table, one page) is told as what it shows.
 */
export function littleSeen(judged: JudgedRun, analysis: Analysis): Analysis {
  const seen = [...judged.gpus.map(({ series }) => series), ...judged.engines, ...judged.hosts, ...judged.processes];
  const looks = Math.max(0, ...seen.map(({ t }) => t.length));
  if (looks > 1 || analysis.verdict.bottleneck !== 'unknown') return analysis;
  const faults = analysis.findings.filter(({ id }) => id === 'gpu-error');
  if (looks === 0 && faults.length === 0) return analysis;
  const told = (verdict: Verdict): Verdict =>
    verdict.bottleneck === 'unknown' ? withWords(verdict, { faults, look: lookOf(judged), named: nameIsKnown(judged) }) : verdict;
  return {
    ...analysis,
    verdict: told(analysis.verdict),
    gpus: analysis.gpus.map((gpu) => ({ ...gpu, verdict: told(gpu.verdict) })),
    phases: analysis.phases.map((phase) => ({ ...phase, verdict: told(phase.verdict) })),
  };
}

interface Words {
  readonly faults: readonly Finding[];
  /** What each thing showed. */
  readonly look: readonly string[];
  /** Whether a tool printed what the GPUs are. */
  readonly named: boolean;
}

function withWords(verdict: Verdict, { faults, look, named }: Words): Verdict {
  const shown = look.length === 0 ? [] : [`one look, no verdict: ${look[0] ?? ''}`, ...look.slice(1)];
  const missing = verdict.missing.filter((text) => text !== NOTHING_READ && !(named && text === TYPE_ASKED));
  const base = { ...verdict, why: [...faults.map(({ text }) => text), ...shown, ...verdict.why.filter((text) => !NO_WORDS.test(text))] };
  if (faults.length > 0) return { ...base, missing: [], tries: [], advice: [] };
  return { ...base, missing, tries: [RECORD], advice: [RECORD.text] };
}

/** What judging says where it has one sample or none. */
const NO_WORDS = /^(?:only \d+ samples?$|nothing was measured$|nothing that was measured decides$)/;
const NOTHING_READ = 'any reading of a GPU, an engine or a host';
const TYPE_ASKED = 'the GPU type';

const RECORD = {
  text: 'Look for longer: record some minutes of the job (headroom-record, the agent, or nvidia-smi --query-gpu=timestamp,index,name,utilization.gpu,utilization.memory,memory.used,memory.total,power.draw,power.limit,clocks.sm --format=csv -l 1 > gpu.csv) and give that.',
  gain: null,
  arithmetic: 'one sample is a moment of a second or less; what limits a job shows over at least two, and over whole steps or requests',
};

function nameIsKnown({ gpus, options }: JudgedRun): boolean {
  return options.gpu !== undefined || (gpus.length > 0 && gpus.every(({ type, name }) => type !== null || name !== null));
}

function lookOf(judged: JudgedRun): string[] {
  const gpus = judged.gpus.map((gpu) => said(gpuName(gpu), [gpu.name, ...gpuParts(gpu.series)]));
  const engines = judged.engines.map((table) => said(table.facts.get('engine') ?? table.entity.id.replace(/@\?$/, ''), engineParts(table)));
  const hosts = judged.hosts.map((table) => said(table.entity.id === '?' ? 'the host' : table.entity.id, hostParts(table)));
  const processes = [...judged.processes]
    .sort((a, b) => value(b, 'process.cpu') - value(a, 'process.cpu'))
    .map((table) => said(processName(table), processParts(table)));
  const all = [...gpus, ...engines, ...hosts].filter((text) => text !== null);
  const busiest = processes.filter((text) => text !== null).slice(0, MOST_PROCESSES);
  return [...all.slice(0, MOST), ...(all.length > MOST ? [`and ${all.length - MOST} more`] : []), ...busiest];
}

function said(name: string, parts: readonly (string | null)[]): string | null {
  const known = parts.filter((part) => part !== null);
  return known.length === 0 ? null : `${name}: ${known.join(', ')}`;
}

function gpuParts(table: Table): (string | null)[] {
  const util = value(table, 'gpu.util');
  const active = value(table, 'gpu.grActive');
  return [
    util >= 0 ? `${formatPercent(util)} busy` : active >= 0 ? `${formatPercent(active)} active` : 'utilisation not shown',
    against(table, 'gpu.power', 'gpu.powerLimit'),
    against(table, 'gpu.memUsed', 'gpu.memTotal'),
    shown(table, 'gpu.dramActive', 'memory bandwidth'),
    shown(table, 'gpu.tensorActive', 'tensor cores'),
    shown(table, 'gpu.temp', null),
  ];
}

function engineParts(table: Table): (string | null)[] {
  return [
    shown(table, 'engine.running', 'running'),
    shown(table, 'engine.waiting', 'waiting'),
    shown(table, 'engine.kvUsage', 'KV cache'),
    shown(table, 'engine.generationRate', 'decode'),
    shown(table, 'engine.promptRate', 'prefill'),
    shown(table, 'engine.trainStepTime', 'step'),
    shown(table, 'engine.trainTokenRate', 'training'),
  ];
}

function hostParts(table: Table): (string | null)[] {
  const cpu = value(table, 'host.cpu');
  const cores = value(table, 'host.cores');
  const busiest = value(table, 'host.cpuMaxCore');
  return [
    cpu >= 0 ? `CPU ${formatPercent(cpu)}${cores > 0 ? ` of ${cores} cores` : ''}` : null,
    busiest >= 0 ? `busiest core ${formatPercent(busiest)}` : null,
    shown(table, 'host.cpuMaxThread', 'hottest thread'),
    shown(table, 'host.load1', 'load'),
    against(table, 'host.memUsed', 'host.memTotal', 'memory'),
  ];
}

function processName({ entity, facts }: Table): string {
  return `process ${entity.id.slice(entity.id.lastIndexOf('/') + 1)}${facts.has('command') ? ` (${(facts.get('command') ?? '').slice(0, 60)})` : ''}`;
}

function processParts(table: Table): (string | null)[] {
  const cpu = value(table, 'process.cpu');
  return [cpu >= 0 ? `${formatPercent(cpu)} of a core` : null, shown(table, 'process.gpuMem', 'GPU memory'), shown(table, 'process.rss', 'memory')];
}

function value(table: Table, id: MetricId): number {
  return lastOf(table.columns.get(id)) ?? Number.NaN;
}

function shown(table: Table, id: MetricId, what: string | null): string | null {
  const found = value(table, id);
  return Number.isNaN(found) ? null : `${what === null ? '' : `${what} `}${formatMetric(id, found)}`;
}

function against(table: Table, id: MetricId, limit: MetricId, what: string | null = null): string | null {
  const found = value(table, id);
  if (Number.isNaN(found)) return null;
  const most = value(table, limit);
  return `${what === null ? '' : `${what} `}${Number.isNaN(most) ? formatMetric(id, found) : formatAgainst(found, most, METRICS[id].unit)}`;
}

function formatMetric(id: MetricId, found: number): string {
  return formatValue(found, METRICS[id].unit);
}
