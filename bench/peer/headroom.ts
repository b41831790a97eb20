import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { IngestBatch } from '../../core/contract/index.ts';
import { type Ground, type Running, until } from './ground.ts';
import { lane, posted } from './http.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** A whole Headroom server in a process of its own, on an empty data folder. */
export interface Headroom {
  readonly program: Running;
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The file of its readings. */
  readonly file: string;
}

/** Starts the built server as `npm start` does, without an agent for this machine; where `profile` names a folder, Node's CPU profiles go there. */
export async function startHeadroom({ folder, start }: Ground, profile: string | null): Promise<Headroom> {
  if (!existsSync(MAIN)) throw new Error('dist/ is missing: npm run build');
  const data = join(folder, 'headroom');
  const profiling = profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  // Settings of whoever runs this must not change what is measured: an empty one is the default.
  const own = Object.fromEntries(Object.keys(process.env).flatMap((name) => (name.startsWith('HEADROOM_') ? [[name, '']] : [])));
  const env = { ...own, HEADROOM_DATA: data, HEADROOM_LOG: 'warn' };
  const program = start(process.execPath, [...profiling, MAIN, 'serve', '--no-agent', '--port', '0'], env);
  const port = await until(program, 'the start of Headroom', () => {
    const found = /http:\/\/127\.0\.0\.1:(\d+)\/#token=/.exec(program.printed())?.[1];
    return found === undefined ? null : Number.parseInt(found, 10);
  });
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, 'token', 'issue', 'bench'], { env: { ...process.env, ...env } });
  return { program, port, headers: { authorization: `Bearer ${stdout.trim()}` }, file: join(data, 'series.db') };
}

/** A batch as the request that an agent sends. */
export function headroomRequest({ port, headers }: Headroom, batch: IngestBatch): Buffer {
  return posted(port, '/api/ingest', { ...headers, 'content-type': 'application/json' }, JSON.stringify(batch));
}

/** Declares a running job on one node with these GPUs: its readings are classified as they come. */
export async function declare({ port, headers }: Headroom, job: { id: string; node: string; gpus: readonly string[]; start: number }): Promise<void> {
  const { id, node, gpus, start } = job;
  const body = JSON.stringify({ state: 'running', start, nodes: [node], gpus: gpus.map((uuid) => ({ uuid, node })), gpuType: 'A100-40' });
  const put = posted(port, `/api/jobs/local/${id}`, { ...headers, 'content-type': 'application/json' }, body);
  await lane(port, [Buffer.concat([Buffer.from('PUT'), put.subarray(4)])]);
}

/** Values that the answers say are on disk. */
export function durableOf(answers: readonly string[]): number {
  return answers.reduce((sum, answer) => sum + Number.parseInt(/"durable":(\d+)/.exec(answer)?.[1] ?? '', 10), 0);
}
