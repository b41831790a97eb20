import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { fakeNvidiaSmi } from '../../support/nvidia-smi.ts';
import { dataFolder, removeFolders, startService, type TestService } from '../../support/service.ts';

const UUIDS = ['GPU-aaaaaaaa-0000-0000-0000-000000000001', 'GPU-aaaaaaaa-0000-0000-0000-000000000002'];
const DMON = [
  '#Date, Time, gpu, pwr, gtemp, mtemp, sm, mem, enc, dec, jpg, ofa, mclk, pclk, pviol, tviol, fb, bar1, ccpm, sbecc, dbecc, pci, rxpci, txpci',
  '#YYYYMMDD, HH:MM:SS, Idx, W, C, C, %, %, %, %, %, %, MHz, MHz, %, bool, MB, MB, MB, errs, errs, errs, MB/s, MB/s',
  ' now, 0, 310, 61, 58, 97, 64, 0, 0, -, -, 1215, 1410, 0, 0, 30000, 10, 0, -, -, 0, 12, 3',
  ' now, 1, 58, 30, 29, 0, 0, 0, 0, -, -, 1215, 210, 0, 0, 10, 10, 0, -, -, 0, 0, 0',
  '',
].join('\n');
const NOBODY = 65534;
const started: ChildProcess[] = [];
const folders: string[] = [];

/** The block as it stands in the document that people copy it from. */
function documented(): string {
  const text = readFileSync(fileURLToPath(new URL('../../../docs/agent.md', import.meta.url)), 'utf8');
  const block = /<!-- tests\/server\/one-liner\.test\.ts runs this block -->\n```sh\n([\s\S]*?)```/.exec(text)?.[1];
  if (block === undefined) throw new Error('docs/agent.md has no block to run');
  return block;
}

/** Runs it in an empty shell, as nobody where this user may become nobody. */
function run(environment: Record<string, string>): { child: ChildProcess; said: () => string } {
  const child = spawn('/bin/sh', ['-c', documented()], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...(process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}),
  });
  started.push(child);
  let said = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  return { child, said: () => said };
}

afterEach(() => {
  for (const child of started.splice(0)) if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL'); // its whole process group
});
afterAll(() => {
  removeFolders();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function powerOf(service: TestService, uuid: string, since = 0): Promise<number[]> {
  const now = Date.now() / 1000;
  const tables = await service.running.service.store.series.tables({ entities: [{ kind: 'gpu', id: uuid }], from: Math.max(since, now - 600), to: now + 60 });
  return [...(tables[0]?.columns.get('gpu.power') ?? [])];
}

describe('the documented one-liner', () => {
  it('streams dmon as an unprivileged user from an empty shell, and comes back after the server was away', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'headroom-one-liner-'));
    folders.push(folder);
    chmodSync(folder, 0o755);
    const { folder: bin } = fakeNvidiaSmi(join(folder, 'bin'), { dmon: DMON });
    const data = dataFolder();
    const first = await startService({ data });
    const own = run({ PATH: `${bin}:/usr/local/bin:/usr/bin:/bin`, HEADROOM_URL: first.address, HEADROOM_TOKEN: first.token });

    await expect.poll(() => powerOf(first, UUIDS[0] ?? ''), { timeout: 15_000 }).toContain(310);
    expect((await powerOf(first, UUIDS[1] ?? ''))[0]).toBe(58);
    await expect.poll(own.said, { timeout: 5000 }).toMatch(/\{"durable":\d+/);
    await first.stop();

    const second = await startService({ data, env: { HEADROOM_PORT: new URL(first.address).port } });
    const back = Date.now() / 1000;
    await expect.poll(() => powerOf(second, UUIDS[0] ?? '', back), { timeout: 20_000 }).toContain(310);
    await second.stop();
  }, 60_000);
});
