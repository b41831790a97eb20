import { openTracker, type Tracker } from '../../core/analyse/index.ts';
import type { Analysis } from '../../core/contract/index.ts';
import type { AnalyseOptions } from '../../core/judging/index.ts';
import type { SourceEvent, Table } from '../../core/readings/index.ts';
import { ANALYSIS_BOUNDS } from '../settings/index.ts';
import { serve } from '../threads/index.ts';

/** What the thread of trackers can be asked; each tracker has a number, which the asking side gives. */
export type TrackingHandlers = typeof handlers;

/** What came for a tracker. */
interface Came {
  readonly no: number;
  readonly tables: readonly Table[];
  readonly events: readonly SourceEvent[];
}

/** A verdict on all that came, how many rows came too late to be in it, and how long it took, seconds. */
export interface Judged {
  readonly analysis: Analysis;
  readonly late: number;
  readonly took: number;
}

/** Running jobs are judged again and again, all in this thread: what of each is looked at is bounded. */
const MOST_JUDGED = {
  gpu: ANALYSIS_BOUNDS.judgedGpus.value,
  host: ANALYSIS_BOUNDS.judgedHosts.value,
  engine: ANALYSIS_BOUNDS.judgedEngines.value,
  process: ANALYSIS_BOUNDS.judgedProcesses.value,
} as const;

const trackers = new Map<number, Tracker>();

const handlers = {
  open: async ({ no, options }: { no: number; options: AnalyseOptions }) => void trackers.set(no, openTracker(options, 'utc', MOST_JUDGED)),
  push: async ({ no, tables, events }: Came) => void trackers.get(no)?.push(tables, events),
  /** Null where there is no such tracker: the thread that had it has died. */
  judge: async ({ at, no, tables, events }: Came & { at: number }): Promise<Judged | null> => {
    const tracker = trackers.get(no);
    if (tracker === undefined) return null;
    const began = performance.now();
    tracker.push(tables, events);
    return { analysis: tracker.analysis(at), late: tracker.late(), took: (performance.now() - began) / 1_000 };
  },
  drop: async ({ no }: { no: number }) => void trackers.delete(no),
};

await serve(async () => handlers);
