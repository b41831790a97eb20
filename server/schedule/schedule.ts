import cron, { type Logger as CronLogger } from 'node-cron';
import type { Logger } from 'pino';
import { DUTIES, type Duty, type DutyParts } from './table.ts';

/** Starts the duties; one that is still running is not started again, one that fails is logged and tried at its next time. */
export function startSchedule(parts: DutyParts, duties: readonly Duty[] = DUTIES): { stop(): Promise<void> } {
  const running = new Set<Promise<void>>();
  const tasks = duties.map((duty) =>
    cron.schedule(
      duty.when,
      () => {
        const run = duty.run(parts).catch((error: unknown) => {
          parts.log.error({ err: error, duty: duty.name }, 'a scheduled duty failed');
        });
        running.add(run);
        return run.finally(() => running.delete(run));
      },
      { name: duty.name, noOverlap: true, logger: loggerOf(parts.log, duty.name) },
    ),
  );
  return {
    async stop() {
      for (const task of tasks) await task.destroy();
      await Promise.all(running);
    },
  };
}

/** What node-cron has to say (a run that was missed or would overlap) as lines of our log; its own logger prints coloured text. */
function loggerOf(log: Logger, duty: string): CronLogger {
  const failed = (message: string | Error, error?: Error) => {
    log.error({ duty, err: message instanceof Error ? message : error }, message instanceof Error ? 'the schedule failed' : message);
  };
  return {
    info: (message) => log.info({ duty }, message),
    warn: (message) => log.warn({ duty }, message),
    error: failed,
    debug: (message) => log.debug({ duty }, message instanceof Error ? message.message : message),
  };
}
