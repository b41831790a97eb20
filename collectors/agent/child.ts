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
  const { backoff, missingWait } = options;
  const ending = new AbortController();
  let current: Run | null = null;
  let stuck = 0;

  const leave = (child: ChildProcess): void => {
    stuck += 1;
    child.on('exit', () => (stuck -= 1));
    child.unref();
  };
  const loop = async (): Promise<void> => {
    let attempt = 0;
    while (!ending.signal.aborted) {
      if (stuck >= MOST_STUCK) {
        await pause(backoff.most, ending.signal);
        continue;
      }
      current = startRun(options, { ending: ending.signal, leave });
      const result = await current.done;
      current = null;
      attempt = result === 'good' ? 1 : attempt + 1;
      if (!ending.signal.aborted) await pause(result === 'missing' ? missingWait : waitFor(attempt, backoff), ending.signal);
    }
  };
  const looping = loop();

  return {
    kick: () => current?.kill(),
    async stop() {
      ending.abort();
      const child = current?.child;
      child?.kill('SIGTERM');
      const force = setTimeout(() => child?.kill('SIGKILL'), 300);
      const leaving = new AbortController();
      await Promise.race([looping, pause(1, leaving.signal)]);
      leaving.abort();
      clearTimeout(force);
      child?.kill('SIGKILL');
      // What it started may hold its pipes open: that keeps nobody here.
      child?.stdout?.destroy();
      child?.stderr?.destroy();
      child?.unref();
    },
  };
}

type Result = 'good' | 'bad' | 'missing';

interface Run {
  readonly child: ChildProcess;
  readonly done: Promise<Result>;
  kill(): void;
}

/**
 * One run. A program that prints an error and ends is no better for having printed: a good run is one that lasted. One that does not
 * die two seconds after it was killed is given to `leave`, and the run is over without it.
 */
function startRun(options: KeepOptions, { ending, leave }: { readonly ending: AbortSignal; readonly leave: (child: ChildProcess) => void }): Run {
  const { command, onText, onTrouble, silence, patience, backoff } = options;
  const child = spawn(command.program, [...command.args], { env: { ...command.env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const started = performance.now();
  let last = started;
  let spoke = false;
  let tail = '';
  let hung = false;
  let over = false;
  let abandon: NodeJS.Timeout | undefined;
  let settle: (result: Result) => void = () => undefined;
  const done = new Promise<Result>((resolve) => (settle = resolve));

  const keep = (chunk: string): string => (tail = (tail + chunk).slice(-TAIL));
  const kill = (): void => {
    hung = true;
    child.kill('SIGKILL');
  };
  const worth = (): Result => (spoke && performance.now() - started > backoff.most * 1000 ? 'good' : 'bad');
  const end = (result: Result): void => {
    if (over) return;
    over = true;
    clearInterval(watch);
    clearTimeout(abandon);
    onText(null);
    settle(result);
  };
  const giveUp = (): void => {
    child.stdout.destroy();
    child.stderr.destroy();
    leave(child);
    end(worth());
  };
  const look = (): void => {
    const limit = spoke ? silence : silence === null ? null : Math.max(patience, silence);
    if (!hung && limit !== null && performance.now() - last > limit * 1000) {
      onTrouble(`no output for ${Math.round(limit)} s: killed and started again`, 'hung');
      kill();
    }
    if (hung) abandon ??= setTimeout(giveUp, 2000);
  };
  const watch = setInterval(look, Math.max(50, Math.min(5000, ((silence ?? patience) * 1000) / 6)));

  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    if (over) return;
    spoke = true;
    last = performance.now();
    keep(chunk);
    onText(chunk);
  });
  child.stderr.setEncoding('utf8').on('data', keep);
  child.on('error', (error) => {
    const missing = 'code' in error && error.code === 'ENOENT';
    if (!ending.aborted) onTrouble(missing ? 'not found' : error.message, missing ? 'missing' : 'ended');
    end(missing ? 'missing' : 'bad');
  });
  child.on('close', (code, signal) => {
    if (!over && !hung && !ending.aborted) onTrouble(`ended (${signal ?? `exit ${code ?? '?'}`}): ${lastLines(tail)}`, 'ended');
    end(worth());
  });
  return { child, done, kill };
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-3).join(' / ').slice(-300);
}
