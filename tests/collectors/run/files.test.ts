import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { byPath, isPartOfRun, readFileText, textReader } from '../../../collectors/run/index.ts';

const LINES = 'time, gpu\n10:00, 97 %\n10:01, 98 °C\n';
const utf16 = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, 'utf16le');

async function read(bytes: Uint8Array, piece = bytes.length): Promise<{ text: string; counted: number; fault: string | null }> {
  const got = { text: '', counted: 0, fault: null as string | null };
  const file = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(out) {
      for (let at = 0; at < bytes.length; at += piece) out.enqueue(Uint8Array.from(bytes.subarray(at, at + piece)));
      out.close();
    },
  });
  const take = (text: string): boolean => ((got.text += text), true);
  await readFileText(file, take, (count) => (got.counted += count)).catch((error: unknown) => (got.fault = String(error)));
  return got;
}

describe('a recorded file as text', () => {
  it('is gunzipped where its first bytes say so, whatever it is called', async () => {
    const zipped = gzipSync(LINES);
    expect(await read(zipped)).toEqual({ text: LINES, counted: zipped.length, fault: null });
  });

  it('is read as it is where it is not compressed, and an empty one is empty', async () => {
    expect(await read(Buffer.from(LINES))).toEqual({ text: LINES, counted: Buffer.byteLength(LINES), fault: null });
    expect((await read(Buffer.alloc(0))).text).toBe('');
  });

  it.each([
    ['UTF-16, little end first, as PowerShell writes it', utf16(LINES)],
    ['UTF-16, big end first', utf16(LINES).swap16()],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${LINES}`)],
    ['UTF-16 without its mark, little end first', utf16(LINES).subarray(2)],
    ['UTF-16 without its mark, big end first', utf16(LINES).swap16().subarray(2)],
    ['gzipped UTF-16', gzipSync(utf16(LINES))],
  ])('%s is the same text, its mark gone', async (_, bytes) => {
    expect((await read(bytes)).text).toBe(LINES);
  });

  it('does not depend on where the bytes were cut', async () => {
    for (const bytes of [Buffer.from(`\uFEFF${LINES}`), utf16(LINES), Buffer.from(LINES)]) {
      const reader = textReader();
      const pieces = Array.from(bytes, (byte) => reader.feed(Uint8Array.of(byte)));
      expect(pieces.join('') + reader.end()).toBe(LINES);
    }
  });

  it('of one byte is that character', () => {
    const reader = textReader();
    expect(reader.feed(Uint8Array.of(65)) + reader.end()).toBe('A');
  });

  it('says that its archive breaks off', async () => {
    const zipped = gzipSync(LINES.repeat(100));
    expect((await read(zipped.subarray(0, zipped.length - 20))).fault).not.toBeNull();
  });

  it('is read no further than it is wanted', async () => {
    let pulled = 0;
    let closed = false;
    const file = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: (out) => out.enqueue(Uint8Array.of(65 + (pulled += 1))),
      cancel: () => void (closed = true),
    });
    await readFileText(
      file,
      () => false,
      () => undefined,
    );
    expect([pulled < 10, closed]).toEqual([true, true]);
  });
});

describe('the files of a run', () => {
  it.each([
    [[], true],
    [['gpu.csv'], true],
    [['alvis1-01', 'day', 'gpu.csv'], true],
    [['a', 'b', 'c', 'gpu.csv'], false],
    [['.git', 'gpu.csv'], false],
    [['.gpu.csv'], false],
  ])('below what was named: %j belongs to it: %s', (names, belongs) => {
    expect(isPartOfRun(names)).toBe(belongs);
  });

  it('come folder by folder, as a terminal lists them', () => {
    const paths = ['run/a.txt', 'run/a/z', 'run/a/b', 'run', 'run/b'];
    expect(paths.sort(byPath)).toEqual(['run', 'run/a/b', 'run/a/z', 'run/a.txt', 'run/b']);
  });
});
