// Past the door of collectors/agent: the disk below the spool is filled, and a day passes, which no whole agent can be brought to here.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type * as nodeFs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { IngestBatch } from '../../../core/contract/index.ts';
import { intakeFromBatch } from '../../../core/readings/index.ts';
import { openDelivery, tellLosses } from '../../../collectors/agent/delivery.ts';
import { parcelOf } from '../../../collectors/agent/parcel.ts';
import { type Queue, queueOn } from '../../../collectors/agent/queue.ts';
import { openSpool, type Spool } from '../../../collectors/agent/spool.ts';

/** Bytes that the pretended disk still takes: it writes what fits, and says then that it is full, as disks do. */
const disk = vi.hoisted(() => ({ room: Number.POSITIVE_INFINITY }));
vi.mock('node:fs/promises', async (original) => {
  const fs = await original<typeof nodeFs>();
  return {
    ...fs,
    open: async (...args: Parameters<typeof fs.open>) => {
      const handle = await fs.open(...args);
      const append = handle.appendFile.bind(handle);
      handle.appendFile = async (bytes) => {
        if (!Buffer.isBuffer(bytes)) return append(bytes);
        const fits = bytes.subarray(0, Math.min(bytes.length, disk.room));
        disk.room -= fits.length;
        await append(fits);
        if (fits.length < bytes.length) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      };
      return handle;
    },
  };
});

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-full-'));
  disk.room = Number.POSITIVE_INFINITY;
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

/** A batch of about two kilobytes, which no compression makes smaller. */
const batch = (seq: number): IngestBatch => ({
  source: 'agent/n1/x',
  seq,
  blocks: [{ entity: { kind: 'host', id: 'n1' }, t: [1_700_000_000 + seq], columns: { 'host.load1': [seq] } }],
  facts: [
    {
      entity: { kind: 'host', id: 'n1' },
      name: 'command',
      value: Array.from({ length: 500 }, (_, at) => ((((seq * 500 + at) * 2_654_435_761) >>> 0) % 65_536).toString(36)).join(''),
    },
  ],
});
const push = (queue: Queue, seq: number): Promise<void> => queue.push(parcelOf(intakeFromBatch(batch(seq))));

async function drain(queue: Queue, spool: Spool): Promise<number[]> {
  const seqs: number[] = [];
  while (spool.count() > 0) {
    const parcel = await queue.head();
    if (parcel === null) break;
    seqs.push(parcel.intake().seq);
    await queue.drop(parcel);
  }
  return seqs;
}
const from = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, index) => first + index);
const segments = (): string[] => readdirSync(folder).filter((name) => name.endsWith('.seg'));

describe('a spool at its bound for a day', () => {
  it('drops the oldest, counts every one of them, tells it no more often than every ten minutes, and keeps the newest in order', async () => {
    const LIMIT = 256 * 1024;
    const DAY = 86_400;
    const PERIOD = 60;
    const told: { at: number; batches: number; why: string }[] = [];
    let now = 0;
    const losses = tellLosses((batches, why) => told.push({ at: now, batches, why }));
    const lost = (batches: number, why: string): void => losses.add(batches, why, now);
    const spool = await openSpool({ folder, limit: LIMIT }, lost);
    const queue = queueOn(spool, lost);
    await queue.spill(); // the server is away
    let largest = 0;
    for (let seq = 1; seq <= DAY / PERIOD; seq += 1) {
      now = seq * PERIOD;
      losses.due(now);
      await push(queue, seq);
      largest = Math.max(
        largest,
        segments().reduce((sum, name) => sum + statSync(join(folder, name)).size, 0),
      );
    }
    losses.due(Number.POSITIVE_INFINITY);
    expect(largest).toBeLessThanOrEqual(LIMIT);
    const kept = await drain(queue, spool);
    expect(kept.length).toBeGreaterThan(50);
    expect(kept).toEqual(from(1441 - kept.length, 1440));
    expect(told.reduce((sum, { batches }) => sum + batches, 0)).toBe(1440 - kept.length);
    expect(new Set(told.map(({ why }) => why))).toEqual(new Set([`the spool is full (${LIMIT} bytes): the oldest were dropped`]));
    expect(told.slice(1, -1).every(({ at }, index) => at - (told[index]?.at ?? 0) >= 600)).toBe(true);
    expect(told.length).toBeGreaterThan(10);
    expect(told.length).toBeLessThanOrEqual(145);
    await spool.close();
  });
});

interface Disk {
  readonly name: string;
  fill(): void;
  free(): void;
  close(): void;
}

const pretended = (): Disk => ({
  name: 'pretended',
  fill: () => (disk.room = 20_500),
  free: () => (disk.room = Number.POSITIVE_INFINITY),
  close: () => undefined,
});

/** A small file system of its own in the folder, where this user may mount one. */
function mounted(): Disk | null {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', folder], { stdio: 'ignore' });
  } catch {
    return null;
  }
  const filler = join(folder, 'filler');
  return {
    name: 'mounted',
    fill: () => writeFileSync(filler, Buffer.alloc(40 * 1024)),
    free: () => rmSync(filler),
    close: () => void execFileSync('umount', ['-l', folder]),
  };
}

describe('a disk that is full', () => {
  it.each([pretended, mounted])(
    'costs what comes then, told and counted; what stood there is whole, and what comes when there is room again follows it: %o',
    async (open) => {
      const own = open() ?? pretended();
      try {
        const losses: { batches: number; why: string }[] = [];
        const lost = (batches: number, why: string): void => void losses.push({ batches, why });
        const spool = await openSpool({ folder, limit: 10 * 1024 * 1024 }, lost);
        const queue = queueOn(spool, lost);
        await queue.spill();
        own.fill();
        for (const seq of from(1, 40)) await push(queue, seq);
        const before = 40 - losses.length;
        expect(before).toBeGreaterThan(2);
        expect(losses.length).toBeGreaterThan(5);
        expect(losses.every(({ batches, why }) => batches === 1 && why.startsWith('the spool cannot be written: ENOSPC'))).toBe(true);
        expect(segments().length).toBeLessThanOrEqual(2); // no empty file for every attempt
        own.free();
        for (const seq of from(41, 45)) await push(queue, seq);
        expect(spool.count()).toBe(before + 5);
        expect(await drain(queue, spool)).toEqual([...from(1, before), ...from(41, 45)]);
        expect(losses).toHaveLength(40 - before);
        await spool.close();
      } finally {
        own.close();
      }
    },
  );

  it('is told once and then in sums: the telling itself is lost there, too, and must not be told for ever', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 });
    const said: string[] = [];
    const log = { info: (text: string) => said.push(text), warn: (text: string) => said.push(text) };
    let attempts = 0;
    const delivery = await openDelivery({
      node: 'n1',
      interval: 0.01,
      job: null,
      log,
      send: async () => {
        attempts += 1;
        return { kind: 'later', reason: 'away' };
      },
      backoff: { first: 0.01, most: 0.01 },
      spool: { folder, limit: 1024 * 1024 },
      env: {},
    });
    const see = (at: number): void =>
      delivery.take({ readings: [{ entity: { kind: 'host', id: 'n1' }, at, values: { 'host.load1': at } }], facts: [], events: [] });
    see(1);
    await expect.poll(() => segments().length).toBe(1);
    disk.room = 0;
    see(2);
    const lines = (): string[] => said.filter((text) => text.includes('lost'));
    await expect.poll(lines).toEqual(['1 batch is lost: the spool cannot be written: ENOSPC: no space left on device, write']);
    const then = attempts;
    for (let at = 3; at < 20; at += 1) {
      see(at);
      await expect.poll(() => attempts).toBeGreaterThan(then + at * 2);
    }
    expect(lines()).toHaveLength(1);
    vi.setSystemTime(1_700_000_601_000);
    see(30);
    await expect.poll(() => lines().length).toBe(2);
    expect(lines()[1]).toMatch(/^[1-9]\d* batches are lost: /);
    disk.room = Number.POSITIVE_INFINITY;
    await delivery.stop(0.1);
  });
});
