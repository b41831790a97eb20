import { openDelivery } from './delivery.ts';
import { register } from './register.ts';
import type { AgentOptions, Log, RunningAgent, Settings } from './types.ts';
import { watchNode } from './watching.ts';

const SILENT: Log = { info: () => undefined, warn: () => undefined };
/** How long the last delivery may take when the agent ends, seconds. */
const LAST_WORDS = 5;

/**
 * Watches one node: GPUs through one long-lived nvidia-smi, the host through /proc and /sys, LLM processes, and `/metrics` pages; sends
 * what it sees in batches. Throws where the spool cannot be used; everything else that is missing is reported and done without.
 */
export async function startAgent(options: AgentOptions): Promise<RunningAgent> {
  const settings: Settings = {
    ...options,
    log: options.log ?? SILENT,
    env: options.env ?? process.env,
    backoff: options.backoff ?? { first: 1, most: 60 },
    job: options.job ?? null,
  };
  const { job, declare, backoff, log } = settings;
  const delivery = await openDelivery(settings);
  const watching = watchNode(settings, delivery);
  const registration = job === null || declare === undefined ? null : register({ job, declare, backoff, log });
  let stopped = false;

  return {
    async stop() {
      if (stopped) return;
      stopped = true;
      delivery.hold();
      await watching.stop();
      await Promise.all([delivery.stop(LAST_WORDS), registration?.end(Date.now() / 1000, LAST_WORDS)]);
    },
  };
}
