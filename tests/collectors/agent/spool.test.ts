// Past the door of collectors/agent: files on disk are cut and damaged between two openings.
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSpool, type Spool } from '../../../collectors/agent/spool.ts';

const LIMIT = 1024 * 1024;
let folder = '';
let losses: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-spool-'));
  losses = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const openHere = (limit = LIMIT): Promise<Spool> => openSpool({ folder, limit }, (batches, why) => losses.push(`${batches}: ${why}`));
const text = (name: string, size = 10): Buffer => Buffer.from(name.padEnd(size, '.'));
const segments = (): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.seg'))
    .sort();

async function drain(spool: Spool): Promise<string[]> {
  const seen: string[] = [];
  for (let record = await spool.head(); record !== null; record = await spool.head()) {
    seen.push(record.toString().replace(/\.+$/, ''));
    await spool.drop(record);
  }
  return seen;
}

describe('the spool', () => {
  it('gives records back in the order in which they came, over several files, and leaves none behind', async () => {
    const spool = await openHere();
    const names = Array.from({ length: 300 }, (_, index) => `r${index}`);
    for (const name of names) await spool.append(text(name, 1000));
    expect(segments().length).toBeGreaterThan(3);
    expect(spool.count()).toBe(300);
    expect(await drain(spool)).toEqual(names);
    expect(segments()).toEqual([]);
    await spool.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('records appended while others are read come last', async () => {
    const spool = await openHere();
    await spool.append(text('a'));
    const first = await spool.head();
    await spool.append(text('b'));
    if (first !== null) await spool.drop(first);
    expect(await drain(spool)).toEqual(['b']);
    await spool.close();
  });

  it('survives a restart; what was read but not dropped is read again', async () => {
    const before = await openHere();
    for (const name of ['a', 'b', 'c']) await before.append(text(name));
    await before.head();
    await before.close();
    const after = await openHere();
    expect(after.count()).toBe(3);
    expect(await drain(after)).toEqual(['a', 'b', 'c']);
    await after.close();
    expect(losses).toEqual([]);
  });

  it('new records after a restart follow the old ones', async () => {
    const before = await openHere();
    await before.append(text('a'));
    await before.close();
    const after = await openHere();
    await after.append(text('b'));
    expect(await drain(after)).toEqual(['a', 'b']);
    await after.close();
  });

  it('a record torn by a crash is left out and told; those before it are whole, at every place of the tear', async () => {
    const make = await openHere();
    for (const name of ['a', 'b', 'c']) await make.append(text(name));
    await make.close();
    const path = join(folder, segments()[0] ?? '');
    const whole = readFileSync(path);
    for (let size = whole.length - 1; size > whole.length - 18; size -= 1) {
      losses = [];
      writeFileSync(path, whole);
      truncateSync(path, size);
      const spool = await openHere();
      expect(await drain(spool)).toEqual(['a', 'b']);
      expect(losses).toEqual([`1: a record of ${size - 36} bytes was torn by a crash`]);
      await spool.close();
    }
  });

  it('a flipped bit is found by the checksum', async () => {
    const make = await openHere();
    for (const name of ['a', 'b']) await make.append(text(name));
    await make.close();
    const path = join(folder, segments()[0] ?? '');
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    writeFileSync(path, bytes);
    const spool = await openHere();
    expect(await drain(spool)).toEqual(['a']);
    await spool.close();
  });

  it('beyond its limit the oldest go, and the loss is counted exactly', async () => {
    const spool = await openHere(64 * 1024);
    for (let index = 0; index < 200; index += 1) await spool.append(text(`r${index}`, 1000));
    const bytes = segments().reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    expect(bytes).toBeLessThanOrEqual(64 * 1024);
    const lost = losses.reduce((sum, each) => sum + Number.parseInt(each, 10), 0);
    const left = await drain(spool);
    expect(lost + left.length).toBe(200);
    expect(left[0]).toBe(`r${lost}`);
    expect(left.at(-1)).toBe('r199');
    await spool.close();
  });

  it('a record that is being sent while the limit takes it away is not confused with the next', async () => {
    const spool = await openHere(64 * 1024);
    for (let index = 0; index < 60; index += 1) await spool.append(text(`r${index}`, 1000));
    const sending = await spool.head();
    for (let index = 60; index < 80; index += 1) await spool.append(text(`r${index}`, 1000));
    const count = spool.count();
    if (sending !== null) await spool.drop(sending);
    expect(spool.count()).toBe(count);
    await spool.close();
  });

  it('a record larger than the whole spool is lost, not looped over', async () => {
    const spool = await openHere(8192);
    await spool.append(Buffer.alloc(10_000));
    expect(spool.count()).toBe(0);
    expect(losses).toEqual(['1: a batch of 10000 bytes is larger than the whole spool']);
    await spool.close();
  });

  it('a second agent on the same folder is refused with the remedy; the lock of one that is gone is taken over', async () => {
    writeFileSync(join(folder, 'lock'), '1');
    await expect(openHere()).rejects.toThrow(/another agent \(process 1\) uses the spool .* --spool/);
    writeFileSync(join(folder, 'lock'), '999999999');
    const spool = await openHere();
    await spool.close();
  });

  it('a foreign file in the folder is left alone', async () => {
    appendFileSync(join(folder, 'notes.txt'), 'mine');
    const spool = await openHere();
    await spool.append(text('a'));
    expect(await drain(spool)).toEqual(['a']);
    await spool.close();
    expect(readdirSync(folder)).toEqual(['notes.txt']);
  });
});
