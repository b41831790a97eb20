import { randomBytes } from 'node:crypto';
import type { Batch } from '../../core/readings/index.ts';
import { hostOf } from '../collector/index.ts';
import { outbox } from './outbox.ts';
import { parcelOf } from './parcel.ts';
import { queueOn } from './queue.ts';
import { startSender } from './sender.ts';
import { openSpool } from './spool.ts';
import type { Settings } from './types.ts';

/** Losses are told as a sum this far apart, seconds. */
const QUIET = 600;

/** What the agent's sources see. */
type Seen = Pick<Batch, 'readings' | 'facts' | 'events'>;

/** The way out of the agent: what is seen is gathered, queued (on disk while the receiver is away) and sent. */
export interface Delivery {
  take(seen: Seen): void;
  /** Something is amiss here: it is logged, and sent as an event of this node. */
  trouble(text: string): void;
  /** What comes from now on waits for `stop`. */
  hold(): void;
  /** Sends what is there; what could not be sent within `seconds` stays in the spool. */
  stop(seconds: number): Promise<void>;
}

/** Opens the spool and starts sending what an earlier run left there. Throws where the spool cannot be used. */
export async function openDelivery({ node, interval, job, log, send, backoff, spool: place }: Settings): Promise<Delivery> {
  // Added things are sent together, a moment after the first of them.
  let flushing: NodeJS.Timeout | undefined;
  let held = false;
  const box = outbox({
    source: `agent/${node}/${Math.round(seconds()).toString(36)}-${randomBytes(4).toString('hex')}`,
    node,
    job: job === null ? null : `${job.cluster}/${job.id}`,
    added: () => {
      if (!held) flushing ??= setTimeout(flushSoon, Math.min(1000, interval * 250));
    },
  });
  const trouble = (text: string): void => {
    log.warn(text);
    box.event({ at: seconds(), entity: hostOf(node), kind: 'collector', text });
  };
  const losses = tellLosses((batches, why) => trouble(`${batches} ${batches === 1 ? 'batch is' : 'batches are'} lost: ${why}`));
  const lost = (batches: number, why: string): void => losses.add(batches, why, seconds());
  const spool = place === null ? null : await openSpool(place, lost);
  const queue = queueOn(spool, lost);
  const refused = (reason: string): void => box.event({ at: seconds(), entity: null, kind: 'collector', text: `a batch was refused: ${reason}` });
  const sender = startSender({ queue, send, backoff, log, refused });
  if (spool !== null && spool.count() > 0) {
    log.info(`${spool.count()} batches of an earlier run wait in the spool`);
    sender.wake();
  }

  async function flush(): Promise<void> {
    flushing = undefined;
    losses.due(seconds());
    const intake = box.take(seconds());
    if (intake === null) return;
    await queue.push(parcelOf(intake));
    sender.wake();
  }
  function flushSoon(): void {
    flush().catch((error: unknown) => log.warn(`a batch could not be queued: ${error instanceof Error ? error.message : String(error)}`));
  }

  return {
    take(seen) {
      box.facts(seen.facts);
      for (const event of seen.events) box.event(event);
      box.readings(seen.readings);
    },
    trouble,
    hold() {
      held = true;
      clearTimeout(flushing);
    },
    async stop(within) {
      losses.due(Number.POSITIVE_INFINITY);
      await flush();
      await sender.stop(within);
      losses.due(Number.POSITIVE_INFINITY);
      await spool?.close();
    },
  };
}

/**
 * Tells the first loss at once and later ones as sums, `QUIET` seconds apart: a telling is a batch of its own, which a full disk would lose
 * as well, and so on for ever. `now` in seconds.
 */
export function tellLosses(tell: (batches: number, why: string) => void): {
  add(batches: number, why: string, now: number): void;
  /** Tells what was not told yet, where it is time. */
  due(now: number): void;
} {
  let told = Number.NEGATIVE_INFINITY;
  const sums = new Map<string, number>();
  const due = (now: number): void => {
    if (sums.size === 0 || Math.abs(now - told) < QUIET) return;
    told = now;
    const all = [...sums];
    sums.clear();
    for (const [why, batches] of all) tell(batches, why);
  };
  return {
    add(batches, why, now) {
      sums.set(why, (sums.get(why) ?? 0) + batches);
      due(now);
    },
    due,
  };
}

function seconds(): number {
  return Date.now() / 1000;
}
