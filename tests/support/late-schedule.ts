// A process of its own, so that all that reaches its standard error is seen: one duty that takes longer than its interval, and a thread that is blocked.
import { setTimeout as sleep } from 'node:timers/promises';
import { openLog } from '../../server/http/index.ts';
import { startSchedule } from '../../server/schedule/index.ts';

const service = { log: openLog('info') } as never; // these duties ask for nothing else
const schedule = startSchedule(service, [
  { name: 'slow', when: '* * * * * *', run: () => sleep(2_500) },
  { name: 'failing', when: '* * * * * *', run: () => Promise.reject(new Error('no luck')) },
]);
await sleep(3_500);
const blockedUntil = Date.now() + 3_500;
while (Date.now() < blockedUntil);
await sleep(1_500);
await schedule.stop();
