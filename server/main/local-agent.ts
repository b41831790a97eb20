import { hostname } from 'node:os';
import { type Outcome, type Parcel, startAgent } from '../../collectors/agent/index.ts';
import { Problem } from '../http/index.ts';
import type { Service } from './service.ts';

/** Seconds between samples of this machine. */
const INTERVAL = 5;

/** Watches the machine that the service runs on; its batches go straight to ingest. Gives the function that ends it. */
export async function startLocalAgent({ ingest, log }: Service): Promise<() => Promise<void>> {
  const node = hostname().split('.', 1)[0] ?? hostname();
  const send = async (parcel: Parcel): Promise<Outcome> => {
    try {
      const { rejected } = await ingest.intake(parcel.intake(), { kind: 'agent', sender: { kind: 'system' }, mark: '' });
      const [first] = rejected;
      return first === undefined ? { kind: 'stored' } : { kind: 'stored', note: `${rejected.length} refused, first ${first.at}: ${first.reason}` };
    } catch (error) {
      return outcomeOf(error);
    }
  };
  const agent = await startAgent({
    node,
    interval: INTERVAL,
    send,
    spool: null,
    discover: true,
    log: { info: (text) => log.info({ agent: node }, text), warn: (text) => log.warn({ agent: node }, text) },
  });
  return () => agent.stop();
}

/** What becomes of a batch that was not taken: one that is too much now is kept and sent again, as a node's agent does. */
export function outcomeOf(error: unknown): Outcome {
  const reason = error instanceof Error ? error.message : String(error);
  if (!(error instanceof Problem)) return { kind: 'later', reason };
  if (error.status !== 429 && error.status !== 503) return { kind: 'refused', reason };
  return { kind: 'later', reason, ...(error.retryAfter === null ? {} : { retryAfter: error.retryAfter }) };
}
