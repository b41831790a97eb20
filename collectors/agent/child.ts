import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { pause, waitFor } from './backoff.ts';
import type { Backoff } from './types.ts';

/** Characters of an ended program's output that are kept for the report. */
const TAIL = 2000;

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

export type Finished = { readonly kind: 'output'; readonly text: string } | { readonly kind: 'missing' } | { readonly kind: 'failed'; readonly reason: string };

/** Runs a program to its end; killed after `seconds`, or when the signal comes. At most 4 MB of its output are kept. */
export function runOnce(command: Command, seconds: number, signal?: AbortSignal): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(command.program, [...command.args], { env: { ...command.env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    let complaint = '';
    let given = false;
    const giveUp = (reason: string): void => {
      given = true;
      clearTimeout(timer);
      child.kill('SIGKILL');
      child.stdout.destroy(); // a program stuck in the kernel does not end: nobody waits for it
      child.stderr.destroy();
      child.unref();
      resolve({ kind: 'failed', reason });
    };
    const timer = setTimeout(() => giveUp(`no end within ${seconds} s`), seconds * 1000);
    const cancel = (): void => giveUp('cancelled');
    signal?.addEventListener('abort', cancel);
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      if (text.length < 4_000_000) text += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      complaint = (complaint + chunk).slice(-TAIL);
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
      resolve('code' in error && error.code === 'ENOENT' ? { kind: 'missing' } : { kind: 'failed', reason: error.message });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
      if (given) return;
      resolve(code === 0 ? { kind: 'output', text } : { kind: 'failed', reason: `exit ${code ?? 'by signal'}: ${lastLines(text + complaint)}` });
    });
  });
}

/** A program that runs for as long as we do, and is started again when it ends or falls silent. */
export interface Kept {
  /** Kills it; resolves when it is gone, or after a second where it does not go. */
  stop(): Promise<void>;
  /** Kills it, to be started again: something else told that it is stuck. */
  kick(): void;
}

export interface KeepOptions {
  readonly command: Command;
  /** What it prints, and `null` when a run is over: half a line before it is no line. */
  readonly onText: (text: string | null) => void;
  /** In words: it ended, it hangs, it is not there. */
  readonly onTrouble: (text: string, kind: 'missing' | 'ended' | 'hung') => void;
  /** Seconds of silence after which it is taken to hang; null for a program that may be silent. */
  readonly silence: number | null;
  /** The same before its first output. */
  readonly patience: number;
  readonly backoff: Backoff;
  /** Seconds until it is looked for again where it is not installed. */
  readonly missingWait: number;
}

/** A program that does not die of SIGKILL is stuck in the kernel; starting more of them helps nobody. */
const MOST_STUCK = 3;

/** Keeps a program running. */
export function keepRunning(options: KeepOptions): Kept {
  const { command, onText, onTrouble, silence, patience, backoff } = options;
  const ending = new AbortController();
  let current: ChildProcess | null = null;
  let hung = false;
  let stuck = 0;

  const kill = (): void => {
    hung = true;
    current?.kill('SIGKILL');
  };

  /** One run. A program that prints an error and ends is no better for having printed: a good run is one that lasted. */
  const run = (): Promise<'good' | 'bad' | 'missing'> =>
    new Promise((resolve) => {
      const child = spawn(command.program, [...command.args], { env: { ...command.env }, stdio: ['ignore', 'pipe', 'pipe'] });
      current = child;
      hung = false;
      let spoke = false;
      let last = performance.now();
      let tail = '';
      let over = false;
      let abandon: NodeJS.Timeout | undefined;
      const started = performance.now();
      const worth = (): 'good' | 'bad' => (spoke && performance.now() - started > backoff.most * 1000 ? 'good' : 'bad');
      const end = (result: 'good' | 'bad' | 'missing'): void => {
        if (over) return;
        over = true;
        clearInterval(watch);
        clearTimeout(abandon);
        current = null;
        onText(null);
        resolve(result);
      };
      const look = (): void => {
        const limit = spoke ? silence : silence === null ? null : Math.max(patience, silence);
        if (!hung && limit !== null && performance.now() - last > limit * 1000) {
          onTrouble(`no output for ${Math.round(limit)} s: killed and started again`, 'hung');
          kill();
        }
        if (hung && abandon === undefined)
          abandon = setTimeout(() => {
            child.stdout.destroy();
            child.stderr.destroy();
            stuck += 1;
            child.on('exit', () => (stuck -= 1));
            child.unref();
            end(worth());
          }, 2000);
      };
      const watch = setInterval(look, Math.max(50, Math.min(5000, ((silence ?? patience) * 1000) / 6)));
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        if (over) return;
        spoke = true;
        last = performance.now();
        tail = (tail + chunk).slice(-TAIL);
        onText(chunk);
      });
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
        tail = (tail + chunk).slice(-TAIL);
      });
      child.on('error', (error) => {
        const missing = 'code' in error && error.code === 'ENOENT';
        if (!ending.signal.aborted) onTrouble(missing ? 'not found' : error.message, missing ? 'missing' : 'ended');
        end(missing ? 'missing' : 'bad');
      });
      child.on('close', (code, signal) => {
        if (!over && !hung && !ending.signal.aborted) onTrouble(`ended (${signal ?? `exit ${code ?? '?'}`}): ${lastLines(tail)}`, 'ended');
        end(worth());
      });
    });

  const loop = async (): Promise<void> => {
    let attempt = 0;
    while (!ending.signal.aborted) {
      if (stuck >= MOST_STUCK) {
        await pause(backoff.most, ending.signal);
        continue;
      }
      const result = await run();
      attempt = result === 'good' ? 1 : attempt + 1;
      if (!ending.signal.aborted) await pause(result === 'missing' ? options.missingWait : waitFor(attempt, backoff), ending.signal);
    }
  };
  const looping = loop();

  return {
    kick: kill,
    async stop() {
      ending.abort();
      const child = current;
      child?.kill('SIGTERM');
      const force = setTimeout(() => child?.kill('SIGKILL'), 300);
      const leave = new AbortController();
      await Promise.race([looping, pause(1, leave.signal)]);
      leave.abort();
      clearTimeout(force);
      child?.kill('SIGKILL');
      // What it started may hold its pipes open: that keeps nobody here.
      child?.stdout?.destroy();
      child?.stderr?.destroy();
      child?.unref();
    },
  };
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-3).join(' / ').slice(-300);
}
