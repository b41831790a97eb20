// Past the door of collectors/agent: a child that hangs, ends or is missing is played one at a time.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Batch, Reading } from '../../../core/readings/index.ts';
import { keepRunning, runOnce } from '../../../collectors/agent/child.ts';
import { minorNumbers } from '../../../collectors/agent/nvidia-smi.ts';
import { knownFields } from '../../../collectors/agent/nvidia-fields.ts';
import { type GpuSource, startGpus } from '../../../collectors/agent/nvidia-smi.ts';
import { fakeNvidiaSmi, type FakeNvidiaSmi, type FakeOptions, TWO_GPUS } from '../../support/nvidia-smi.ts';

const FIRST = 'GPU-aaaaaaaa-0000-0000-0000-000000000001';
const SECOND = 'GPU-aaaaaaaa-0000-0000-0000-000000000002';
let folder = '';
let source: GpuSource | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-gpus-'));
});
afterEach(async () => {
  await source?.stop();
  source = null;
  rmSync(folder, { recursive: true, force: true });
});

interface Watched {
  readonly smi: FakeNvidiaSmi;
  readonly readings: Reading[];
  readonly facts: Batch['facts'][number][];
  readonly troubles: string[];
  pids: readonly number[];
}

async function watch(options: FakeOptions, more: { interval?: number; gpus?: string; program?: string } = {}): Promise<Watched> {
  // It is taken to hang after three intervals: long ones, where a slow machine is not what a test is about.
  const smi = fakeNvidiaSmi(folder, { pace: 0.1, ...options });
  const watched: Watched = { smi, readings: [], facts: [], troubles: [], pids: [] };
  source = await startGpus({
    program: more.program ?? join(folder, 'nvidia-smi'),
    gpus: more.gpus ?? null,
    node: 'n1',
    interval: more.interval ?? 20,
    env: { PATH: process.env['PATH'], TZ: 'Asia/Tokyo' },
    backoff: { first: 0.05, most: 0.2 },
    signal: new AbortController().signal,
    seen: (batch) => {
      watched.readings.push(...batch.readings);
      watched.facts.push(...batch.facts);
    },
    onGpus: (pids) => (watched.pids = [...pids]),
    trouble: (text) => watched.troubles.push(text),
  });
  return watched;
}

const loops = (smi: FakeNvidiaSmi): string[] => smi.calls().filter((line) => line.includes('--query-gpu') && line.includes('--loop'));
const alive = (line: string): boolean => {
  try {
    return process.kill(Number.parseInt(line, 10), 0);
  } catch {
    return false;
  }
};

describe('GPUs through nvidia-smi', () => {
  it('one process prints all samples; readings carry the UUID, SI units and UTC whatever the zone; [N/A] is absent', async () => {
    const watched = await watch({});
    await expect.poll(() => watched.readings.filter((reading) => reading.entity.id === FIRST).length).toBeGreaterThan(4);
    const first = watched.readings.filter((reading) => reading.entity.id === FIRST);
    expect(first[0]).toMatchObject({
      entity: { kind: 'gpu', node: 'n1' },
      values: { 'gpu.util': 0.97, 'gpu.power': 325.1, 'gpu.memUsed': 31_457_280_000, 'gpu.smClock': 1.41e9 },
    });
    expect(Math.abs((first[0]?.at ?? 0) - Date.now() / 1000)).toBeLessThan(30);
    const second = watched.readings.filter((reading) => reading.entity.id === SECOND);
    expect(second[1]?.values).not.toHaveProperty(['gpu.util']);
    expect(second[1]?.values['gpu.power']).toBe(58);
    expect(loops(watched.smi)).toHaveLength(1);
    expect(watched.facts).toContainEqual({ entity: { kind: 'gpu', id: FIRST, node: 'n1' }, name: 'pciBusId', value: '00000000:17:00.0' });
    expect(watched.facts).toContainEqual({ entity: { kind: 'gpu', id: SECOND, node: 'n1' }, name: 'index', value: '1' });
    expect(watched.troubles).toEqual([]);
  });

  it('only fields that the driver knows are asked for', async () => {
    const watched = await watch({});
    await expect.poll(() => loops(watched.smi).length).toBe(1);
    const asked = /--query-gpu=(\S+)/.exec(loops(watched.smi)[0] ?? '')?.[1]?.split(',');
    expect(asked).toEqual([
      'timestamp',
      'index',
      'uuid',
      'pci.bus_id',
      'name',
      'driver_version',
      'utilization.gpu',
      'utilization.memory',
      'memory.used',
      'memory.total',
      'power.draw',
      'enforced.power.limit',
      'clocks.current.sm',
      'temperature.gpu',
    ]);
  });

  it('a hung one is killed although it is deaf to SIGTERM, started again, and it is told', async () => {
    const watched = await watch({ hangAfter: 2 }, { interval: 1 });
    await expect.poll(() => watched.troubles.length).toBeGreaterThan(0);
    expect(watched.troubles[0]).toBe('nvidia-smi --query-gpu: no output for 3 s: killed and started again');
    const before = watched.readings.length;
    await expect.poll(() => watched.readings.length).toBeGreaterThan(before + 2);
    expect(loops(watched.smi).length).toBeGreaterThan(1);
    expect(alive(loops(watched.smi)[0] ?? '')).toBe(false);
  });

  it('one that ends is started again, with its last words', async () => {
    const watched = await watch({ dieAfter: 2 });
    await expect.poll(() => loops(watched.smi).length).toBe(2);
    expect(watched.troubles[0]).toMatch(/^nvidia-smi --query-gpu: ended \(exit 15\): .*GPU is lost/);
  });

  it('a broken driver is told once, and tried ever more slowly', async () => {
    const began = performance.now();
    const watched = await watch({ error: "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n" });
    await expect.poll(() => loops(watched.smi).length).toBeGreaterThan(8);
    // Eight waits: a half at least of 0.05 s, 0.1 s, and 0.2 s from the third on. A busy machine only adds to it.
    expect(performance.now() - began).toBeGreaterThan(25 + 50 + 6 * 100 - 20);
    expect(watched.troubles.filter((text) => text.includes('--query-gpu: ended (exit 9): NVIDIA-SMI has failed'))).toHaveLength(1);
    expect(watched.readings).toEqual([]);
  });

  it('a machine without nvidia-smi says so once', async () => {
    const watched = await watch({}, { program: join(folder, 'no-such-program') });
    await expect.poll(() => watched.troubles).toEqual(['nvidia-smi is not installed here: no GPU readings']);
  });

  it("inside a job only the job's GPUs are asked for", async () => {
    const watched = await watch({}, { gpus: '0,1' });
    await expect.poll(() => loops(watched.smi).length).toBe(1);
    expect(loops(watched.smi)[0]).toContain(' -i 0,1 --query-gpu=');
  });

  it('processes on the GPUs are known by pid, with their memory and the GPU', async () => {
    const watched = await watch({ apps: `timestamp, pid, gpu_uuid, used_gpu_memory [MiB]\nnow, 41, ${FIRST}, 30000\n` });
    await expect.poll(() => watched.pids).toEqual([41]);
    expect(watched.readings.find((reading) => reading.entity.kind === 'process')).toMatchObject({
      entity: { id: 'n1/41' },
      values: { 'process.gpuMem': 31_457_280_000 },
    });
    expect(watched.facts).toContainEqual({ entity: { kind: 'process', id: 'n1/41', node: 'n1' }, name: 'gpu', value: FIRST });
  });

  it('stamps that are years off are replaced by the time of arrival, and it is told', async () => {
    const watched = await watch({ rows: TWO_GPUS.replaceAll('now,', '2001/01/01 00:00:00.000,') });
    await expect.poll(() => watched.readings.length).toBeGreaterThan(3);
    expect(Math.abs((watched.readings[0]?.at ?? 0) - Date.now() / 1000)).toBeLessThan(30);
    expect(watched.troubles).toHaveLength(1);
    expect(watched.troubles[0]).toContain("nvidia-smi's clock is");
  });

  it('stopping leaves no process behind', async () => {
    const watched = await watch({});
    await expect.poll(() => watched.readings.length).toBeGreaterThan(0);
    await source?.stop();
    source = null;
    await expect.poll(() => watched.smi.calls().filter(alive)).toEqual([]);
  });
});

describe('fields', () => {
  it('of two names for one thing the first that is known is asked; old drivers have the old ones', () => {
    expect(knownFields('"clocks.current.sm" or "clocks.sm"\n"clocks_throttle_reasons.active"\n"uuid" or "gpu_uuid"\n"made.up"\n')).toEqual([
      'uuid',
      'clocks.sm',
      'clocks_throttle_reasons.active',
    ]);
    expect(knownFields('')).toEqual([]);
  });

  it("minor numbers come from the driver's files; a machine without them has none", () => {
    expect(minorNumbers(join(folder, 'none')).size).toBe(0);
  });
});

describe('children', () => {
  const env = { PATH: process.env['PATH'] };

  it('a program that does not end is killed in time', async () => {
    expect(await runOnce({ program: 'sh', args: ['-c', 'trap "" TERM; exec sleep 3600'], env }, 0.2)).toEqual({
      kind: 'failed',
      reason: 'no end within 0.2 s',
    });
  });

  it.each([
    ['sh', ['-c', 'echo yes'], { kind: 'output', text: 'yes\n' }],
    ['sh', ['-c', 'echo no >&2; exit 3'], { kind: 'failed', reason: 'exit 3: no' }],
    ['/no/such/program', [], { kind: 'missing' }],
  ])('%s %j', async (program, args, result) => {
    expect(await runOnce({ program, args, env }, 120)).toEqual(result);
  });

  it('a cancelled one is not waited for', async () => {
    const cancel = new AbortController();
    const running = runOnce({ program: 'sleep', args: ['3600'], env }, 3600, cancel.signal);
    cancel.abort();
    expect(await running).toEqual({ kind: 'failed', reason: 'cancelled' });
  });

  it("half a line before an end is not joined to the next run's first", async () => {
    const texts: (string | null)[] = [];
    const kept = keepRunning({
      command: { program: 'sh', args: ['-c', 'printf half; exit 1'], env },
      onText: (text) => texts.push(text),
      onTrouble: () => undefined,
      silence: 60,
      patience: 60,
      backoff: { first: 0.01, most: 0.02 },
      missingWait: 1,
    });
    await expect.poll(() => texts.length).toBeGreaterThan(3);
    await kept.stop();
    expect(texts.slice(0, 4)).toEqual(['half', null, 'half', null]);
  });
});
