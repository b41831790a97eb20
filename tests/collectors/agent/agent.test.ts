import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AgentOptions, httpDelivery, type HttpDelivery, type RunningAgent, startAgent } from '../../../collectors/agent/index.ts';
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
/** Bytes that wait on disk. */
const spooled = (): number => {
  const spool = join(folder, 'spool');
  return readdirSync(spool)
    .filter((name) => name.endsWith('.seg'))
    .reduce((sum, name) => sum + statSync(join(spool, name)).size, 0);
};
/** Waits until so many more batches have gone to disk: each makes it longer. */
async function moreOnDisk(count: number): Promise<void> {
  const sizes = new Set([spooled()]);
  await expect.poll(() => sizes.add(spooled()).size).toBeGreaterThan(count);
}
const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

describe('the agent', () => {
  it("sends GPUs and host in batches of the wire's shape", async () => {
    fakeNvidiaSmi(folder);
    await start();
    await expect.poll(() => gpuTimes().length).toBeGreaterThan(3);
    const kinds = new Set(sink.stored.flatMap((batch) => batch.blocks.map((block) => block.entity.kind)));
    expect([...kinds]).toEqual(expect.arrayContaining(['gpu', 'host']));
    expect(sink.stored[0]?.node).toBe('n1');
    expect(new Set(sink.stored.map((batch) => batch.source)).size).toBe(1);
    expect(sink.stored.flatMap((batch) => batch.facts ?? []).map((fact) => fact.name)).toEqual(expect.arrayContaining(['name', 'pciBusId', 'cores']));
  });

  it('with the server away, then failing, then losing replies, every batch arrives once and in order, and time has no gap', async () => {
    fakeNvidiaSmi(folder);
    await start();
    await expect.poll(() => gpuTimes().length).toBeGreaterThan(1);
    await sink.down();
    const away = Date.now() / 1000;
    await moreOnDisk(8);
    const back = Date.now() / 1000;
    sink.mood = 'failing';
    await sink.up();
    const asked = sink.requests();
    await expect.poll(() => sink.requests()).toBeGreaterThan(asked + 1);
    sink.mood = 'lose';
    await expect.poll(() => sink.repeated()).toBeGreaterThan(0);
    sink.mood = 'well';
    const before = seqs().length;
    await expect.poll(() => seqs().length).toBeGreaterThan(before + 5);
    await agent?.stop();
    expect(seqs()).toEqual(upTo(seqs().length));
    const times = gpuTimes();
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at));
    expect(Math.min(...gaps)).toBeGreaterThan(0);
    expect(times.filter((at) => at > away && at < back).length).toBeGreaterThan(1);
  });

  it('what could not be sent before the end is sent by the next run', async () => {
    fakeNvidiaSmi(folder);
    await sink.down();
    const first = await start();
    await moreOnDisk(2);
    await first.stop();
    await sink.up();
    await start();
    await expect.poll(() => new Set(sink.stored.map((batch) => batch.source)).size).toBe(2);
    expect(sink.stored[0]?.seq).toBe(1);
    expect(gpuTimes()).toEqual([...gpuTimes()].sort((a, b) => a - b));
  });

  it('a hung nvidia-smi costs its readings only, and is reported with the node', async () => {
    fakeNvidiaSmi(folder, { hangAfter: 2 });
    await start();
    const events = () => sink.stored.flatMap((batch) => batch.events ?? []);
    await expect
      .poll(() =>
        events()
          .map((event) => event.text)
          .join(),
      )
      .toContain('no output for 1 s: killed and started again');
    expect(events()[0]).toMatchObject({ kind: 'collector', entity: { kind: 'host', id: 'n1' } });
    const told = events()[0]?.at ?? Number.NaN;
    const hung = Math.max(...gpuTimes().filter((at) => at < told));
    const hosts = sink.stored.flatMap((batch) => batch.blocks.filter((block) => block.entity.kind === 'host').flatMap((block) => block.t));
    expect(hosts.filter((at) => at > hung && at < told).length).toBeGreaterThan(0);
    const count = gpuTimes().length;
    await expect.poll(() => gpuTimes().length).toBeGreaterThan(count + 1);
  });

  it('a machine without GPUs is watched all the same, and says what is missing', async () => {
    await start();
    await expect
      .poll(() => sink.stored.flatMap((batch) => batch.events ?? []).map((event) => event.text))
      .toEqual(['nvidia-smi is not installed here: no GPU readings']);
    await expect.poll(() => sink.stored.flatMap((batch) => batch.blocks.map((block) => block.entity.kind))).toContain('host');
  });

  it('declares its job until it is heard, names it in every batch, and says when it ended', async () => {
    fakeNvidiaSmi(folder);
    sink.mood = 'failing';
    const declaration = { nodes: ['n1'], state: 'running' as const, start: 1_700_000_000 };
    const running = await start({ declare: http.declare, job: { cluster: 'alvis', id: '7_1', declaration, first: true, gpus: null } });
    await expect.poll(() => sink.requests()).toBeGreaterThan(2);
    sink.mood = 'well';
    await expect.poll(() => sink.jobs).toEqual([{ path: '/api/jobs/alvis/7_1', declaration }]);
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

  it('ends although server and nvidia-smi hang, with one last attempt', async () => {
    const smi = fakeNvidiaSmi(folder, { hangAfter: 0 });
    const attempts: string[] = [];
    const running = await start({
      send: (_, signal) =>
        new Promise((resolve) => {
          attempts.push('begun');
          signal.addEventListener('abort', () => {
            attempts.push('cut');
            resolve({ kind: 'later', reason: 'no reply in time' });
          });
        }),
    });
    await expect.poll(() => attempts).toEqual(['begun']);
    await expect.poll(() => smi.calls().some((line) => line.includes('--loop'))).toBe(true);
    await running.stop();
    expect(attempts).toEqual(['begun', 'cut']);
  });

  it('a process of 60,000 little words in one argument costs nothing but the end of its command line', async () => {
    const long = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'python3', 'train.py', 'a.'.repeat(60_000), '--api-key', 'x'], {
      stdio: 'ignore',
    });
    try {
      await start();
      const facts = () =>
        sink.stored.flatMap((batch) => batch.facts ?? []).filter((fact) => fact.entity.id === `n1/${long.pid ?? 0}` && fact.name === 'command');
      const before = process.cpuUsage();
      await expect.poll(() => facts().length).toBeGreaterThan(0);
      const { user } = process.cpuUsage(before); // of all threads of this process
      expect(user).toBeLessThan(20e6);
      expect(facts()[0]?.value).toMatch(/python3 train\.py (?:a\.)+a?…$/);
      expect(sink.stored.flatMap((batch) => batch.events ?? []).filter((event) => event.text.startsWith('processes'))).toEqual([]);
    } finally {
      long.kill('SIGKILL');
    }
  });

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
