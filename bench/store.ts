// Past the door of server/store: the benchmark measures the series file without the server around it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IngestBatch } from '../core/contract/index.ts';
import { intakeFromBatch, type MetricId } from '../core/readings/index.ts';
import { openSeries } from '../server/store/series/store.ts';
import { type Bench, type Figure, quantile } from './bench.ts';
import { benchMetrics, gpuReadings, nodeBatch } from './support/readings.ts';

const quiet = { info: () => undefined, warn: console.warn, error: console.error };

/** How many values a second reach the disk, each acknowledged: sealing included, since it is part of the same work. */
async function ingest(folder: string, { nodes, rows, perBatch, period }: { nodes: number; rows: number; perBatch: number; period: number }): Promise<Figure[]> {
  const start = 19_000 * 86_400;
  const clock = { now: start };
  const series = await openSeries({ file: join(folder, `ingest-${perBatch}.db`), rawDays: 400, rollupDays: 400, log: quiet, now: () => clock.now });
  const readings = Array.from({ length: nodes }, (_, node) =>
    Array.from({ length: 4 }, (__, index) => gpuReadings({ seed: node * 4 + index, from: start, rows, period })),
  );
  const batches: IngestBatch[] = [];
  for (let at = 0; at < rows; at += perBatch)
    for (let node = 0; node < nodes; node += 1) batches.push(nodeBatch(readings[node] ?? [], { node, start: at, rows: perBatch, seq: at }));
  const latencies: number[] = [];
  let values = 0;
  const begin = performance.now();
  // As many senders at a time as nodes: each waits for its answer before it sends again.
  const lanes = Array.from({ length: nodes }, async (_, lane) => {
    for (let index = lane; index < batches.length; index += nodes) {
      const batch = batches[index];
      if (batch === undefined) break;
      const sent = performance.now();
      const { durable } = await series.append(intakeFromBatch(batch));
      values += durable;
      latencies.push(performance.now() - sent);
    }
  });
  await Promise.all(lanes);
  const appended = performance.now() - begin;
  clock.now = start + rows * period + 7200;
  for (let more = true; more;) more = (await series.maintain(clock.now)).sealed > 0;
  const upkept = performance.now() - begin;
  await series.close();
  const perSecond = values / (appended / 1000);
  return [
    {
      what: `appends of ${perBatch} rows × 4 GPUs × 15 metrics, durable`,
      value: perSecond,
      unit: 'values/s',
      budget: '≥ 150,000',
      holds: perSecond >= 150_000,
    },
    { what: '  until the answer, p99', value: quantile(latencies, 0.99), unit: 'ms' },
    { what: '  with sealing, merging and roll-ups of it all', value: values / (upkept / 1000), unit: 'values/s' },
  ];
}

/** Bytes on disk per value, and one job's page: 4 GPUs, 24 hours at 10 s, 15 metrics. */
async function page(folder: string): Promise<Figure[]> {
  const start = 19_000 * 86_400;
  const clock = { now: start };
  const file = join(folder, 'page.db');
  const series = await openSeries({ file, rawDays: 400, rollupDays: 400, log: quiet, now: () => clock.now });
  const days = 3;
  const readings = Array.from({ length: 4 }, (_, index) => gpuReadings({ seed: 100 + index, from: start, rows: days * 8640, period: 10 }));
  let seq = 0;
  for (let at = 0; at < days * 8640; at += 360) {
    await series.append(intakeFromBatch(nodeBatch(readings, { node: 0, start: at, rows: 360, seq: (seq += 1) })));
    clock.now = start + (at + 360) * 10;
    await series.maintain(clock.now);
  }
  await series.maintain(clock.now + 7200);
  const { stored, values } = await storedBytes(file, series);
  const entities = [0, 1, 2, 3].map((index) => ({ kind: 'gpu' as const, id: `GPU-0-${index}` }));
  const metrics: MetricId[] = [...benchMetrics];
  const times: number[] = [];
  for (let round = -10; round < 200; round += 1) {
    const from = start + (Math.abs(round) % 24) * 3600;
    const begin = performance.now();
    await series.range({ entities, metrics, from, to: from + 86_400, points: 600 });
    // The first few pay for compiling; a service has done that by its second visitor.
    if (round >= 0) times.push(performance.now() - begin);
  }
  const coarse: number[] = [];
  for (let round = 0; round < 20; round += 1) {
    const begin = performance.now();
    await series.range({ entities, metrics, from: start, to: start + days * 86_400, points: 600 });
    coarse.push(performance.now() - begin);
  }
  await series.close();
  const p99 = quantile(times, 0.99);
  return [
    { what: 'raw readings in chunks', value: stored / values, unit: 'bytes/value', budget: '≤ 1.6', holds: stored / values <= 1.6 },
    { what: 'job page, 4 GPUs × 24 h at 10 s × 15 metrics, p50', value: quantile(times, 0.5), unit: 'ms' },
    { what: 'job page, the same, p99', value: p99, unit: 'ms', budget: '≤ 100', holds: p99 <= 100 },
    { what: `the same over ${days} days, p99`, value: quantile(coarse, 0.99), unit: 'ms' },
  ];
}

async function storedBytes(file: string, series: Awaited<ReturnType<typeof openSeries>>): Promise<{ stored: number; values: number }> {
  const { createClient } = await import('@libsql/client');
  const client = createClient({ url: `file:${file}` });
  const answer = await client.execute('SELECT SUM(LENGTH(bytes)) AS stored FROM "Chunk" WHERE level = 0');
  client.close();
  return { stored: Number(answer.rows[0]?.['stored']), values: (await series.stats()).values };
}

export const storeBench: Bench = {
  name: 'store',
  run: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'headroom-bench-'));
    try {
      return [
        ...(await ingest(folder, { nodes: 50, rows: 1200, perBatch: 6, period: 10 })),
        ...(await ingest(folder, { nodes: 400, rows: 60, perBatch: 1, period: 1 })),
        ...(await page(folder)),
      ];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
