import type { Analysis, Job } from '../../core/contract/index.ts';
import type { Waiting } from './pending.ts';
import type { Tracking } from './trackers.ts';

/** A running job that is followed: its tracker, its latest analysis, and when what was done last (seconds UTC). */
export interface Followed extends Waiting {
  job: Job;
  readonly tracker: Tracking;
  /** The options that the tracker was opened with, as text: other ones need another tracker. */
  readonly options: string;
  analysis: Analysis | null;
  judgedAt: number;
  /** How long its last verdict took, seconds. */
  took: number;
  /** Rows that came too late for it. */
  late: number;
  /** True where its tracker went with its thread. */
  lost: boolean;
  /** When its row last became another one. */
  changedAt: number;
  savedAt: number;
  /** What was last saved, to save at once when it changes. */
  savedAs: string;
  saving: boolean;
  readonly openedAt: number;
  /** Seconds that must pass from `openedAt` until the tracker may be built again. */
  readonly patience: number;
}

/** Seconds between verdicts: of a job that somebody watches, of the others, and without any news. */
export const CADENCE = { watched: 1, others: 10, quietWatched: 10, quiet: 60 } as const;

/** One job's verdicts take no more than a tenth of the trackers' thread: one that is slow to judge is judged less often. */
const SHARE = 10;

/** Seconds by which a verdict is due; due now at 0 or below. */
export function dueIn(followed: Followed, watched: boolean, now: number): number {
  const every = followed.dirty ? (watched ? CADENCE.watched : CADENCE.others) : watched ? CADENCE.quietWatched : CADENCE.quiet;
  return followed.judgedAt + Math.max(every, SHARE * followed.took) - now;
}

/** Seconds between saves of a job whose verdict stays what it was: a restart judges it again anyway. */
const SAVE_EVERY = 300;

/** True when the analysis should go to the store: the verdict became another one, or five minutes have passed. */
export function shouldSave(followed: Followed, now: number): boolean {
  return followed.analysis !== null && !followed.saving && (isNews(followed) || now - followed.savedAt >= SAVE_EVERY);
}

/** True where the verdict is another one than was saved; one that stays what it was is found again from the readings at the next start. */
export function isNews({ analysis, savedAs }: Pick<Followed, 'analysis' | 'savedAs'>): boolean {
  return analysis !== null && nameOf(analysis) !== savedAs;
}

/** Rows that came out of order before the tracker is built again from the store. */
const LATE_ROWS = 20;
/** Seconds until the first such rebuild (a second tool's past arrives in one go), and the most between two, for senders that are always late. */
export const FIRST_PATIENCE = 3;
const MOST_PATIENCE = 300;

/** The patience after a rebuild: four times as long, and the first one again after a quiet time. */
export function nextPatience(before: Followed | undefined, now: number): number {
  if (before === undefined || now - before.openedAt > 4 * MOST_PATIENCE) return FIRST_PATIENCE;
  return Math.min(MOST_PATIENCE, before.patience * 4);
}

/** True when so many rows came late (a second tool, a spool sent afterwards) that the live verdict misses something, or where the tracker is lost. */
export function shouldRebuild({ restoring, late, lost, openedAt, patience }: Followed, now: number): boolean {
  return !restoring && (lost || late >= LATE_ROWS) && now - openedAt >= patience;
}

/** What makes an analysis another one for those who look at a list: its words, its findings, a new phase. */
export function nameOf({ verdict, phases, findings }: Analysis): string {
  return [verdict.bottleneck, verdict.activity, phases.length, ...findings.map((finding) => finding.id)].join(' ');
}

/** The index of the first phase that is not as it was. Earlier ones need not be sent again. */
export function firstChanged(before: Analysis | null, after: Analysis): number {
  if (before === null) return 0;
  let index = 0;
  while (index < after.phases.length) {
    const [was, is] = [before.phases[index], after.phases[index]];
    if (
      was === undefined ||
      is === undefined ||
      was.from !== is.from ||
      was.to !== is.to ||
      was.verdict.bottleneck !== is.verdict.bottleneck ||
      was.verdict.activity !== is.verdict.activity
    )
      break;
    index += 1;
  }
  // The phase that is still open has new numbers even where its words stay.
  return Math.min(index, Math.max(0, after.phases.length - 1));
}
