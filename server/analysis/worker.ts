import { parentPort } from 'node:worker_threads';
import { analyse } from '../../core/analyse/index.ts';
import type { Reply, Request } from './in-worker.ts';

parentPort?.on('message', ({ run, options }: Request) => {
  let reply: Reply;
  try {
    reply = { analysis: analyse(run, options) };
  } catch (error) {
    reply = { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  parentPort?.postMessage(reply);
});
