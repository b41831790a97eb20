import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startAgent } from '../../../collectors/agent/agent.ts';
import { httpDelivery, type HttpDelivery } from '../../../collectors/agent/http-send.ts';
import type { AgentOptions, RunningAgent } from '../../../collectors/agent/types.ts';
import { ingestSink, type IngestSink } from '../../support/ingest-sink.ts';
import { fakeNvidiaSmi } from '../../support/nvidia-smi.ts';

const GPU = 'GPU-aaaaaaaa-0000-0000-0000-000000000001';
let folder = '';
let sink: IngestSink;
let http: HttpDelivery;
let agent: RunningAgent | null = null;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-agent-'));
  sink = await ingestSink();
  http = httpDelivery({ server: sink.url, token: 't' });
});
afterEach(async () => {
  await agent?.stop();
  agent = null;
  http.close();
  await sink.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: Partial<AgentOptions> = {}): Promise<RunningAgent> {
  agent = await startAgent({
    node: 'n1',
    interval: 0.2,
    send: http.send,
    spool: { folder: join(folder, 'spool'), limit: 1024 * 1024 },
    nvidiaSmi: join(folder, 'nvidia-smi'),
    backoff: { first: 0.05, most: 0.2 },
    env: { PATH: process.env['PATH'], TMPDIR: tmpdir() },
    ...options,
  });
  return agent;
}

/** Times of a GPU's readings as they are stored, in order. */
const gpuTimes = (): number[] => sink.stored.flatMap((batch) => batch.blocks.filter((block) => block.entity.id === GPU).flatMap((block) => block.t));
const seqs = (): number[] => sink.stored.map((batch) => batch.seq);
const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

describe('the agent', () => {
  it("sends GPUs and host in batches of the wire's shape", async () => {
    fakeNvidiaSmi(folder);
    await start();
    await expect.poll(() => gpuTimes().length, { timeout: 5000 }).toBeGreaterThan(3);
    const kinds = new Set(sink.stored.flatMap((batch) => batch.blocks.map((block) => block.entity.kind)));
    expect([...kinds]).toEqual(expect.arrayContaining(['gpu', 'host']));
    expect(sink.stored[0]?.node).toBe('n1');
    expect(new Set(sink.stored.map((batch) => batch.source)).size).toBe(1);
    expect(sink.stored.flatMap((batch) => batch.facts ?? []).map((fact) => fact.name)).toEqual(expect.arrayContaining(['name', 'pciBusId', 'cores']));
  });

  it('with the server away, then failing, then losing replies, every batch arrives once and in order, and time has no gap', async () => {
    fakeNvidiaSmi(folder);
    await start();
    await expect.poll(() => gpuTimes().length, { timeout: 5000 }).toBeGreaterThan(1);
    await sink.down();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(readdirSync(join(folder, 'spool')).some((name) => name.endsWith('.seg'))).toBe(true);
    sink.mood = 'failing';
    await sink.up();
    await new Promise((resolve) => setTimeout(resolve, 400));
    sink.mood = 'lose';
    await expect.poll(() => sink.repeated(), { timeout: 5000 }).toBeGreaterThan(0);
    sink.mood = 'well';
    const before = seqs().length;
    await expect.poll(() => seqs().length, { timeout: 5000 }).toBeGreaterThan(before + 5);
    await agent?.stop();
    expect(seqs()).toEqual(upTo(seqs().length));
    const times = gpuTimes();
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at));
    expect(Math.min(...gaps)).toBeGreaterThan(0);
    expect(Math.max(...gaps)).toBeLessThan(2.5); // the server was away for longer
  });

  it('what could not be sent before the end is sent by the next run', async () => {
    fakeNvidiaSmi(folder);
    await sink.down();
    const first = await start();
    await new Promise((resolve) => setTimeout(resolve, 800));
    await first.stop();
    await sink.up();
    await start();
    await expect.poll(() => new Set(sink.stored.map((batch) => batch.source)).size, { timeout: 5000 }).toBe(2);
    expect(sink.stored[0]?.seq).toBe(1);
    expect(gpuTimes()).toEqual([...gpuTimes()].sort((a, b) => a - b));
  });

  it('a hung nvidia-smi costs its readings only, and is reported with the node', async () => {
    fakeNvidiaSmi(folder, { hangAfter: 2 });
    await start();
    const events = () => sink.stored.flatMap((batch) => batch.events ?? []);
    await expect
      .poll(
        () =>
          events()
            .map((event) => event.text)
            .join(),
        { timeout: 10_000 },
      )
      .toContain('no output for 1 s: killed and started again');
    expect(events()[0]).toMatchObject({ kind: 'collector', entity: { kind: 'host', id: 'n1' } });
    const hosts = sink.stored.flatMap((batch) => batch.blocks.filter((block) => block.entity.kind === 'host').flatMap((block) => block.t));
    expect(Math.max(...hosts.slice(1).map((at, index) => at - (hosts[index] ?? at)))).toBeLessThan(2.5);
    const count = gpuTimes().length;
    await expect.poll(() => gpuTimes().length, { timeout: 5000 }).toBeGreaterThan(count + 1);
  });

  it('a machine without GPUs is watched all the same, and says what is missing', async () => {
    await start();
    await expect
      .poll(() => sink.stored.flatMap((batch) => batch.events ?? []).map((event) => event.text))
      .toEqual(['nvidia-smi is not installed here: no GPU readings']);
    expect(sink.stored[0]?.blocks[0]?.entity.kind).toBe('host');
  });

  it('declares its job until it is heard, names it in every batch, and says when it ended', async () => {
    fakeNvidiaSmi(folder);
    sink.mood = 'failing';
    const declaration = { nodes: ['n1'], state: 'running' as const, start: 1_700_000_000 };
    const running = await start({ declare: http.declare, job: { cluster: 'alvis', id: '7_1', declaration, first: true, gpus: null } });
    await new Promise((resolve) => setTimeout(resolve, 300));
    sink.mood = 'well';
    await expect.poll(() => sink.jobs, { timeout: 5000 }).toEqual([{ path: '/api/jobs/alvis/7_1', declaration }]);
    await running.stop();
    expect(sink.stored.every((batch) => batch.job === 'alvis/7_1')).toBe(true);
    expect(sink.jobs[1]).toMatchObject({ declaration: { nodes: ['n1'], state: 'unknown' } });
    expect(sink.jobs[1]?.declaration.end).toBeGreaterThan(1_700_000_000);
  });

  it('of a job on several nodes only the first says that it ended', async () => {
    const running = await start({ declare: http.declare, job: { cluster: 'alvis', id: '8', declaration: { nodes: ['n0', 'n1'] }, first: false, gpus: null } });
    await expect.poll(() => sink.jobs.length).toBe(1);
    await running.stop();
    expect(sink.jobs).toHaveLength(1);
  });

  it('ends within seconds although server and nvidia-smi hang', async () => {
    fakeNvidiaSmi(folder, { hangAfter: 0 });
    sink.mood = 'hang';
    const running = await start();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const asked = performance.now();
    await running.stop();
    expect(performance.now() - asked).toBeLessThan(8000);
  }, 20_000);

  it('inside the server it hands over batches without a wire or a disk', async () => {
    const seen: number[] = [];
    await start({
      spool: null,
      send: async (parcel) => {
        seen.push(parcel.intake().seq);
        return { kind: 'stored' };
      },
    });
    await expect.poll(() => seen.slice(0, 3)).toEqual([1, 2, 3]);
    expect(readdirSync(folder)).toEqual([]);
  });
});
