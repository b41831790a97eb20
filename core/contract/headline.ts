import type { Activity, Analysis, Bottleneck, Phase, Verdict } from './verdict.ts';
import { BOTTLENECK_LABELS } from './labels.ts';
import type { RibbonPart } from './jobs.ts';

/** What is told before any label: a job that gets nowhere, and GPUs that their hardware slows down most of the time. */
type Mark = NonNullable<RibbonPart['mark']>;

/** A mark with the time it holds, seconds on the run's clock: `from` is null where nobody says when, `to` where it lasts to the end of what is known. */
interface MarkedTime {
  readonly mark: Mark;
  readonly from: number | null;
  readonly to: number | null;
}

/** What a headline is made of. */
interface Headed {
  readonly bottleneck: Bottleneck;
  readonly activity: Activity;
  readonly lean: Bottleneck | null;
  readonly marked: MarkedTime | null;
}

const NO_PROGRESS = 'no progress';
/** A stretch slowed down for less of its busy time than this is told as a finding, not as the headline. */
const MOSTLY_PERCENT = 50;

/** The mark of one verdict, read from its modifiers. One GPU that waits while others work marks no job. */
export function markOf({ modifiers, why }: Pick<Verdict, 'modifiers' | 'why'>): Mark | null {
  if (modifiers.includes(NO_PROGRESS) && !why.some((line) => line.endsWith('GPUs work, the others wait'))) return 'hung';
  const slowed = modifiers.map((text) => /slowdown (\d+) % of the busy time$/.exec(text)?.[1]).find((percent) => percent !== undefined);
  return Number(slowed) >= MOSTLY_PERCENT ? 'slowed' : null;
}

/** A phase as a ribbon draws it. */
export function ribbonPart({ from, to, verdict }: Phase): RibbonPart {
  const mark = markOf(verdict);
  return { from, to, bottleneck: verdict.bottleneck, activity: verdict.activity, ...(mark === null ? {} : { mark }) };
}

/**
 * The mark that heads a job and when it began: the one its last part has, else (of a job that is over) the one of the longest
 * part with its label. Null where its label heads it.
 */
export function markedTime(parts: readonly RibbonPart[], of: { bottleneck: Bottleneck; running: boolean }): MarkedTime | null {
  return around(parts, heading(parts, of));
}

/** The index of the part whose mark heads a job; −1, or a part without a mark, where none does. */
function heading(parts: readonly RibbonPart[], { bottleneck, running }: { bottleneck: Bottleneck; running: boolean }): number {
  const last = parts.length - 1;
  if (parts[last]?.mark !== undefined) return last;
  if (running) return -1;
  let longest = -1;
  parts.forEach((part, index) => {
    const most = parts[longest];
    if (part.bottleneck === bottleneck && (most === undefined || part.to - part.from > most.to - most.from)) longest = index;
  });
  return longest;
}

/** The neighbours with the mark of a part, as one stretch; null for a part without one. */
function around(parts: readonly RibbonPart[], index: number): MarkedTime | null {
  const mark = parts[index]?.mark;
  if (mark === undefined) return null;
  let first = index;
  let last = index;
  while (parts[first - 1]?.mark === mark) first -= 1;
  while (parts[last + 1]?.mark === mark) last += 1;
  const [from, to] = [parts[first]?.from, parts[last]?.to];
  if (from === undefined || to === undefined) return null;
  return { mark, from, to: last === parts.length - 1 ? null : to };
}

/** What answers for a run, with its headline. */
interface Answer {
  readonly verdict: Verdict;
  readonly headed: Headed;
  /** The phase that the verdict is of: the part whose mark heads the run, else the last one of a run that goes on and is still what it mostly was. Null where the verdict is the run's own. */
  readonly phase: Phase | null;
}

/** The verdict that answers for a run: never the figures of an earlier stretch for what holds now. */
export function answerOf({ verdict, phases }: Pick<Analysis, 'verdict' | 'phases'>, running: boolean): Answer {
  const parts = phases.map(ribbonPart);
  const at = heading(parts, { bottleneck: verdict.bottleneck, running });
  const marked = around(parts, at);
  const last = phases[phases.length - 1];
  const goesOn = running && last?.verdict.bottleneck === verdict.bottleneck && last.verdict.activity === verdict.activity;
  const phase = (marked === null ? (goesOn ? last : null) : phases[at]) ?? null;
  const told = phase?.verdict ?? verdict;
  return { verdict: told, headed: { ...headedBy(told), marked }, phase };
}

/** A verdict alone: nobody says since when. */
export function headedBy(verdict: Verdict): Headed {
  const mark = markOf(verdict);
  const { bottleneck, activity, lean } = verdict;
  return { bottleneck, activity, lean, marked: mark === null ? null : { mark, from: null, to: null } };
}

/**
 * The headline, wherever one stands (page, list, terminal): `Memory bandwidth: decode`, `Cannot tell`,
 * `Hung: no progress since 10:17`, `Throttled since 10:17: compute, training`. `instant` writes a time.
 */
export function headline({ bottleneck, activity, lean, marked }: Headed, instant: (at: number) => string): string {
  const limit = BOTTLENECK_LABELS[bottleneck];
  const rest = [
    activity === 'unknown' || activity === 'idle' || bottleneck === 'idle' ? null : activity,
    lean === null ? null : `${BOTTLENECK_LABELS[lean]}-leaning`,
  ].filter((part) => part !== null);
  if (marked !== null) {
    const { from, to } = marked;
    const when = from === null ? '' : to === null ? ` since ${instant(from)}` : ` ${instant(from)}–${instant(to)}`;
    return marked.mark === 'hung' ? `Hung: no progress${when}` : `Throttled${when}: ${[limit, ...rest].join(', ')}`;
  }
  const name = `${limit.charAt(0).toUpperCase()}${limit.slice(1)}`;
  return rest.length === 0 ? name : `${name}: ${rest.join(', ')}`;
}
