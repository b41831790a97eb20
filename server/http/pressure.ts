import { CONNECTION_BOUNDS, type Limits } from '../settings/index.ts';
import { totalmem } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

import { Problem } from './problem.ts';

/** The heap of the main thread may be this full (0–1): beyond it V8 does little but collect. */
const HEAP = CONNECTION_BOUNDS.heap.value / 100;
/** Of the memory that the process may use at all, where nobody says how much. */
const SHARE = CONNECTION_BOUNDS.memory.value / 100;
/** Milliseconds between two looks at memory and event loop; and for how long a refusal is told by `now`. */
const LOOK = 1_000;
const RECENT = 10_000;

/** What the process takes: resident bytes, the fraction of its heap (0–1), and seconds that the event loop is behind on average. */
export interface Load {
  readonly resident: number;
  readonly heap: number;
  readonly lag: number;
}

/** A body that is on its way in. */
export interface Hold {
  /** It has become this long, bytes, inflated. Throws a Problem (503) where that is too much beside the others. */
  grow(bytes: number): void;
  release(): void;
}

/** Says when the server has enough to do: then writes are refused before memory grows, while everything can still be read. */
export interface Pressure {
  /** Lets a body in that says to be this long, bytes. Throws a Problem (503) with the reason where it must wait. */
  enter(bytes: number): Hold;
  /** Why writes are refused, now or a few seconds ago; null where they are not. */
  now(): string | null;
  /** Seconds that the event loop is behind on average. */
  lag(): number;
  close(): void;
}

export interface PressureOptions {
  readonly limits: Pick<Limits, 'incoming' | 'memory' | 'lag'>;
  readonly log: Pick<Logger, 'warn'>;
  readonly look: () => Load;
}

/** Watches memory and event loop, and counts what is on its way in. */
export function openPressure({ limits, log, look }: PressureOptions): Pressure {
  const memory = limits.memory ?? SHARE * available();
  let load = look();
  let lag = 0;
  let held = 0;
  let refused: { at: number; why: string } | null = null;
  const timer = setInterval(() => {
    const next = look();
    lag = Math.min(load.lag, next.lag); // one long pause passes by itself: only what lasts counts
    load = next;
  }, LOOK).unref();

  const strained = (): string | null => {
    if (load.resident > memory) return `the server uses ${megabytes(load.resident)} of memory, more than ${megabytes(memory)}`;
    if (load.heap > HEAP) return `the server's heap is ${Math.round(load.heap * 100)} % full`;
    if (lag > limits.lag) return `the server is ${lag.toFixed(1)} s behind`;
    return null;
  };
  /** One body is always let in: a bound below its size would keep it out for ever. */
  const crowded = (others: number, bytes: number): string | null =>
    others > 0 && others + bytes > limits.incoming
      ? `${megabytes(others)} of readings are on their way in, more than ${megabytes(limits.incoming)} may be`
      : null;
  const refuse = (why: string): Problem => {
    const at = performance.now();
    if (refused === null || at - refused.at > RECENT) log.warn({ why }, 'writes are refused for a moment');
    refused = { at, why };
    return new Problem(503, { error: why, where: 'body', remedy: 'send it again in a few seconds: nothing of this request was stored' });
  };

  return {
    enter(bytes) {
      const why = strained() ?? crowded(held, bytes);
      if (why !== null) throw refuse(why);
      let mine = bytes;
      let over = false;
      held += mine;
      const release = () => {
        held -= mine;
        mine = 0;
        over = true;
      };
      return {
        release,
        grow(to) {
          if (over || to <= mine) return; // of a body that was answered already the rest is only read away
          const tooMuch = crowded(held - mine, to);
          if (tooMuch !== null) {
            release(); // at once: of many that grow together some must get through
            throw refuse(tooMuch);
          }
          held += to - mine;
          mine = to;
        },
      };
    },
    now: () => strained() ?? (refused !== null && performance.now() - refused.at < RECENT ? refused.why : null),
    lag: () => lag,
    close: () => clearInterval(timer),
  };
}

/** Looks at this process; the lag is the mean since the last look. */
export function ownLoad(): () => Load {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  return () => {
    const lag = Number.isFinite(delay.mean) ? delay.mean / 1e9 : 0;
    delay.reset();
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    return { resident: process.memoryUsage.rss(), heap: used / limit, lag };
  };
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Where readings or jobs come in: the place that this body takes meanwhile. */
    hold: Hold | null;
  }
}

/** Every way in passes here: see `intake` in the routes. After the guard, so that strangers are told to sign in. */
export function limitIntake(app: FastifyInstance, pressure: Pressure): void {
  app.decorateRequest('hold', null);
  app.addHook('onRequest', async (request, reply) => {
    const { intake, endless } = request.routeOptions.config;
    if (intake !== true) return;
    // A stream is never ahead of the disk by more than a chunk, however long it says to be.
    const hold = pressure.enter(endless === true ? 0 : lengthOf(request));
    request.hold = hold;
    reply.raw.once('close', () => hold.release());
  });
}

/** What the sender says its body has, bytes; 0 where it says nothing. */
export function lengthOf(request: FastifyRequest): number {
  const length = Number.parseInt(request.headers['content-length'] ?? '', 10);
  return length > 0 ? length : 0;
}

/** Bytes that this process may use: its container's, or else the machine's. */
function available(): number {
  const constrained = process.constrainedMemory();
  return constrained !== undefined && constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`;
}
