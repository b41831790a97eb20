import { MIB, READ_BOUNDS } from '../settings/index.ts';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

/** Questions of one caller that wait, and of all; more are refused. A page asks a dozen at once, a script that loops asks for ever. */
const MOST_WAITING = { caller: READ_BOUNDS.waitingPerCaller.value, all: READ_BOUNDS.waiting.value } as const;
/** Questions of all callers that are worked on at a time: the store answers one after another, and answers are held until they are sent. */
const MOST_WORKING = READ_BOUNDS.working.value;
/** Seconds that a question waits for its turn. */
const PATIENCE = READ_BOUNDS.patience.value;
/** Bytes of an answer that is let in however much is held: a page's ordinary questions go on beside somebody's large ones. */
const SMALL = MIB;

export interface ReadsOptions {
  /** Answers of one caller that are worked on, or not yet fetched by it, at a time. */
  readonly perCaller: number;
  readonly mostWaiting?: { readonly caller: number; readonly all: number };
  readonly mostWorking?: number;
  /** Bytes of all answers that are made or not yet fetched. */
  readonly mostHeld?: number;
  /** Seconds that a question waits for its turn. */
  readonly patience?: number;
}

/** A question's place. It counts for all until its answer is made, and for its caller until that is sent. */
export interface Turn {
  /** Says how many bytes the answer takes by now. Throws a Problem (429, 503) where there is no room for it beside the others. */
  weigh(bytes: number): void;
  /** `bytes`: what is to be sent, where that is known. */
  made(bytes?: number): void;
  sent(): void;
}

/** Gives each caller its share of what is read, in turn: one who asks without end, or does not fetch the answers, waits alone. */
export interface Reads {
  /** Resolves when it is this question's turn; null where `gone` aborts before. Throws a Problem (429, 503) where too many wait. */
  enter(caller: string, gone: AbortSignal): Promise<Turn | null>;
  /** Questions that wait and that are worked on, and bytes of answers that are held. */
  now(): { readonly waiting: number; readonly working: number; readonly bytes: number };
}

interface Waiting {
  start(): void;
}

interface Caller {
  /** Answers that are worked on or not yet sent. */
  held: number;
  /** Bytes of those. */
  bytes: number;
  readonly waiting: Set<Waiting>;
}

/** Opens the gate that all questions pass. */
export function openReads({
  perCaller,
  mostWaiting = MOST_WAITING,
  mostWorking = MOST_WORKING,
  mostHeld = READ_BOUNDS.held.value * MIB,
  patience = PATIENCE,
}: ReadsOptions): Reads {
  /** In order of their turns: whoever was served goes to the end. */
  const callers = new Map<string, Caller>();
  let working = 0;
  let waiting = 0;
  let bytesHeld = 0;

  const forget = (name: string, caller: Caller): void => {
    if (caller.held === 0 && caller.waiting.size === 0) callers.delete(name);
  };
  const serve = (): void => {
    while (working < mostWorking && waiting > 0) {
      const next = nextOf(callers, perCaller);
      if (next === null) return;
      callers.delete(next.name);
      callers.set(next.name, next.caller);
      next.first.start();
    }
  };
  const turnOf = (name: string, caller: Caller): Turn => {
    let [isMade, isSent] = [false, false];
    let weight = 0;
    working += 1;
    caller.held += 1;
    const takes = (bytes: number): void => {
      caller.bytes += bytes - weight;
      bytesHeld += bytes - weight;
      weight = bytes;
    };
    const made = (bytes = weight): void => {
      if (!isSent) takes(bytes);
      if (isMade) return;
      isMade = true;
      working -= 1;
      serve();
    };
    return {
      weigh: (bytes) => {
        if (isSent) return; // whoever asked is gone, and reading ends with the next step
        const others = { own: caller.bytes - weight, all: bytesHeld - weight };
        if (bytes > SMALL && others.own > 0 && others.own + bytes > mostHeld / 2) throw noRoom(429, 'this caller holds half of it');
        if (bytes > SMALL && others.all > 0 && others.all + bytes > mostHeld) throw noRoom(503, 'others hold it');
        takes(bytes);
      },
      made,
      sent: () => {
        made();
        if (isSent) return;
        takes(0);
        isSent = true;
        caller.held -= 1;
        forget(name, caller);
        serve();
      },
    };
  };

  return {
    now: () => ({ waiting, working, bytes: bytesHeld }),
    async enter(name, gone) {
      if (gone.aborted) return null;
      const caller = callers.get(name) ?? { held: 0, bytes: 0, waiting: new Set<Waiting>() };
      callers.set(name, caller);
      if (caller.held < perCaller && working < mostWorking && caller.waiting.size === 0) return turnOf(name, caller);
      if (caller.waiting.size >= mostWaiting.caller) throw tooMany(429, `${caller.waiting.size} questions of this caller wait already`);
      if (waiting >= mostWaiting.all) throw tooMany(503, `${waiting} questions wait already`);
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          clearTimeout(timer);
          gone.removeEventListener('abort', drop);
          caller.waiting.delete(entry);
          waiting -= 1;
        };
        const drop = (): void => {
          leave();
          forget(name, caller);
          resolve(null);
        };
        const timer = setTimeout(() => {
          leave();
          forget(name, caller);
          reject(tooMany(caller.held >= perCaller ? 429 : 503, `this question has waited for ${patience} s`));
        }, patience * 1000);
        timer.unref();
        const entry: Waiting = {
          start: () => {
            leave();
            resolve(turnOf(name, caller));
          },
        };
        caller.waiting.add(entry);
        waiting += 1;
        gone.addEventListener('abort', drop);
      });
    },
  };
}

/** The first caller who waits and may have one more, with its oldest question; null where there is none. */
function nextOf(callers: ReadonlyMap<string, Caller>, perCaller: number): { name: string; caller: Caller; first: Waiting } | null {
  for (const [name, caller] of callers) {
    const [first] = caller.waiting;
    if (first !== undefined && caller.held < perCaller) return { name, caller, first };
  }
  return null;
}

function tooMany(status: 429 | 503, error: string): Problem {
  return new Problem(status, { error, where: 'path', remedy: 'fetch the answers that are ready, ask for less at once, and ask again in a few seconds' });
}

function noRoom(status: 429 | 503, who: string): Problem {
  return new Problem(status, {
    error: `the limit “${READ_BOUNDS.held.name}” is reached: ${who}`,
    where: 'query/points',
    remedy: `fetch the answers that are ready and ask again in a few seconds, or for fewer points, fewer metrics or a shorter time; whoever runs the server may raise ${READ_BOUNDS.held.setting}`,
  });
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Aborts when the asker's connection ends: nobody waits for the answer any more. Null where the route does not read the store. */
    gone: AbortSignal | null;
    turn: Turn | null;
  }
}

/** Every question to the store passes here, after the guard. `turnKeyOf` names the caller whose turn a question is. */
export function limitReads(app: FastifyInstance, { reads, turnKeyOf }: { reads: Reads; turnKeyOf: (request: FastifyRequest) => string }): void {
  app.decorateRequest('gone', null);
  app.decorateRequest('turn', null);
  app.addHook('onRequest', async (request, reply) => {
    if (!readsStore(request)) return;
    const gone = closing(request.raw.socket);
    request.gone = gone;
    const turn = await reads.enter(turnKeyOf(request), gone);
    if (turn === null) return reply.hijack(); // the connection is gone, and with it whoever could be told
    request.turn = turn;
    if (gone.aborted) turn.sent();
    const end = (): void => {
      gone.removeEventListener('abort', end); // a kept connection outlives many questions
      turn.sent();
    };
    gone.addEventListener('abort', end);
    reply.raw.once('finish', end);
  });
  // Before it is compressed: text is shorter then, but is held all the same until it is sent.
  app.addHook('onSend', async ({ turn }, _reply, payload) => turn?.made(typeof payload === 'string' || Buffer.isBuffer(payload) ? payload.length : undefined));
}

function readsStore(request: FastifyRequest): boolean {
  return request.routeOptions.config.access === 'read';
}

const signals = new WeakMap<Socket, AbortSignal>();

/**
 * One signal per connection. Neither request nor reply tell it: a request is closed when its body is read, and a reply that waits
 * behind others on its connection never hears of the end.
 */
function closing(socket: Socket): AbortSignal {
  const known = signals.get(socket);
  if (known !== undefined) return known;
  const controller = new AbortController();
  if (socket.destroyed) controller.abort();
  else socket.once('close', () => controller.abort());
  signals.set(socket, controller.signal);
  return controller.signal;
}
