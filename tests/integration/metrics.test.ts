import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAll } from '../../collectors/collector/index.ts';
import { sniff } from '../../collectors/sniff.ts';
import { tablesOf, withRates } from '../../core/readings/index.ts';
import { fetchText, lab } from '../support/lab.ts';

const PROMETHEUS = 'http://127.0.0.1:19090';
const VICTORIA = 'http://127.0.0.1:18428';

/** Reads a text whose format nobody told, as a dropped file is read. */
function read(text: string, file: string) {
  const found = sniff(text, file);
  expect(found, `no collector knows ${file}: ${text.slice(0, 200)}`).not.toBeNull();
  if (found === null) throw new Error('unreachable');
  return { id: found.collector.id, batch: parseAll(found.collector, text, { node: 'alvis4-01', tz: 'UTC', file }) };
}

beforeAll(() => lab('metrics-up'));
afterAll(() => lab('metrics-down'));

describe('real metric servers', () => {
  it('a live node_exporter page gives this host its memory, cores and counters', async () => {
    const page = await fetchText('http://127.0.0.1:19100/metrics');
    const { batch } = read(page, 'metrics.prom');
    const host = batch.readings.filter((reading) => reading.entity.kind === 'host');
    const total = Number(/^MemTotal:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) * 1024;
    expect(host.map((reading) => reading.values['host.memTotal']).find((value) => value !== undefined)).toBe(total);
    const cpu = host.map((reading) => reading.values['host.cpuTime']).find((value) => value !== undefined);
    expect(cpu).toBeGreaterThan(1);
    expect(batch.rejected).toEqual([]);
  });

  it('a Prometheus query_range answer of node_exporter series is read with its own times', async () => {
    const now = Date.now() / 1000;
    const query = encodeURIComponent('{__name__=~"node_memory_MemTotal_bytes|node_memory_MemAvailable_bytes|node_load1|node_cpu_seconds_total"}');
    const text = await fetchText(`${PROMETHEUS}/api/v1/query_range?query=${query}&start=${now - 30}&end=${now + 60}&step=1`, {
      until: (body) => (body.match(/node_load1/g) ?? []).length > 0 && body.length > 2000,
    });
    const { batch } = read(text, 'export.json');
    expect(batch.clock).toBe('utc');
    const times = batch.readings.map((reading) => reading.at);
    expect(Math.min(...times)).toBeGreaterThan(now - 120);
    const load = batch.readings.map((reading) => reading.values['host.load1']).filter((value) => value !== undefined);
    expect(load.length).toBeGreaterThan(0);
  });

  it('what VictoriaMetrics took in comes back from its export with the same values', async () => {
    const start = Math.floor(Date.now() / 1000) - 600;
    const uuid = 'GPU-11111111-2222-3333-4444-555555555555';
    const lines = Array.from(
      { length: 60 },
      (_, index) =>
        `DCGM_FI_PROF_DRAM_ACTIVE{gpu="0",UUID="${uuid}",modelName="NVIDIA A100-SXM4-40GB",Hostname="alvis4-01"} ${0.5 + index / 1000} ${(start + index * 10) * 1000}`,
    );
    await fetchText(`${VICTORIA}/api/v1/import/prometheus`, { method: 'POST', body: `${lines.join('\n')}\n` });
    const text = await fetchText(`${VICTORIA}/api/v1/export?match[]=DCGM_FI_PROF_DRAM_ACTIVE&start=${start - 10}&end=${start + 700}`, {
      until: (body) => body.includes(uuid),
    });
    const { batch } = read(text, 'export.jsonl');
    const [table] = tablesOf(batch.readings, batch.facts)
      .filter((one) => one.entity.kind === 'gpu')
      .map((one) => withRates(one));
    expect(table?.entity.id).toBe(uuid);
    expect(table?.t).toHaveLength(60);
    expect(table?.t[0]).toBe(start);
    expect(table?.columns.get('gpu.dramActive')?.[59]).toBeCloseTo(0.559, 9);
  });
});
