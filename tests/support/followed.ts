// Past the door of server/analysis: a running job that is followed, without a service.
import type { Followed } from '../../server/analysis/follow.ts';
import { nothing } from '../../server/analysis/pending.ts';
import { aJob } from './jobs.ts';

/** A job that was judged at 1000 and waits for nothing; its tracker takes all and says nothing. */
export function followed(changes: Partial<Followed> = {}): Followed {
  return {
    job: aJob('1'),
    tracker: { push: () => undefined, judge: () => Promise.resolve(null), drop: () => undefined },
    options: '',
    openedAt: 0,
    patience: 300,
    analysis: null,
    lastReadingAt: null,
    dirty: false,
    judgedAt: 1000,
    took: 0,
    late: 0,
    lost: false,
    changedAt: 1000,
    savedAt: 1000,
    savedAs: '',
    saving: false,
    pending: nothing(),
    restoring: false,
    overflown: false,
    ...changes,
  };
}
