import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANOTHER_SITE_FILE } from '../support/another-site.ts';
import { headroom } from '../support/cli.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string | Buffer) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

/** What these tests look at in the contract of `--json`. */
interface Result {
  readonly sources: readonly { readonly readings: number; readonly rejected: readonly { readonly line: number; readonly reason: string }[] }[];
  readonly hardware: unknown;
  readonly verdict: { readonly tier: string; readonly bottleneck: string };
  readonly phases: readonly { readonly from: string }[];
  readonly gpus: readonly { readonly id: string }[];
  readonly events: readonly { readonly kind: string; readonly entity: string | null }[];
}
const parsed = (stdout: string): Result => JSON.parse(stdout) as Result; // the program's own output

const UUID = 'GPU-01234567-89ab-cdef-0123-456789abcdef';
const HEADER =
  'timestamp, uuid, name, utilization.gpu [%], utilization.memory [%], memory.used [MiB], memory.total [MiB], power.draw [W], enforced.power.limit [W]';
/** A minute of a busy A100 as nvidia-smi logs it. */
const LOG = [
  HEADER,
  ...Array.from(
    { length: 60 },
    (_, second) =>
      `2026/03/02 10:00:${String(second).padStart(2, '0')}.000, ${UUID}, NVIDIA A100-SXM4-40GB, 97 %, ${44 + (second % 3)} %, 36000 MiB, 40960 MiB, ${240 + (second % 5)}.00 W, 400.00 W`,
  ),
].join('\n');

describe('headroom diagnose', () => {
  it('prints the contract as JSON, with ISO times for dated files', async () => {
    const { code, stdout } = await headroom(['diagnose', file('smi.csv', LOG), '--tz', 'UTC', '--json']);
    const result = parsed(stdout);
    expect(code).toBe(0);
    expect(result.sources[0]).toMatchObject({
      collector: 'nvidia-smi-query',
      readings: 60,
      from: '2026-03-02T10:00:00.000Z',
      to: '2026-03-02T10:00:59.000Z',
      rejected: [],
    });
    expect(result.hardware).toEqual({ gpu: 'A100-40', from: 'detected' });
    expect(result.verdict.tier).toBe('C');
    expect(result.verdict.bottleneck).toBe('unknown');
    expect(result.phases[0]?.from).toBe('2026-03-02T10:00:00.000Z');
    expect(result.gpus.map((gpu) => gpu.id)).toEqual([UUID]);
  });

  it('says for people what it saw, draws a ribbon and names what is missing', async () => {
    const { code, stdout } = await headroom(['diagnose', file('smi.csv', LOG), '--tz', 'UTC']);
    expect(code).toBe(0);
    expect(stdout).toContain('cannot tell');
    expect(stdout).toMatch(/\?{20,}/);
    expect(stdout).toContain('Not known');
    expect(stdout).toContain('60 readings of 1 thing');
  });

  it('reads a gzipped file and a folder as the same run', async () => {
    const run = mkdtempSync(join(folder, 'run-'));
    writeFileSync(join(run, 'smi.csv.gz'), gzipSync(LOG));
    const { code, stdout } = await headroom(['diagnose', run, '--tz', 'UTC', '--json']);
    expect(code).toBe(0);
    expect(parsed(stdout).sources[0]?.readings).toBe(60);
  });

  it('knows a gzipped file and one of PowerShell by their bytes, not by their names', async () => {
    const zipped = await headroom(['diagnose', file('zipped.csv', gzipSync(LOG)), '--tz', 'UTC', '--json']);
    expect([zipped.code, parsed(zipped.stdout).sources[0]?.readings]).toEqual([0, 60]);
    const plain = await headroom(['diagnose', file('plain.csv.gz', Buffer.from(`\uFEFF${LOG}`, 'utf16le')), '--tz', 'UTC', '--json']);
    expect([plain.code, parsed(plain.stdout).sources[0]?.readings]).toEqual([0, 60]);
  });

  it('keeps the good rows of a torn file and quotes the bad one with its line', async () => {
    const torn = LOG.split('\n')
      .map((line, index) => (index === 10 ? line.slice(0, 40) : line))
      .join('\n');
    const { code, stdout } = await headroom(['diagnose', file('torn.csv', torn), '--tz', 'UTC', '--json']);
    const [source] = parsed(stdout).sources;
    expect(code).toBe(0);
    expect(source?.readings).toBe(59);
    expect(source?.rejected[0]?.line).toBe(11);
    expect(source?.rejected[0]?.reason).not.toBe('');
  });

  it('a log that holds only an error of a GPU is read: the error is told, the verdict is “cannot tell”', async () => {
    const log = file('job.out', 'step 1\nUnable to determine the device handle for GPU 0000:02:00.0: GPU is lost.  Reboot the system to recover this GPU\n');
    const { code, stdout } = await headroom(['diagnose', log, '--json']);
    const result = parsed(stdout);
    expect(code).toBe(0);
    expect(result.verdict.bottleneck).toBe('unknown');
    expect(result.events.map((event) => [event.kind, event.entity])).toEqual([['gpu-error', 'gpu:00000000:02:00.0']]);
  });

  it('advises on the cluster of --site, else of $HEADROOM_SITE, and refuses a file that is none', async () => {
    const log = file('oom.out', 'step 1\ntorch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB\n');
    const site = file('site.json', JSON.stringify(ANOTHER_SITE_FILE));
    const [given, set, none, bad] = await Promise.all([
      headroom(['diagnose', log, '--json', '--site', site], { env: { HEADROOM_SITE: '' } }),
      headroom(['diagnose', log, '--json'], { env: { HEADROOM_SITE: site } }),
      headroom(['diagnose', log, '--json'], { env: { HEADROOM_SITE: '' } }),
      headroom(['diagnose', log, '--json', '--site', log], { env: { HEADROOM_SITE: '' } }),
    ]);
    expect(given.stdout).toContain('A larger GPU (accelerated) is the last resort');
    expect(set.stdout).toContain('A larger GPU (accelerated) is the last resort');
    expect(none.stdout).toContain('A larger GPU (A100fat) is the last resort');
    expect([bad.code, bad.stderr]).toEqual([2, expect.stringMatching(/--site names .*oom\.out, but it cannot be read as JSON/)]);
  });

  it('ends with 2 and says why for each file when nothing can be read', async () => {
    const binary = file('core.bin', Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 37) % 256)));
    const empty = file('empty.csv', '');
    const { code, stdout, stderr } = await headroom(['diagnose', binary, empty]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('core.bin: unknown format');
    expect(stderr).toContain('empty.csv: the file is empty');
  });

  it('names a missing file, an unknown GPU and a wrong number, and ends with 2', async () => {
    const missing = await headroom(['diagnose', join(folder, 'nothing.csv')]);
    expect([missing.code, missing.stderr.includes('nothing.csv')]).toEqual([2, true]);
    const gpu = await headroom(['diagnose', file('smi.csv', LOG), '--gpu', 'B9000']);
    expect([gpu.code, gpu.stderr.includes('A100-40')]).toEqual([2, true]);
    const tp = await headroom(['diagnose', file('smi.csv', LOG), '--tp', 'two']);
    expect([tp.code, tp.stderr.includes('--tp two')]).toEqual([2, true]);
  });

  it('takes an offset west of Greenwich as it is written', async () => {
    const { code, stdout } = await headroom(['diagnose', file('smi.csv', LOG), '--tz', '-07:00', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ sources: [{ from: '2026-03-02T17:00:00.000Z' }] });
  });

  it('reads standard input as -, and calls it so', async () => {
    const result = await headroom(['diagnose', '-', '--json', '--tz', 'UTC'], { input: LOG });
    expect(result.code).toBe(0);
    expect(JSON.parse(result.stdout)).toMatchObject({ sources: [{ file: 'standard input', collector: 'nvidia-smi-query', readings: 60 }] });
  });

  it('reads a pipe that a shell names', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('sh', ['-c', 'mkfifo "$0"', pipe]);
    const written = writeFile(pipe, LOG);
    const result = await headroom(['diagnose', pipe, '--json']);
    await written;
    expect(parsed(result.stdout).sources.map(({ readings }) => readings)).toEqual([60]);
  });
});
