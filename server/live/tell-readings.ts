import type { Intake } from '../../core/readings/index.ts';
import { circlesThatSee, type deliveriesByJob, EVERYTHING } from '../ownership/index.ts';
import { type Hub, jobRoom, nodeRoom } from './hub.ts';

/** New readings go to the watchers of their nodes; a job's to its own, and to those of its nodes who see no more than this job. */
export function tellReadings(hub: Pick<Hub, 'readings'>, { tables }: Pick<Intake, 'tables'>, deliveries: ReturnType<typeof deliveriesByJob>): void {
  for (const { job, delivery } of deliveries) {
    const narrow = circlesThatSee(job).filter((circle) => circle !== EVERYTHING);
    for (const table of delivery.tables) {
      hub.readings(jobRoom(job), table);
      const { node } = table.entity;
      if (node !== undefined) for (const circle of narrow) hub.readings(nodeRoom(node), table, circle);
    }
  }
  for (const table of tables) if (table.entity.node !== undefined) hub.readings(nodeRoom(table.entity.node), table);
}
