import './worker-window.ts';
import type { FromWorker, ToWorker } from './protocol.ts';
import { openSession } from './session.ts';

const take = openSession(
  (message: FromWorker) => postMessage(message),
  () => performance.now(),
);
// One message at a time: a series request waits until the files before it are read.
let before = Promise.resolve();
addEventListener('message', (event: MessageEvent<ToWorker>) => {
  before = before.then(() => take(event.data));
});
