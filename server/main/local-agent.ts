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
      const reason = error instanceof Error ? error.message : String(error);
      return error instanceof Problem ? { kind: 'refused', reason } : { kind: 'later', reason };
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
