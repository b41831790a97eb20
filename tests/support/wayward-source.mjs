// A thread of sources that does what its question's `at` says: 1 answers, 2 never ends, 3 throws, 4 dies, 5 says nothing.
import { parentPort } from 'node:worker_threads';

parentPort.on('message', ({ question: { at } }) => {
  for (; at === 2;);
  if (at === 3) return parentPort.postMessage({ kind: 'failed', reason: 'no such file' });
  if (at === 4) process.exit(9);
  if (at !== 5) parentPort.postMessage({ kind: 'answer', answer: { readings: [], facts: [] } });
});
