import { AGENT_BOUNDS } from '../bounds/index.ts';
import { pause, waitAfter } from './backoff.ts';
import { deadline } from './deadline.ts';
import type { Queue } from './queue.ts';
import type { Backoff, Log, Outcome, Parcel, Send } from './types.ts';

/** How long one delivery may take, seconds. */
const PATIENCE = AGENT_BOUNDS.delivery;
/** Different answers of somebody else that are told while the server is away. */
const MOST_STRANGERS = 5;

/** Sends what the queue holds, in order, one at a time. */
export interface Sender {
  /** Something was pushed. */
  wake(): void;
  /** Sends what can still be sent within `seconds`, then leaves the rest in the queue. */
  stop(seconds: number): Promise<void>;
}

export interface SenderOptions {
  readonly queue: Queue;
  readonly send: Send;
  readonly backoff: Backoff;
  readonly log: Log;
  /** A batch that the receiver will never take. */
  readonly refused: (reason: string) => void;
}

/** Starts sending. A batch whose reply was lost is sent again as it was: the receiver knows its (source, seq). */
export function startSender({ queue, send, backoff, log, refused }: SenderOptions): Sender {
  const hurry = new AbortController(); // no more waiting between attempts
  const cut = new AbortController(); // no more waiting for a reply either
  let awake: () => void = () => undefined;
  const strangers = new Set<string>();
  let failures = 0;
  let stopping = false;
  let woken = false;

  const deliver = async (parcel: Parcel): Promise<Outcome> => {
    const limit = deadline(PATIENCE, cut.signal);
    try {
      return await send(parcel, limit.signal);
    } catch (error) {
      return { kind: 'later', reason: error instanceof Error ? error.message : String(error) };
    } finally {
      limit.done();
    }
  };

  const handle = async (parcel: Parcel, outcome: Outcome): Promise<number | null> => {
    if (outcome.kind === 'later') {
      failures += 1;
      // Who answers in the server's place is news while it is away, too; the same again is none.
      if (failures === 1 || (outcome.strange === true && !strangers.has(outcome.reason) && strangers.size < MOST_STRANGERS))
        log.warn(`the server does not take readings (${outcome.reason}): they are kept and sent later`);
      if (outcome.strange === true) strangers.add(outcome.reason);
      await queue.spill();
      return waitAfter(failures, outcome, backoff);
    }
    if (failures > 0) log.info(`the server takes readings again; ${queue.count()} batches wait`);
    failures = 0;
    strangers.clear();
    await queue.drop(parcel);
    if (outcome.kind === 'refused') {
      log.warn(`the server refused a batch: ${outcome.reason}`);
      refused(outcome.reason);
    } else if (outcome.note !== undefined) log.warn(outcome.note);
    return null;
  };

  const run = async (): Promise<void> => {
    // `woken` is changed by wake(), between our awaits.
    for (;;) {
      woken = false;
      const parcel = await queue.head();
      if (parcel === null) {
        if (stopping) return;
        if (!woken) await new Promise<void>((resolve) => (awake = resolve));
        continue;
      }
      if (cut.signal.aborted) break;
      const wait = await handle(parcel, await deliver(parcel));
      if (wait === null) continue;
      if (stopping) break; // one attempt after the end was asked for is enough
      await pause(wait, hurry.signal);
    }
    await queue.spill();
  };

  const running = run().catch((error: unknown) =>
    log.warn(`sending ended by a fault of ours: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
  );
  return {
    wake() {
      woken = true;
      awake();
    },
    async stop(seconds) {
      stopping = true;
      hurry.abort();
      woken = true;
      awake();
      const last = setTimeout(() => cut.abort(), seconds * 1000);
      await running;
      clearTimeout(last);
    },
  };
}
