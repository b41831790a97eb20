// A process of its own, so that all that reaches its standard error is seen: one duty that takes longer than its interval, and a thread that is blocked.
import { EventEmitter, on } from 'node:events';
import { openLog } from '../../server/http/index.ts';
import { startSchedule } from '../../server/schedule/index.ts';

const log = openLog('info');
const said = new EventEmitter();
const level = (name: 'info' | 'warn' | 'error' | 'debug') => (about: object, text: string) => {
  log[name](about, text);
  said.emit('line', text);
};
/** Resolves when a line with these words is logged from now on. */
async function told(words: string): Promise<void> {
  for await (const [text] of on(said, 'line')) if (String(text).includes(words)) return;
}

const [overlapped, failed] = [told('still running'), told('a scheduled duty failed')];
const service = { log: { info: level('info'), warn: level('warn'), error: level('error'), debug: level('debug') } } as never; // these duties ask for nothing else
const schedule = startSchedule(service, [
  { name: 'slow', when: '* * * * * *', run: () => overlapped },
  { name: 'failing', when: '* * * * * *', run: () => Promise.reject(new Error('no luck')) },
]);
await Promise.all([overlapped, failed]);
const missed = told('missed execution');
// Over several of its instants, so that one is missed.
for (const until = Date.now() + 3_500; Date.now() < until;);
await missed;
await schedule.stop();
