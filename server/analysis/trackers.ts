import { extname } from 'node:path';
import type { AnalyseOptions } from '../../core/judging/index.ts';
import type { SourceEvent, Table } from '../../core/readings/index.ts';
import { ANALYSIS_BOUNDS } from '../settings/index.ts';
import { openThread } from '../threads/index.ts';
import type { Judged, TrackingHandlers } from './tracking.ts';

/** One push or verdict may take this long, milliseconds; a longer one is a fault, and the thread is ended with all its trackers. */
const LONGEST = ANALYSIS_BOUNDS.tracking.value * 1_000;

/** A running job's tracker, which is in another thread: a job of hundreds of GPUs takes seconds to judge. What is asked of it is done in order. */
export interface Tracking {
  push(tables: readonly Table[], events: readonly SourceEvent[]): void;
  /** Takes in what came and judges all; `at` in seconds UTC. Null where the thread that had the tracker has died: another one is needed. Rejects where the job cannot be judged. */
  judge(at: number, tables: readonly Table[], events: readonly SourceEvent[]): Promise<Judged | null>;
  drop(): void;
}

/** The trackers of all running jobs, in one thread that starts with the first. */
export interface Trackers {
  open(options: AnalyseOptions): Tracking;
  close(): Promise<void>;
}

/** No tracker yet; `failed` hears of what was pushed in vain. `longest`: milliseconds. */
export function openTrackers(failed: (text: string) => void, longest = LONGEST): Trackers {
  const entry = new URL(`./tracking${extname(import.meta.url)}`, import.meta.url);
  const thread = openThread<TrackingHandlers>({ entry, name: 'tracking', longest, failed });
  let last = 0;
  return {
    open(options) {
      last += 1;
      const no = last;
      void thread.ask('open', { no, options });
      return {
        push(tables, events) {
          void thread.ask('push', { no, tables: tables.map(ownTable), events }).then((outcome) => {
            if (outcome.kind === 'failed') failed(outcome.failure.stack ?? outcome.failure.message);
          });
        },
        async judge(at, tables, events) {
          const outcome = await thread.ask('judge', { no, at, tables: tables.map(ownTable), events });
          if (outcome.kind === 'done') return outcome.value;
          if (outcome.kind === 'failed') throw new Error(outcome.failure.stack ?? outcome.failure.message);
          return null;
        },
        drop: () => void thread.ask('drop', { no }),
      };
    },
    close: () => thread.close(),
  };
}

/** The same table in arrays of its own: of a view the whole array behind it would cross over. */
function ownTable({ entity, t, columns, facts }: Table): Table {
  return { entity, t: own(t), columns: new Map([...columns].map(([id, values]) => [id, own(values)])), facts: new Map(facts) };
}

function own(values: Float64Array): Float64Array {
  return values.byteLength === values.buffer.byteLength ? values : values.slice();
}
