import { spawn, type ChildProcess } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import type { IngestReply, SeriesReply } from '../../../core/contract/index.ts';
import { headroom } from '../../support/cli.ts';
import { dataFolder, gpuBatch, removeFolders } from '../../support/service.ts';

afterAll(removeFolders);

/** Starts `headroom serve` as a process of its own; resolves with its address when it is printed, and a token: a sender keeps its own. */
async function serve(data: string, kept?: string): Promise<{ child: ChildProcess; address: string; token: string }> {
  const env = { ...process.env, HEADROOM_DATA: data, HEADROOM_PORT: '0', HEADROOM_LOG: 'warn' };
  const child = spawn(process.execPath, ['--import', 'tsx', new URL('../../../cli/main.ts', import.meta.url).pathname, 'serve', '--no-agent'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const address = await new Promise<string>((resolve, reject) => {
    let out = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      const url = /(http:\/\/\S+)\/#token=\S+\n/.exec(out)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${out}`)));
  });
  const issue = async (): Promise<string> => (await headroom(['token', 'issue', 'crash', '--admin'], { env: { HEADROOM_DATA: data } })).stdout.trim();
  return { child, address, token: kept ?? (await issue()) };
}

const gone = (child: ChildProcess) => new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));

describe('a service that is killed while it takes readings', () => {
  it('has every acknowledged one when it starts again, once, and a sender may repeat the rest', async () => {
    const data = dataFolder();
    const began = Math.floor(Date.now() / 1000) - 3000;
    const first = await serve(data);
    const acknowledged = new Set<number>();
    const post = (address: string, token: string, sender: number, seq: number) =>
      fetch(`${address}/api/ingest`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(gpuBatch(`sender-${sender}`, seq, `GPU-${sender}`, [began + seq], { 'gpu.power': [1 + seq] }, `n${sender}`)),
      });
    let killed = false;
    const senders = [0, 1, 2, 3].map(async (sender) => {
      for (let seq = 0; !killed; seq += 1) {
        const reply = await post(first.address, first.token, sender, seq).catch(() => null);
        if (reply?.status !== 200) return;
        await reply.json().then(
          () => acknowledged.add(sender * 10_000 + seq),
          () => undefined,
        );
        if (acknowledged.size >= 150) {
          killed = true;
          first.child.kill('SIGKILL');
        }
      }
    });
    await gone(first.child);
    await Promise.all(senders);
    expect(acknowledged.size).toBeGreaterThanOrEqual(150);

    const second = await serve(data, first.token);
    // A sender does not know which of its last batches arrived: it repeats them all.
    for (let sender = 0; sender < 4; sender += 1) {
      const mine = [...acknowledged].filter((id) => Math.floor(id / 10_000) === sender).map((id) => id % 10_000);
      const last = Math.max(...mine);
      const reply = (await (await post(second.address, second.token, sender, last)).json()) as IngestReply;
      expect(reply.duplicate).toBe(true);
      const { series } = (await (
        await fetch(`${second.address}/api/nodes/n${sender}/series?metrics=gpu.power&from=${began - 1}&to=${began + 3000}&points=5000`, {
          headers: { authorization: `Bearer ${second.token}` },
        })
      ).json()) as SeriesReply;
      const found = new Map(series[0]?.t.map((at, index) => [Math.round(at - began), series[0]?.mean[index]]));
      expect(series).toHaveLength(1);
      for (const seq of mine) expect(found.get(seq)).toBe(1 + seq);
      expect(series[0]?.t.length).toBe(found.size);
    }
    const ended = gone(second.child);
    second.child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
});

describe('headroom serve', () => {
  it('refuses a setting that is wrong with its name, value and remedy, and exit code 2', async () => {
    const { code, stderr } = await headroom(['serve'], { env: { HEADROOM_DATA: dataFolder(), HEADROOM_PORT: 'eighty' } });
    expect(code).toBe(2);
    expect(stderr).toContain('HEADROOM_PORT is “eighty”');
    expect((await headroom(['serve', '--colour'])).code).toBe(2);
  });
});

describe('headroom token', () => {
  it('says how to start a service where none runs', async () => {
    const { code, stderr } = await headroom(['token', 'page'], { env: { HEADROOM_DATA: dataFolder() } });
    expect(code).toBe(2);
    expect(stderr).toContain('npm start');
  });
});
