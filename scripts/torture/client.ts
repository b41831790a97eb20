import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from './child.ts';
import { batchOf, type Lane, type Ledger, note, valuesOf } from './ledger.ts';

/** A server that listens, and a token for it. */
export interface Door {
  readonly address: string;
  readonly token: string;
}

/** Waits no longer for an answer, milliseconds. */
const PATIENCE = 60_000;

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** One request; null where no whole answer came. */
export async function ask({ address, token }: Door, path: string, init: RequestInit = {}): Promise<Answer | null> {
  try {
    const reply = await fetch(`${address}${path}`, {
      ...init,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...init.headers },
      signal: AbortSignal.timeout(PATIENCE),
    });
    return { status: reply.status, body: (await reply.json()) as Answer['body'] }; // our own API: an object
  } catch {
    return null; // killed meanwhile, cut, or too slow: the ledger says what it may have stored
  }
}

/**
 * Sends a batch and keeps the ledger: 'stored' where it is acknowledged (now or before), 'open' where no answer came, 'refused' with the
 * reason else. `fault` hears of an answer that cannot be.
 */
export async function send(door: Door, { lane, seq }: { lane: Lane; seq: number }, ledger: Ledger, fault: (text: string) => void): Promise<string> {
  const answer = await ask(door, '/api/ingest', { method: 'POST', body: JSON.stringify(batchOf(lane, seq)) });
  if (answer === null) {
    note(ledger.open, lane, seq);
    return 'open';
  }
  const { durable, duplicate, rejected } = answer.body;
  if (answer.status !== 200) return `${answer.status} ${String(answer.body['error'])}`;
  const before = ledger.acknowledged.get(lane)?.has(seq) === true;
  const open = ledger.open.get(lane);
  if (duplicate === true && !before && open?.has(seq) !== true) fault(`${lane.name} ${seq} is called a duplicate and was never sent`);
  if (duplicate === false && before) fault(`${lane.name} ${seq} was acknowledged before and is not known any more`);
  if (duplicate === false && durable !== valuesOf(lane, seq))
    fault(`${lane.name} ${seq}: ${String(durable)} of ${valuesOf(lane, seq)} values (${JSON.stringify(rejected).slice(0, 200)})`);
  else note(ledger.acknowledged, lane, seq);
  open?.delete(seq);
  return 'stored';
}

/** Sends all that is open again, as an agent does, until it is acknowledged. */
export async function settle(door: Door, ledger: Ledger, fault: (text: string) => void): Promise<void> {
  for (const [lane, seqs] of ledger.open) {
    for (const seq of [...seqs]) {
      const became = await send(door, { lane, seq }, ledger, fault);
      if (became !== 'stored') fault(`${lane.name} ${seq} is not taken any more: ${became}`);
    }
  }
}

/** Asks for health again and again until told to stop; gives the longest that an answer took, seconds. */
export function watchHealth(address: string, fault: (text: string) => void): () => Promise<number> {
  let watching = true;
  let worst = 0;
  const done = (async () => {
    while (watching) {
      const began = performance.now();
      try {
        const reply = await fetch(`${address}/api/health`, { signal: AbortSignal.timeout(PATIENCE) });
        await reply.text();
        worst = Math.max(worst, (performance.now() - began) / 1000);
      } catch (error) {
        if (watching && performance.now() - began > 5_000) fault(`health does not answer: ${error instanceof Error ? error.message : String(error)}`);
        if (error instanceof TypeError) break; // the server is gone
      }
      await sleep(100);
    }
  })();
  return async () => {
    watching = false;
    await done;
    return worst;
  };
}

/** A token that may do everything, from the server itself. */
export async function tokenOf(server: Server): Promise<string> {
  const token = server.next('token');
  server.tell({ kind: 'issue' });
  return (await token).token;
}
