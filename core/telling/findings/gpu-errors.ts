import { type JudgedGpu, type JudgedRun, namesOf } from '../../judging/index.ts';
import type { Finding } from '../../contract/index.ts';
import type { SourceEvent } from '../../readings/index.ts';
import { finding, gpuName } from './finding.ts';
import { CAUSES, whoActs } from './gpu-causes.ts';
import { xidMeaning } from './xids.ts';

/** Lines quoted as evidence. */
const QUOTED = 4;

/**
 * Faults of a GPU or its driver, as the driver, the kernel or nvidia-smi told them: what is wrong, since when, who must act. Nothing has
 * to be measured for that. One finding per GPU and fault.
 */
export function findGpuErrors(judged: JudgedRun): Finding[] {
  const groups = groupsOf([...judged.events.flatMap((event) => fromEvent(judged, event)), ...judged.gpus.flatMap(fromCounter)]);
  return groups.filter((group) => !isToldBetter(group, groups)).map((group) => told(judged, group));
}

/** One fault as one line told it. */
interface Fault {
  /** What makes two lines the same fault of one GPU: the Xid number, or the cause. */
  readonly cause: string;
  /** The sentence about it; `who` is the GPU, or "a GPU". */
  readonly say: (who: string, looks: number) => string;
  /** The GPU where the run has it, and what the line calls it (its bus address, its index); null where it names none. */
  readonly gpu: JudgedGpu | null;
  readonly called: string | null;
  readonly at: number | null;
  readonly line: string;
  /** The time as the line has it, where it has one. */
  readonly stamp: string | null;
}

function fromEvent(judged: JudgedRun, event: SourceEvent): Fault[] {
  if (event.kind !== 'xid' && event.kind !== 'gpu-error') return [];
  const line = event.text.slice(0, 400);
  const bus = busIn(event.entity?.kind === 'gpu' ? event.entity.id : '') ?? busIn(line);
  const called = bus ?? (event.entity?.kind === 'gpu' ? event.entity.id : null);
  const base = { gpu: gpuOf(judged, event, bus), called, at: event.at, line, stamp: stampIn(line) };
  const sxid = /\bSXid \(/.test(line);
  const xid = sxid ? null : (/Xid[^:]{0,12}\([^)]{1,60}\): (\d{1,4})/.exec(line)?.[1] ?? null);
  if (xid !== null) return [{ ...base, ...ofXid(Number.parseInt(xid, 10)) }];
  if (event.kind === 'xid' && !sxid) {
    const bare = /(?:^|Xid )(\d{1,4})\b/.exec(line)?.[1];
    return bare === undefined ? [] : [{ ...base, ...ofXid(Number.parseInt(bare, 10)) }];
  }
  const cause = CAUSES.find(({ pattern }) => pattern.test(line));
  if (cause === undefined) return [];
  return [{ ...base, cause: cause.id, say: (who, looks) => cause.say(who, line, looks) }];
}

/** DCGM's last Xid: a number that came while the run was watched, or one that was there and keeps the GPU from work. */
function fromCounter(gpu: JudgedGpu): Fault[] {
  const column = gpu.series.columns.get('gpu.xid');
  if (column === undefined) return [];
  const out = new Map<number, Fault>();
  let before = Number.NaN;
  column.forEach((value, row) => {
    if (Number.isNaN(value)) return;
    const isNew = !Number.isNaN(before) && value !== before;
    before = value;
    const xid = Math.round(value);
    if (xid === 0 || out.has(xid) || !(isNew || xidMeaning(xid).actor === 'admin' || xid === CONTAINED)) return;
    const when = isNew ? 'it came in this run' : 'it was there when this run began';
    out.set(xid, {
      ...ofXid(xid),
      gpu,
      called: null,
      at: isNew ? (gpu.series.t[row] ?? null) : null,
      line: `DCGM's last Xid: ${xid} (${when})`,
      stamp: null,
    });
  });
  return [...out.values()];
}

/** A memory error that a process was stopped for: also of the time before the run it says that a row waits to be remapped. */
const CONTAINED = 94;
/** Nothing is left of the GPU but the line that says so. */
const OFF_THE_BUS = 79;

function ofXid(xid: number): Pick<Fault, 'cause' | 'say'> {
  if (xid === OFF_THE_BUS)
    return { cause: 'lost', say: (who) => `${who} is lost (Xid 79: ${xidMeaning(xid).what}). ${whoActs('admin')}${xidMeaning(xid).next}` };
  const { what, actor, next } = xidMeaning(xid);
  return { cause: `xid ${xid}`, say: (who) => `${who} reports Xid ${xid}: ${what}. ${whoActs(actor)}${next}` };
}

/** What was told of one fault of one GPU. */
interface Group {
  readonly first: Fault;
  readonly faults: Fault[];
}

function groupsOf(faults: readonly Fault[]): Group[] {
  const byKey = new Map<string, Group>();
  for (const fault of faults) {
    const key = `${fault.cause} ${fault.gpu?.id ?? fault.called ?? ''}`;
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, { first: fault, faults: [fault] });
    else known.faults.push(fault);
  }
  return [...byKey.values()];
}

/** A line that names no GPU says nothing more than one of the same cause that does. */
function isToldBetter({ first }: Group, all: readonly Group[]): boolean {
  const isNamed = ({ gpu, called }: Fault) => gpu !== null || called !== null;
  return !isNamed(first) && all.some((other) => other.first.cause === first.cause && isNamed(other.first));
}

function told(judged: JudgedRun, { first, faults }: Group): Finding {
  // Of a lost GPU the kernel's own line says most; of cells that fail, the look at which most of them did.
  const best = faults.reduce((top, one) => (weight(one) > weight(top) ? one : top), first);
  const lines = [...new Set(faults.map(({ line }) => line))];
  const looks = new Set(faults.map(({ at, line }) => at ?? line)).size;
  const times = faults.flatMap(({ at }) => (at === null ? [] : [at]));
  const stamp = faults.find((one) => one.stamp !== null)?.stamp ?? null;
  const when = stamp === null ? '' : ` First told: ${stamp}.`;
  return finding(
    judged,
    {
      id: 'gpu-error',
      text: `${best.say(nameOf(best), looks)}${when}`,
      evidence: [...lines.slice(0, QUOTED).map((line) => line.slice(0, 300)), ...(lines.length > QUOTED ? [`and ${lines.length - QUOTED} more lines`] : [])],
    },
    {
      entity: best.gpu?.id ?? best.called,
      from: times.length === 0 ? null : Math.min(...times),
      to: times.length === 0 ? null : Math.max(...times),
    },
  );
}

function weight({ line }: Fault): number {
  if (/Xid/.test(line)) return 1_000;
  return line.split(', ').length + (/fallen off/.test(line) ? 500 : 0);
}

function nameOf({ gpu, called }: Fault): string {
  if (gpu !== null) {
    const address = busIn(gpu.series.facts.get('pciBusId') ?? '') ?? busIn(called ?? '');
    return address === null ? gpuName(gpu) : `${gpuName(gpu)} at ${address}`;
  }
  if (called === null) return 'A GPU';
  if (called.startsWith('#')) return `GPU ${called.slice(1)}`;
  return busIn(called) === null ? called : `The GPU at ${called}`;
}

function gpuOf({ gpus }: JudgedRun, { entity }: SourceEvent, bus: string | null): JudgedGpu | null {
  const named = entity?.kind === 'gpu' ? gpus.find((gpu) => namesOf(gpu).includes(entity.id)) : undefined;
  if (named !== undefined) return named;
  const here = bus === null ? undefined : gpus.find((gpu) => busIn(gpu.series.facts.get('pciBusId') ?? '') === bus);
  return here ?? null;
}

const BUS = /([0-9a-f]{3,8}):([0-9a-f]{2}):([0-9a-f]{2})(?:\.[0-9a-f])?(?![0-9a-f:])/i;

/** A PCI address as the kernel has it, `0000:A1:00.0`; null where there is none. */
function busIn(text: string): string | null {
  const [, domain = '', bus = '', device = ''] = BUS.exec(text.slice(0, 400)) ?? [];
  if (bus === '') return null;
  return `${domain.replace(/^0+/, '').padStart(4, '0')}:${bus}:${device}.0`.toUpperCase();
}

const STAMPS: readonly RegExp[] = [
  /^\[?([A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})\b/,
  /^((?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d)\b/,
  /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)/,
];

/** The time at a line's start as it was printed; null where there is none. */
function stampIn(line: string): string | null {
  for (const stamp of STAMPS) {
    const found = stamp.exec(line)?.[1];
    if (found !== undefined) return found;
  }
  return null;
}
