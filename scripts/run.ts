import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The project's root folder, with no slash at its end. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** Runs a program to its end with this terminal's input and output; throws when it fails. */
export function run(program: string, args: string[], env: NodeJS.ProcessEnv = {}): void {
  const status = tryRun(program, args, env);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}`);
}

/** As `run`, but hands back the exit code (127 when the program cannot be started). */
export function tryRun(program: string, args: string[], env: NodeJS.ProcessEnv = {}): number {
  const done = spawnSync(program, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  return done.status ?? (done.error === undefined ? 1 : 127);
}

/** The path of a command that a dependency brings. */
export function tool(name: string): string {
  return `${root}/node_modules/.bin/${name}`;
}
