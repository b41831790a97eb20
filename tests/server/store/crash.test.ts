import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { intakeFromBatch } from '../../../core/readings/index.ts';
import { crashBatch } from '../../support/crash-batch.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { storeForTest } from '../../support/store.ts';

const program = fileURLToPath(new URL('../../support/append-until-killed.ts', import.meta.url));

/** Runs the appending process until it has stored so many more batches, kills it at once, and gives what it was acknowledged. */
async function killedAfter(folder: string, first: number, stored: number): Promise<{ acknowledged: number[]; maintained: number }> {
  const child = spawn(process.execPath, ['--import', 'tsx', program, folder, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const acknowledged: number[] = [];
  let maintained = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const seq = /^stored (\d+)$/.exec(line)?.[1];
    if (seq !== undefined) acknowledged.push(Number(seq));
    if (line === 'maintained') maintained += 1;
    if (acknowledged.length === stored) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return { acknowledged, maintained };
}

describe('a process killed while it appends, seals and merges', () => {
  it('has every acknowledged reading on disk, once, after each of four kills, and goes on', async () => {
    const folder = temporaryFolder();
    const acknowledged: number[] = [];
    let maintained = 0;
    let first = 1;
    for (const stored of [3, 150, 700, 1300]) {
      const run = await killedAfter(folder, first, stored);
      acknowledged.push(...run.acknowledged);
      maintained += run.maintained;
      first = Math.max(...acknowledged) + 100;
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(2153);
    expect(maintained).toBeGreaterThan(0);

    const { series } = await storeForTest({ folder, rawDays: 36_500, rollupDays: 36_500 });
    const tables = await series.tables({ entities: [0, 1, 2, 3, 4].map((no) => ({ kind: 'gpu', id: `GPU-${no}` })), from: 0, to: 1e10 });
    const there = new Map<string, number>();
    for (const { entity, t, columns } of tables) t.forEach((at, row) => there.set(`${entity.id} ${at}`, columns.get('gpu.power')?.[row] ?? Number.NaN));
    const missing = acknowledged.filter((seq) => crashBatch(seq).blocks.some(({ entity, t }) => t.some((at) => there.get(`${entity.id} ${at}`) !== at / 4)));
    expect(missing).toEqual([]);

    // Two values a row: a reading stored twice would be counted twice.
    expect((await series.stats()).values).toBe(2 * there.size);

    // What was acknowledged is known as such: repeating all of it stores nothing.
    const answers = await Promise.all(acknowledged.map((seq) => series.append(intakeFromBatch(crashBatch(seq)))));
    expect(answers.filter(({ duplicate }) => !duplicate)).toEqual([]);
    expect((await series.stats()).values).toBe(2 * there.size);
  });
});
