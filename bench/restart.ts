import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EntityRef, Intake, MetricId } from '../core/readings/index.ts';
import { openStore } from '../server/store/index.ts';
import type { Bench, Figure } from './bench.ts';

const quiet = { info: () => undefined, warn: console.warn, error: console.error };
const built = fileURLToPath(new URL('../dist/server/main/index.js', import.meta.url));
const child = fileURLToPath(new URL('support/start-once.mjs', import.meta.url));

/** What 200,000 measured things may be: what a site has, and what does most harm. */
const SHAPES = {
  'a site of 2,000 nodes: 4 GPUs, 95 processes each': (number: number): EntityRef => {
    const node = `n${Math.floor(number / 100)}`;
    const place = number % 100;
    if (place === 0) return { kind: 'host', id: node, node };
    return place < 5 ? { kind: 'gpu', id: `GPU-${number}`, node } : { kind: 'process', id: `${node}/${place}`, node };
  },
  '200,000 nodes, whoever sent them': (number: number): EntityRef => ({ kind: 'host', id: `host-${number}`, node: `host-${number}` }),
} as const;

const METRIC = { gpu: 'gpu.util', host: 'host.cpu', process: 'process.cpu', engine: 'engine.running' } as const satisfies Record<EntityRef['kind'], MetricId>;

/** A data folder with so many things heard an hour ago, with one fact of each card and process. */
async function fill(folder: string, count: number, entityOf: (number: number) => EntityRef): Promise<void> {
  const store = await openStore({ folder, rawDays: 30, rollupDays: 400, log: quiet });
  const at = Date.now() / 1000 - 600;
  const together = 5_000;
  for (let first = 0; first < count; first += together) {
    const entities = Array.from({ length: together }, (_, index) => entityOf(first + index));
    const intake: Intake = {
      source: 'bench',
      seq: first,
      tables: entities.map((entity) => ({
        entity,
        t: Float64Array.from([at, at + 10]),
        columns: new Map([[METRIC[entity.kind], Float64Array.from([0.25, 0.5])]]),
        facts: new Map(),
      })),
      facts: entities.flatMap((entity) =>
        entity.kind === 'gpu' || entity.kind === 'process'
          ? [{ entity, name: entity.kind === 'gpu' ? ('name' as const) : ('user' as const), value: 'A100' }]
          : [],
      ),
      events: [],
    };
    await store.series.append(intake);
  }
  await store.close();
}

interface Started {
  readonly ready: number;
  /** Milliseconds of the cores' time until then. */
  readonly cpu: number;
  readonly resident: number;
  readonly nodes: { readonly ms: number; readonly bytes: number };
  readonly largest: { readonly ms: number; readonly bytes: number };
}

function startOn(folder: string): Started {
  if (!existsSync(built)) throw new Error('the service is not built: npm run build');
  const text = execFileSync(process.execPath, [child], { env: { ...process.env, HEADROOM_DATA: folder }, encoding: 'utf8' });
  return JSON.parse(text) as Started; // our own script's line
}

export const restartBench: Bench = {
  name: 'restart',
  run: async ({ quick }) => {
    const figures: Figure[] = [];
    for (const [shape, entityOf] of Object.entries(SHAPES)) {
      const folder = mkdtempSync(join(tmpdir(), 'headroom-bench-'));
      try {
        await fill(folder, quick ? 20_000 : 200_000, entityOf);
        const { ready, cpu, resident, nodes, largest } = startOn(folder);
        const megabytes = resident / 2 ** 20;
        figures.push(
          { what: shape, value: quick ? 20_000 : 200_000, unit: 'entities' },
          { what: '  from the start of the process until it is ready', value: ready / 1000, unit: 's', budget: '≤ 5', holds: ready <= 5000 },
          { what: '  time of the cores until then', value: cpu / 1000, unit: 's' },
          { what: '  resident then', value: megabytes, unit: 'MiB', budget: '≤ 600', holds: megabytes <= 600 },
          { what: '  the first page of /api/nodes', value: nodes.ms, unit: 'ms', budget: '≤ 1,000', holds: nodes.ms <= 1_000 },
          { what: '  the longest page, 1,000 nodes', value: largest.bytes / 2 ** 20, unit: 'MiB', budget: '≤ 4', holds: largest.bytes <= 4 * 2 ** 20 },
        );
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
    return figures;
  },
};
