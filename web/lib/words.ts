import {
  type Bottleneck,
  BOTTLENECK_LABELS,
  FINDING_LABELS,
  type FindingId,
  type JobState,
  type RibbonPart,
  SHARE_LABELS,
  type ShareKey,
  type Verdict,
} from '../../core/contract/index.ts';
import { formatAgainst, formatFactor, formatPercent, isUnit } from '../../core/readings/index.ts';

/** A bottleneck's name at the start of a line: core/contract/labels.ts has it for use inside a sentence. */
export function bottleneckWord(bottleneck: Bottleneck): string {
  return capital(BOTTLENECK_LABELS[bottleneck]);
}

/** One line on what a bottleneck means, for tooltips and legends. */
export const BOTTLENECK_MEANINGS: Readonly<Record<Bottleneck, string>> = {
  memory: 'The GPU waits for its own memory to deliver weights or KV cache.',
  compute: 'The arithmetic units are the limit.',
  network: 'The link between nodes is the limit.',
  storage: 'Reading or writing files is the limit.',
  host: 'The GPU waits for the CPU: scheduling, tokenising, loading data.',
  transfer: 'Copies between host and GPU over PCIe are the limit.',
  overhead: 'The GPU is busy, but no resource is near its limit: small kernels, launches, synchronisation.',
  capacity: 'The GPU’s memory is full: requests wait or are computed again.',
  idle: 'Nothing runs on the GPU.',
  balanced: 'Two limits are about equally close.',
  unknown: 'What was measured does not decide it.',
};

export const STATE_WORDS: Readonly<Record<JobState, string>> = {
  pending: 'pending',
  running: 'running',
  completed: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
  timeout: 'timed out',
  oom: 'out of memory',
  unknown: 'state unknown',
};

/** A job's state in a word; of one that went on when the server was last heard, `was running`. */
export function stateWord(state: JobState, gone: boolean): string {
  return gone && (state === 'running' || state === 'pending') ? `was ${STATE_WORDS[state]}` : STATE_WORDS[state];
}

/** Written “1.00 ×”, a headroom would deny the gains that stand beside it, which come from needing less of the resource. */
const AT_THE_LIMIT = 1.005;

/** `headroom 1.53 ×`, or `at its ceiling`. */
export function headroomWords(headroom: number): string {
  return headroom < AT_THE_LIMIT ? 'at its ceiling' : `headroom ${formatFactor(headroom)}`;
}

/** What is known where no limit can be named, in one line: `82 % busy, 153 of 300 W, 24.1 of 48.3 GB of memory, …`; null where nothing is. */
export function knownWords({ shares, figures }: Pick<Verdict, 'shares' | 'figures'>): string | null {
  const figure = (label: string, more = ''): string | null => {
    const found = figures.find((one) => one.label === label);
    return found === undefined || !isUnit(found.unit) ? null : `${formatAgainst(found.value, found.ceiling, found.unit)}${more}`;
  };
  const share = (key: ShareKey, text: string): string | null => (shares[key] === null ? null : text.replace('%', formatPercent(shares[key])));
  const parts = [
    share('busy', 'GPU % busy'),
    figure('Power'),
    figure('GPU memory', ' of memory'),
    share('memory', 'memory bandwidth %'),
    share('compute', 'compute %'),
    figure('Training'),
    figure('Decode', ' decoded'),
    figure('Prefill', ' of prompts'),
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(', ');
}

/** The share bars of a verdict, in the order drawn, each in the colour of the bottleneck that it may become. */
export const SHARE_BARS: readonly { readonly key: ShareKey; readonly label: string; readonly colour: Bottleneck }[] = (
  [
    ['memory', 'memory'],
    ['compute', 'compute'],
    ['nvlink', 'network'],
    ['host', 'host'],
    ['transfer', 'transfer'],
    ['network', 'network'],
    ['storage', 'storage'],
  ] as const
).map(([key, colour]) => ({ key, label: SHARE_LABELS[key], colour }));

/** A known finding's words, or the id itself where a newer server knows more findings than this page. */
export function findingWord(id: string): string {
  return isFindingId(id) ? FINDING_LABELS[id] : id;
}

function isFindingId(id: string): id is FindingId {
  return Object.hasOwn(FINDING_LABELS, id);
}

/** A phase's verdict, short enough for a ribbon: `decode, memory bandwidth`. */
export function phaseWords(part: Pick<RibbonPart, 'bottleneck' | 'activity' | 'mark'>): string {
  if (part.mark === 'hung') return 'hung';
  const limit = `${part.mark === 'slowed' ? 'throttled, ' : ''}${BOTTLENECK_LABELS[part.bottleneck]}`;
  return tellsMore(part) ? `${part.activity}, ${limit}` : limit;
}

function tellsMore({ bottleneck, activity }: Pick<Verdict, 'bottleneck' | 'activity'>): boolean {
  return activity !== 'unknown' && activity !== 'idle' && bottleneck !== 'idle';
}

/** A text that begins a sentence of its own. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Findings of a list row, each once with how often it was found: `Thermal slowdown × 4`. */
export function findingTags(ids: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts].map(([id, count]) => (count === 1 ? findingWord(id) : `${findingWord(id)} × ${count}`));
}

/** Words of our own, explained where they stand. */
export const EXPLAINED = {
  headroom:
    'How many times faster the job could go before it reaches this limit: what the resource can deliver, divided by what the job takes. 1 × is at the limit.',
  relief: 'How many times faster the job would go if this limit were gone and nothing else changed: then the next limit holds.',
  grade:
    'How far the evidence carries the verdict, from 0 to 1: what was measured, for how much of the time, and how clear it is. It is no probability. At 0.5 and less take it as a hint.',
  tier: 'What the verdict rests on. A: the engine’s or trainer’s own counters with a known model and GPU. B: the GPU’s profiling counters (DCGM). C: nvidia-smi and the host’s counters only, which say when a GPU is busy and hardly why.',
  underused:
    'A GPU that a job holds and that is busy for less than 40 % of the time now: most of it is left unused. One that does next to nothing counts as idle instead.',
  shares:
    'How near each resource is to what it can reach in practice. A wait (host, storage, network) is the share of time spent waiting. They overlap, so they do not add up to 100 %.',
} as const;

/** What an evidence tier rests on. */
export const TIER_WORDS: Readonly<Record<Verdict['tier'], string>> = {
  A: 'engine counters with a known model and GPU',
  B: 'GPU profiling counters (DCGM)',
  C: 'nvidia-smi and host counters only',
};
