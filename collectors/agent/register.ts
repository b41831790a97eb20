import { pause, waitAfter } from './backoff.ts';
import { deadline } from './deadline.ts';
import type { Backoff, Declare, Log, Outcome, OwnJob } from './types.ts';

export interface Registration {
  /** Says that the job has ended, if it is this agent's to say. Waits for `seconds` at most. */
  end(now: number, seconds: number): Promise<void>;
}

interface RegisterOptions {
  readonly job: OwnJob;
  readonly declare: Declare;
  readonly backoff: Backoff;
  readonly log: Log;
}

/** Declares the job that the agent runs in, until it is heard. */
export function register({ job, declare, backoff, log }: RegisterOptions): Registration {
  const over = new AbortController();
  const name = `${job.cluster}/${job.id}`;
  let forbidden = false;
  const say = async (declaration: OwnJob['declaration'], seconds: number, outer: AbortSignal): Promise<Outcome> => {
    const limit = deadline(seconds, outer);
    try {
      const outcome = await declare(job, declaration, limit.signal);
      if (outcome.kind === 'refused') log.warn(`the server refused job ${name}: ${outcome.reason}`);
      // Its readings may be taken all the same: the sender then has nothing to say, and nobody would look for the reason.
      if (outcome.kind === 'later' && outcome.forbidden === true && !forbidden) {
        forbidden = true;
        log.warn(`job ${name} is not declared (${outcome.reason}): a token of the job may do it on all its nodes: headroom token issue NAME --job ${name}`);
      }
      return outcome;
    } catch {
      return { kind: 'later', reason: 'the server does not answer' }; // the sender tells about it
    } finally {
      limit.done();
    }
  };
  const run = async (): Promise<void> => {
    for (let attempt = 1; !over.signal.aborted; attempt += 1) {
      const outcome = await say(job.declaration, 15, over.signal);
      if (outcome.kind !== 'later') return;
      await pause(waitAfter(attempt, outcome, backoff), over.signal);
    }
  };
  const running = run();
  return {
    async end(now, seconds) {
      over.abort();
      await running;
      // How it ended only Slurm knows.
      if (job.first) await say({ ...job.declaration, state: 'unknown', end: now }, seconds, new AbortController().signal);
    },
  };
}
