import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Compile } from 'typebox/compile';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { IngestBatchSchema } from '../../core/contract/index.ts';
import { headroom } from '../support/cli.ts';
import { ingestSink } from '../support/ingest-sink.ts';
import { fakeNvidiaSmi } from '../support/nvidia-smi.ts';

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-cli-agent-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('headroom agent', () => {
  it("--once prints one batch of the wire's shape and ends", async () => {
    const { code, stdout } = await headroom(['agent', '--once', '--node', 'n1']);
    expect(code).toBe(0);
    const batch: unknown = JSON.parse(stdout.split('\n')[0] ?? '');
    expect(Compile(IngestBatchSchema).Check(batch)).toBe(true);
    expect(batch).toMatchObject({ node: 'n1', seq: 1 });
  });

  it('sends to a server, keeps the token out of sight of ps, and ends well on SIGTERM with all sent', async () => {
    const sink = await ingestSink();
    fakeNvidiaSmi(join(folder, 'bin'));
    writeFileSync(join(folder, 'token'), 'from-a-file\n', { mode: 0o600 });
    const child = spawn(
      process.execPath,
      [
        '--import',
        'tsx',
        MAIN,
        'agent',
        '--server',
        sink.url,
        '--token-file',
        join(folder, 'token'),
        '--interval',
        '1',
        '--node',
        'n1',
        '--spool',
        join(folder, 'spool'),
      ],
      {
        env: { PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`, SLURM_JOB_ID: '77', SLURM_CLUSTER_NAME: 'alvis', CUDA_VISIBLE_DEVICES: '0' },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    await expect.poll(() => sink.stored.length, { timeout: 15_000 }).toBeGreaterThan(1);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(sink.authorization()).toBe('Bearer from-a-file');
    expect(sink.stored.map((batch) => batch.job)).toContain('alvis/77');
    expect(sink.jobs[0]?.path).toBe('/api/jobs/alvis/77');
    expect(said).toContain('node n1, job alvis/77: sending to 127.0.0.1:');
    expect(existsSync(join(folder, 'spool')) && readdirSync(join(folder, 'spool'))).toEqual([]);
    await sink.close();
  }, 40_000);

  it.each([
    [[], 'which server? --server URL'],
    [['--server', 'headroom.example'], '“headroom.example” is no http:// or https:// address'],
    [['--server', 'http://h', '--interval', '0'], '--interval is “0”, but must be between 1 and 3600 seconds'],
    [['--server', 'http://h', '--metrics', 'localhost:8000'], '“localhost:8000” is no http'],
    [['--server', 'http://h', '--token-file', '/no/such/file'], 'ENOENT'],
    [['--server', 'http://h', '--frobnicate'], 'Unknown option'],
  ])('%j is refused with the reason', async (args, reason) => {
    const { code, stderr } = await headroom(['agent', ...args], { env: { HEADROOM_SERVER: '' } });
    expect(code).toBe(2);
    expect(stderr).toContain(reason);
    expect(stderr).toContain('Usage: headroom agent');
  });
});
