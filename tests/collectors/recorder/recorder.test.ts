import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { Reading } from '../../../core/readings/index.ts';
import { parseAll } from '../../../collectors/collector/index.ts';
import { sniff } from '../../../collectors/sniff.ts';
import { cpuTime } from '../../support/cpu-time.ts';
import { fakeNvidiaSmi, type FakeOptions } from '../../support/nvidia-smi.ts';

const SCRIPT = fileURLToPath(new URL('../../../collectors/recorder/headroom-record.sh', import.meta.url));
const SYSTEM = '/usr/local/bin:/usr/bin:/bin';
const NOBODY = 65534;
const home = mkdtempSync(join(tmpdir(), 'headroom-recorder-'));
chmodSync(home, 0o755);
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** A folder that anybody may write, with a stand-in nvidia-smi in it where asked for. */
function place(fake?: FakeOptions) {
  const folder = mkdtempSync(join(home, 'run-'));
  chmodSync(folder, 0o777);
  const smi = fake === undefined ? null : fakeNvidiaSmi(join(folder, 'bin'), fake);
  return { folder, smi, out: join(folder, 'recording'), path: smi === null ? SYSTEM : `${smi.folder}:${SYSTEM}` };
}

/** Runs the recorder in an empty environment, as nobody where this user may become nobody. */
function record(shell: readonly string[], path: string, args: readonly string[]) {
  const root = process.getuid?.() === 0;
  const [program = 'sh', ...rest] = shell;
  const child = spawn(program, [...rest, SCRIPT, ...args], {
    env: { PATH: path },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(root ? { uid: NOBODY, gid: NOBODY } : {}),
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<{ code: number | null; said: string }>((resolve) => child.on('close', (code) => resolve({ code, said })));
  return { child, ended };
}

function readFolder(folder: string): Reading[] {
  return ['gpu.csv', 'proc.txt', 'metrics-1.prom', 'meta.txt'].flatMap((file) => {
    const path = join(folder, file);
    if (!existsSync(path)) return [];
    const text = readFileSync(path, 'utf8');
    const known = sniff(text, file);
    const batch = known === null ? null : parseAll(known.collector, text);
    expect([file, batch?.rejected]).toEqual([file, []]);
    return [...(batch?.readings ?? [])];
  });
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // ESRCH
  }
}

const pids = (calls: readonly string[]): number[] => calls.map((line) => Number.parseInt(line, 10));
const busybox = existsSync('/bin/busybox') || existsSync('/usr/bin/busybox');

describe.concurrent('headroom-record', () => {
  it('is a short script for any POSIX shell', () => {
    expect(readFileSync(SCRIPT, 'utf8').split('\n').length - 1).toBeLessThan(100);
    expect(statSync(SCRIPT).mode & 0o111).toBe(0o111);
  });

  it.each([{ shell: ['sh'] }, ...(busybox ? [{ shell: ['busybox', 'sh'] }] : [])])(
    "as an unprivileged user in an empty shell ($shell) it records GPUs, the host and an engine's page",
    async ({ shell }) => {
      const page = createServer((_, reply) => reply.end('# TYPE vllm:num_requests_running gauge\nvllm:num_requests_running{model_name="m"} 3\n'));
      await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
      const { port } = page.address() as AddressInfo; // an address of a listening TCP server
      const { smi, out, path } = place({});
      const { ended } = record(shell, path, ['--interval', '1', '--for', '9', '--out', out, `http://127.0.0.1:${port}/metrics`]);
      expect((await ended).code).toBe(0);
      page.close();
      expect(readdirSync(out).sort()).toEqual(['gpu.csv', 'meta.txt', 'metrics-1.prom', 'proc.txt']);

      const readings = readFolder(out);
      const gpus = readings.filter((reading) => reading.entity.id === 'GPU-aaaaaaaa-0000-0000-0000-000000000001');
      expect(gpus.slice(0, 2).map((reading) => [reading.values['gpu.util'], reading.values['gpu.power']])).toEqual([
        [0.97, 325.1],
        [0.98, 326.1],
      ]);
      const other = readings.filter((reading) => reading.entity.id === 'GPU-aaaaaaaa-0000-0000-0000-000000000002');
      expect(other[1]?.values).not.toHaveProperty(['gpu.util']);
      const hosts = readings.filter((reading) => reading.entity.kind === 'host');
      expect(hosts.length).toBeGreaterThanOrEqual(2);
      expect(hosts[0]?.values['host.memTotal']).toBeGreaterThan(0);
      expect(hosts[1]?.values['host.cpu']).toBeGreaterThanOrEqual(0);
      expect(readings.filter((reading) => reading.entity.kind === 'engine').every((reading) => reading.values['engine.running'] === 3)).toBe(true);
      expect(readings.filter((reading) => reading.entity.kind === 'engine')).toHaveLength(hosts.length);
      // One clock, and one zone: a slow machine may put seconds between the first readings of GPU and host, no more.
      expect(Math.abs((gpus[0]?.at ?? 0) - (hosts[0]?.at ?? 0))).toBeLessThan(60);
      // One nvidia-smi for all samples, and it is gone.
      expect(smi?.calls().filter((line) => line.includes('--loop'))).toHaveLength(1);
      expect(pids(smi?.calls() ?? []).filter(alive)).toEqual([]);
    },
  );

  it('ends on SIGTERM in the middle of an interval of an hour, and leaves no process behind', async () => {
    const { smi, out, path } = place({});
    const { child, ended } = record(['sh'], path, ['--interval', '3600', '--out', out]);
    await expect.poll(() => existsSync(join(out, 'gpu.csv')) && readFileSync(join(out, 'proc.txt'), 'utf8').includes('# headroom-end')).toBe(true);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
    expect(readFileSync(join(out, 'meta.txt'), 'utf8')).toMatch(/^end=\d+\nsamples=1$/m);
    expect(pids(smi?.calls() ?? []).filter(alive)).toEqual([]);
  });

  it('a node without GPUs is recorded all the same', async () => {
    const { out, path } = place();
    const { ended } = record(['sh'], path, ['--interval', '1', '--for', '1', '--out', out]);
    expect((await ended).code).toBe(0);
    if (!readFileSync(join(out, 'meta.txt'), 'utf8').includes('gpus=nvidia-smi')) expect(readdirSync(out).sort()).toEqual(['meta.txt', 'proc.txt']);
    expect(readFolder(out).filter((reading) => reading.entity.kind === 'host').length).toBeGreaterThanOrEqual(1);
  });

  it('a broken driver is recorded in its own words', async () => {
    const { out, path } = place({ error: "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n" });
    const { ended } = record(['sh'], path, ['--interval', '1', '--for', '1', '--out', out]);
    expect((await ended).code).toBe(0);
    expect(readFileSync(join(out, 'gpu.err'), 'utf8')).toContain('NVIDIA-SMI has failed');
  });

  it('a hung nvidia-smi is killed and started again', async () => {
    const { smi, out, path } = place({ hangAfter: 2 });
    const { child, ended } = record(['sh'], path, ['--interval', '1', '--out', out]);
    const loops = () => pids((smi?.calls() ?? []).filter((line) => line.includes('--loop')));
    await expect.poll(() => loops().length).toBeGreaterThan(1);
    expect(loops().slice(0, 1).filter(alive)).toEqual([]);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
    expect(pids(smi?.calls() ?? []).filter(alive)).toEqual([]);
  });

  it('command lines are not recorded', async () => {
    const secret = spawn('sh', ['-c', 'while :; do :; done', '--api-key', 'do-not-record-me'], { stdio: 'ignore' });
    // Only what has had a second of CPU is looked at.
    await expect.poll(() => (secret.pid === undefined ? 0 : cpuTime(secret.pid))).toBeGreaterThan(1.2);
    const { out, path } = place();
    await record(['sh'], path, ['--interval', '1', '--for', '1', '--out', out]).ended;
    secret.kill('SIGKILL');
    expect(readFileSync(join(out, 'proc.txt'), 'utf8')).not.toContain('do-not-record-me');
  });

  it.each([
    [['--interval', 'soon'], '--interval takes a whole number of seconds above 0, not "soon"'],
    [['--for'], '--for takes a whole number'],
    [['ftp://x'], 'unknown argument "ftp://x"'],
    [['--out', '/proc/nowhere'], 'cannot record into "/proc/nowhere"'],
  ])('%j is refused with the reason', async (args, reason) => {
    const { code, said } = await record(['sh'], SYSTEM, args).ended;
    expect(code).toBe(2);
    expect(said).toContain(reason);
  });

  it('a second recording into the same folder is refused', async () => {
    const { out, path } = place();
    await record(['sh'], path, ['--interval', '1', '--for', '1', '--out', out]).ended;
    expect((await record(['sh'], path, ['--out', out]).ended).said).toContain('there is a recording in it');
  });
});
