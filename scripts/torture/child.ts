import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FromServer, ToServer } from './messages.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** How a server is to be started. */
export interface ServerOptions {
  readonly data: string;
  /** The build in `dist` in place of the sources. */
  readonly built: boolean;
  /** Milliseconds that every write takes more. */
  readonly delay?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** A server of its own process, and what is seen of it from outside. */
export interface Server {
  /** Resolves when it listens; rejects with its own words where it does not start, or was killed before. */
  readonly up: Promise<{ readonly address: string; readonly seconds: number }>;
  tell(message: ToServer): void;
  /** The next message of a kind; rejects when the process ends. */
  next<K extends FromServer['kind']>(kind: K): Promise<Extract<FromServer, { kind: K }>>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  readonly gone: Promise<void>;
  /** Most memory that it had resident until now, bytes; null where the system does not say. */
  memory(): number | null;
  /** What it wrote to its log. */
  said(): string;
}

/** Starts a server on a folder, on a free port. */
export function startServer({ data, built, delay, env }: ServerOptions): Server {
  const began = performance.now();
  const loaded = [...(built ? [] : ['tsx']), ...(delay === undefined ? [] : [here('./slow.mjs')])].flatMap((module) => ['--import', module]);
  const child = spawn(process.execPath, [...loaded, here('./server.mjs')], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      ...process.env,
      HEADROOM_DATA: data,
      HEADROOM_PORT: '0',
      HEADROOM_LOG: 'warn',
      HEADROOM_TORTURE_BUILT: built ? '1' : '0',
      HEADROOM_TORTURE_DELAY_MS: String(delay ?? 0),
      ...env,
    },
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-200_000)));
  const gone = once(child, 'close').then(() => undefined);
  const next = <K extends FromServer['kind']>(kind: K) => nextOf(child, kind);
  const up = Promise.race([
    next('up').then(({ address }) => ({ address, seconds: (performance.now() - began) / 1000 })),
    next('refused').then(({ why }) => Promise.reject(new Error(`the server does not start: ${why}`))),
  ]);
  up.catch(() => undefined); // whoever waits for it hears of it
  let most: number | null = null;
  return {
    up,
    next,
    gone,
    tell: (message) => {
      if (child.connected) child.send(message, () => undefined); // it may be killed meanwhile
    },
    kill: async () => {
      most = residentMost(child.pid) ?? most;
      child.kill('SIGKILL');
      await gone;
    },
    memory: () => (most = residentMost(child.pid) ?? most),
    said: () => said,
  };
}

function nextOf<K extends FromServer['kind']>(child: ChildProcess, kind: K): Promise<Extract<FromServer, { kind: K }>> {
  const heard = new Promise<Extract<FromServer, { kind: K }>>((resolve, reject) => {
    const settle = (): void => {
      child.off('message', onMessage);
      child.off('close', onClose);
    };
    const onMessage = (message: FromServer): void => {
      if (message.kind !== kind) return;
      settle();
      resolve(message as Extract<FromServer, { kind: K }>); // its kind says so
    };
    const onClose = (): void => {
      settle();
      reject(new Error('the server is gone'));
    };
    child.on('message', onMessage);
    child.on('close', onClose);
    if (child.exitCode !== null || child.signalCode !== null) onClose();
  });
  heard.catch(() => undefined); // as above
  return heard;
}

/** The high-water mark of a process's resident memory. */
function residentMost(pid: number | undefined): number | null {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null; // no such file system, or the process is gone
  }
}
