import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { IngestBatch } from '../../core/contract/index.ts';
import { type Ground, type Running, until } from './ground.ts';
import { ask, posted } from './http.ts';

const run = promisify(execFile);
const PACKAGES = fileURLToPath(new URL('../../tests/lab/packages.sh', import.meta.url));

/** Debian's VictoriaMetrics in a process of its own, on an empty data folder. */
export interface Victoria {
  readonly program: Running;
  readonly port: number;
  /** The folders of its readings and of its index. */
  readonly folders: readonly string[];
}

/** Installs the package where it is missing (as root on Debian; see tests/lab) and starts it on a free port. */
export async function startVictoria({ folder, start }: Ground): Promise<Victoria> {
  await run('bash', ['-ec', '. "$0"; lab_packages victoria-metrics', PACKAGES]);
  const port = await freePort();
  const data = join(folder, 'victoria');
  const program = start('victoria-metrics', [`-storageDataPath=${data}`, `-httpListenAddr=127.0.0.1:${port}`, '-retentionPeriod=120', '-loggerLevel=WARN']);
  await until(program, 'the start of VictoriaMetrics', () =>
    ask(port, '/health').then(
      () => true,
      () => null,
    ),
  );
  return { program, port, folders: [join(data, 'data'), join(data, 'indexdb')] };
}

/** Its ways in that were fastest: text for a row at a time, JSON lines from a few rows on. (InfluxDB's lines are as fast for one row and slower for more.) */
const FORMATS = {
  prometheus: { path: '/api/v1/import/prometheus', text: prometheusText },
  jsonLines: { path: '/api/v1/import', text: jsonLines },
} as const;
export type Format = keyof typeof FORMATS;

/** A batch as one request in a format. */
export function victoriaRequest({ port }: Victoria, batch: IngestBatch, format: Format): Buffer {
  const { path, text } = FORMATS[format];
  return posted(port, path, {}, text(batch));
}

/** One line per series: its name and labels, its values, their times in ms. */
function jsonLines({ blocks }: IngestBatch): string {
  return blocks
    .map(({ entity, t, columns }) => {
      const times = t.map((at) => at * 1000).join(',');
      const labels = `"node":"${entity.node ?? ''}","gpu":"${entity.id}"`;
      return Object.entries(columns)
        .map(([id, column]) => `{"metric":{"__name__":"gpu_${fieldOf(id)}",${labels}},"values":[${(column ?? []).join(',')}],"timestamps":[${times}]}\n`)
        .join('');
    })
    .join('');
}

/** One line per value: `gpu_util{node="…",gpu="…"} value ms`. */
function prometheusText({ blocks }: IngestBatch): string {
  return blocks
    .map(({ entity, t, columns }) => {
      const labels = `{node="${entity.node ?? ''}",gpu="${entity.id}"}`;
      return Object.entries(columns)
        .map(([id, column]) => (column ?? []).map((value, row) => `gpu_${fieldOf(id)}${labels} ${value} ${(t[row] ?? Number.NaN) * 1000}\n`).join(''))
        .join('');
    })
    .join('');
}

function fieldOf(id: string): string {
  return id.slice(id.indexOf('.') + 1);
}

/** Puts everything on disk in as few parts as it can, and waits until that is done. */
export async function settle({ port }: Victoria): Promise<void> {
  await ask(port, '/internal/force_flush');
  await ask(port, '/internal/force_merge');
  for (let calm = 0; calm < 3;) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { body } = await ask(port, '/metrics');
    const merging = [...body.toString('utf8').matchAll(/^vm_active_merges\S* (\d+)/gm)].some(([, count]) => count !== '0');
    calm = merging ? 0 : calm + 1;
  }
}

/** How many values of a selection are stored in from ≤ t < to (seconds UTC). */
export async function countStored({ port }: Victoria, selector: string, from: number, to: number): Promise<number> {
  const query = `sum(count_over_time(${selector}[${to - from}s]))`;
  const { body } = await ask(port, `/api/v1/query?${new URLSearchParams({ query, time: String(to - 0.001), nocache: '1' }).toString()}`);
  return Number.parseFloat(/"value":\[[^,]+,"([^"]+)"/.exec(body.toString('utf8'))?.[1] ?? '0');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address === null || typeof address === 'string' ? reject(new Error('no free port')) : resolve(address.port)));
    });
  });
}
