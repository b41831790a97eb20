import { parentPort } from 'node:worker_threads';
import type { Failure, Handlers, Reply, Request } from './messages.ts';

/** The thread's side: opens, says so, then runs one request after another in the order of their arrival. `codeOf` names an error's kind. */
export async function serve(open: () => Promise<Handlers>, codeOf: (error: unknown) => string = () => 'failed'): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('this file runs in a worker thread');
  const reply = (message: Reply): void => {
    port.postMessage(message);
  };
  const failureOf = (error: unknown): Failure => ({
    code: codeOf(error),
    message: error instanceof Error ? error.message : String(error),
    stack: error instanceof Error ? error.stack : undefined,
  });
  let handlers: Handlers;
  try {
    handlers = await open();
  } catch (error) {
    reply({ kind: 'failed', id: -1, failure: failureOf(error) });
    return;
  }
  const answer = async ({ id, operation, argument }: Request): Promise<Reply> => {
    try {
      const handler = handlers[operation];
      if (handler === undefined) throw new Error(`no operation ${operation}`);
      // The two sides share the Handlers type; what crosses the thread is checked there, at compile time.
      return { kind: 'done', id, value: await handler(argument as never) };
    } catch (error) {
      return { kind: 'failed', id, failure: failureOf(error) };
    }
  };
  // SQLite blocks the thread and its one connection holds one transaction: requests wait for each other here.
  let turn: Promise<void> = Promise.resolve();
  port.on('message', (message: Request) => {
    turn = turn.then(async () => {
      reply(await answer(message));
    });
  });
  reply({ kind: 'ready' });
}
