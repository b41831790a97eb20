// Past the door of server/store: the benchmark fills a million jobs below the API.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobsQuery } from '../core/contract/index.ts';
import { openMainFile } from '../server/store/relational/file.ts';
import { openRelational } from '../server/store/relational/store.ts';
import { inserts } from '../server/store/sqlite/inserts.ts';
import { type Bench, type Figure, quantile } from './bench.ts';
import { chance } from './support/readings.ts';

const quiet = { info: () => undefined, warn: console.warn, error: console.error };
const jobs = 1_000_000;

/** Fills a file with finished jobs as a site has them after years: 400 users, 60 projects, most of them short. */
async function fill(file: string): Promise<void> {
  const db = await openMainFile(file);
  const next = chance(5);
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(next() * next() * items.length)];
  const bottlenecks = ['idle', 'memory', 'host', 'compute', 'unknown', 'overhead', 'network', 'storage', 'balanced', 'transfer', 'capacity'];
  const columns = 'row, cluster, id, name, "user", project, state, start, "end", "gpuCount", "gpuType", demo, bottleneck, activity, grade, headroom';
  for (let first = 0; first < jobs; first += 20_000) {
    const rows = Array.from({ length: 20_000 }, (_, index) => {
      const row = first + index + 1;
      const start = 1.6e9 + row * 60;
      return [
        row,
        'alvis',
        String(1_000_000 + row),
        `run-${Math.floor(next() * 5000)}`,
        `user${Math.floor(next() * next() * 400)}`,
        `naiss-${Math.floor(next() * next() * 60)}`,
        pick(['completed', 'failed', 'timeout', 'cancelled', 'oom']),
        start,
        start + next() * 86_400,
        pick([1, 2, 4, 8, 16]),
        pick(['A100-40', 'T4', 'A40', 'V100-32', 'A100-80']),
        0,
        pick(bottlenecks),
        pick(['training', 'unknown', 'decode', 'serving', 'fine-tuning', 'idle']),
        Math.round(next() * 100) / 100,
        next() < 0.2 ? null : 1 + next() * 9,
      ];
    });
    await db.$transaction([
      ...inserts(db, `INSERT INTO "Job" (${columns})`, rows),
      ...inserts(
        db,
        'INSERT INTO "JobNode" (job, position, node)',
        rows.map((row) => [row[0], 0, `alvis${Math.floor(next() * 217)}`]),
      ),
      ...inserts(
        db,
        'INSERT INTO "Finding" (job, position, kind, text, evidence)',
        rows.filter(() => next() < 0.1).map((row) => [row[0], 0, pick(['idle', 'hung', 'oom', 'imbalance']), 'made up', '[]']),
      ),
    ]);
  }
  await db.$disconnect();
}

const single: JobsQuery[] = [
  {},
  { state: 'failed' },
  { user: 'user3' },
  { user: 'user390' },
  { project: 'naiss-7' },
  { gpuType: 'T4' },
  { gpuType: 'A100-80' },
  { bottleneck: 'memory' },
  { bottleneck: 'capacity' },
  { activity: 'decode' },
  { finding: 'hung' },
  { node: 'alvis12' },
  { from: 1.6e9 + 3e7, to: 1.6e9 + 3.1e7 },
  { q: '1500017' },
  { q: 'run-4711' },
  { sort: 'grade' },
  { sort: '-headroom' },
  { sort: 'name' },
];
const combined: JobsQuery[] = [
  { user: 'user3', state: 'failed' },
  { gpuType: 'A40', bottleneck: 'host' },
  { state: 'oom', project: 'naiss-50' },
  { finding: 'idle', gpuType: 'A100-80' },
  { bottleneck: 'capacity', activity: 'decode', sort: '-grade' },
  { q: 'run-4711', state: 'failed' },
  { node: 'alvis12', user: 'user3' },
];

export const jobsBench: Bench = {
  name: 'jobs',
  run: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'headroom-bench-'));
    try {
      const file = join(folder, 'headroom.db');
      const filling = performance.now();
      await fill(file);
      console.log(`  (${jobs.toLocaleString('en')} jobs written in ${Math.round((performance.now() - filling) / 1000)} s)`);
      const store = await openRelational({ file, log: quiet });
      const time = async (query: JobsQuery): Promise<number> => {
        const begin = performance.now();
        await store.jobs.list({ kind: 'local' }, query);
        return performance.now() - begin;
      };
      const figures: Figure[] = [];
      for (const [what, queries, most] of [
        ['one filter or sort', single, 50],
        ['filters together', combined, 250],
      ] as const) {
        let worst = 0;
        let slowest: JobsQuery = {};
        for (const query of queries) {
          await time(query);
          const times: number[] = [];
          for (let round = 0; round < 10; round += 1) times.push(await time(query));
          const middle = quantile(times, 0.5);
          if (process.env['HEADROOM_BENCH_VERBOSE'] !== undefined) console.log(`    ${JSON.stringify(query)} ${middle.toFixed(1)} ms`);
          if (middle > worst) [worst, slowest] = [middle, query];
        }
        figures.push({
          what: `job list, ${what}, the slowest (${JSON.stringify(slowest)})`,
          value: worst,
          unit: 'ms',
          budget: `≤ ${most}`,
          holds: worst <= most,
        });
      }
      await store.host.close();
      return figures;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
