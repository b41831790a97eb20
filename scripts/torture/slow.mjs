// Loaded before a server's own code in each of its threads: a disk that takes its time. Every request that writes finds the thread asleep for
// $HEADROOM_TORTURE_DELAY_MS first, as a slow fsync would hold it.
import { isMainThread, parentPort, workerData } from 'node:worker_threads';

const WRITES = new Set(['append', 'upkeep', 'relieve', 'probe', 'note', 'declare', 'issue', 'saveAnalysis']);
const delay = Number(process.env.HEADROOM_TORTURE_DELAY_MS);
const file = typeof workerData === 'object' && workerData !== null ? workerData.file : undefined;

if (!isMainThread && parentPort !== null && typeof file === 'string' && file.endsWith('.db') && delay > 0) {
  parentPort.on('message', ({ operation }) => {
    if (WRITES.has(operation)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, delay);
  });
}
