import cron from 'node-cron';
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
      { name: duty.name, noOverlap: true },
    ),
  );
  return {
    async stop() {
      for (const task of tasks) await task.destroy();
      await Promise.all(running);
    },
  };
}
