import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A program that runs in a ground. */
export interface Running {
  /** What it has printed so far, both streams. */
  readonly printed: () => string;
  /** CPU seconds of all its threads since it started. */
  readonly cpu: () => number;
  /** Resolves when it has ended; it is asked to first, and killed when it does not. */
  readonly stop: () => Promise<void>;
}

/** A temporary folder and the programs that work in it. */
export interface Ground {
  readonly folder: string;
  readonly start: (command: string, args: readonly string[], env?: Readonly<Record<string, string>>) => Running;
}

/** How long a program may take to end by itself, milliseconds. */
const PATIENCE = 30_000;

/** Runs `work` in a fresh folder; whatever happens, Ctrl-C included, the programs that it started are ended and the folder is removed. */
export async function onGround<T>(work: (ground: Ground) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-peer-'));
  const running = new Set<Running & { kill(): void }>();
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  const interrupted = (): void => {
    for (const program of running) program.kill();
    remove();
    process.exit(130);
  };
  process.on('SIGINT', interrupted).on('SIGTERM', interrupted);
  const start: Ground['start'] = (command, args, env = {}) => {
    const program = launch(command, args, env);
    running.add(program);
    void program.ended.then(() => running.delete(program));
    return program;
  };
  try {
    return await work({ folder, start });
  } finally {
    await Promise.all([...running].map((program) => program.stop()));
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    remove();
  }
}

function launch(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Running & { readonly ended: Promise<void>; readonly kill: () => void } {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text = (text + part).slice(-100_000);
    });
  }
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => resolve());
    child.on('error', (error) => {
      text += `${command}: ${error.message}\n`;
      resolve();
    });
  });
  return {
    ended,
    printed: () => text,
    kill: () => void child.kill('SIGKILL'),
    cpu: () => cpuSeconds(child.pid),
    stop: async () => {
      child.kill('SIGTERM');
      const impatient = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
      await ended;
      clearTimeout(impatient);
    },
  };
}

/** CPU time of a process's threads, to the nanosecond; those that have ended are not in it. */
function cpuSeconds(pid: number | undefined): number {
  const folder = `/proc/${pid ?? 'self'}/task`;
  return readdirSync(folder).reduce((sum, thread) => sum + Number.parseInt(readFileSync(`${folder}/${thread}/schedstat`, 'utf8'), 10) / 1e9, 0);
}

/** Waits until the program does nothing to speak of for a second, at most `most` seconds. */
export async function quiet(program: Running, most: number): Promise<void> {
  for (let waited = 0; waited < most; waited += 1) {
    const before = program.cpu();
    await seconds(1);
    if (program.cpu() - before < 0.05) return;
  }
}

/** Resolves after so many seconds. */
export function seconds(count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, count * 1000));
}

/** Tries until it gives something, for half a minute; throws with what the program printed. */
export async function until<T>(program: Running, what: string, attempt: () => Promise<T | null> | T | null): Promise<T> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const result = await attempt();
    if (result !== null) return result;
    if (Date.now() > deadline) throw new Error(`${what} did not happen; printed so far:\n${program.printed()}`);
    await seconds(0.05);
  }
}
