import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServer } from './child.ts';
import { ask, send, settle, tokenOf, watchHealth } from './client.ts';
import { compare, emptyLedger, type Lane } from './ledger.ts';
import type { Figures, Scene } from './scene.ts';

export const fullDisk: Scene = {
  name: 'full disk',
  what: 'the disk fills under ingest and upkeep, is killed full, started full, and freed',
  play: async (effort, { folder }): Promise<Figures | { readonly skipped: string }> => {
    const disk = join(folder, 'small');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=10m', 'tmpfs', disk], { stdio: 'pipe' });
    } catch {
      return { skipped: 'a small disk cannot be mounted here (Linux and root)' };
    }
    try {
      return await fill(disk, effort.built);
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  },
};

async function fill(disk: string, built: boolean): Promise<Figures> {
  const faults: string[] = [];
  const notes: string[] = [];
  const fault = (text: string): void => void (faults.length < 20 && faults.push(text));
  const ballast = join(disk, 'ballast');
  const data = join(disk, 'data');
  const ledger = emptyLedger();
  const lane: Lane = { name: 'disk', entities: 3, start: Math.floor(Date.now() / 1000) - 20 * 3600, step: 1 / 16, flat: false };
  let seq = 0;

  let server = startServer({ data, built });
  const { address, seconds } = await server.up;
  const door = { address, token: await tokenOf(server) };
  const health = watchHealth(address, fault);
  for (; seq < 200; seq += 1) await send(door, { lane, seq }, ledger, fault);
  fillUp(ballast);
  let refusal = '';
  // What a checkpoint frees is taken, too: the disk is full when three batches in a row are refused.
  for (let refused = 0; refused < 3 && seq < 20_000; seq += 1) {
    const became = await send(door, { lane, seq }, ledger, fault);
    refused = became === 'stored' ? 0 : refused + 1;
    if (became !== 'stored') refusal = became;
    if (seq % 100 === 0) server.tell({ kind: 'upkeep', later: 7200 });
  }
  if (!refusal.startsWith('503') || !refusal.includes('full')) fault(`a full disk is told as “${refusal}”`);
  const told = await ask(door, '/api/health');
  if (told?.status !== 503 || !String(told.body['trouble']).includes('full')) fault(`health on a full disk: ${told?.status} ${String(told?.body['trouble'])}`);
  notes.push(`full after ${seq} batches: ${refusal}`);

  rmSync(ballast);
  for (let tries = 0; tries < 100 && (await send(door, { lane, seq }, ledger, fault)) !== 'stored'; tries += 1) await sleep(50);
  if (ledger.acknowledged.get(lane)?.has(seq) !== true) fault('with space again nothing is taken');
  const well = await ask(door, '/api/health');
  if (well?.status !== 200) fault(`health with space again: ${well?.status} ${String(well?.body['trouble'])}`);
  seq += 1;

  fillUp(ballast);
  for (let refused = 0; refused < 3 && seq < 40_000; seq += 1) refused = (await send(door, { lane, seq }, ledger, fault)) === 'stored' ? 0 : refused + 1;
  const memory = server.memory();
  await server.kill();
  const worst = await health();

  server = startServer({ data, built });
  const full = await server.up.then(
    () => 'it starts on a full disk',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  notes.push(full);
  await server.kill();
  rmSync(ballast);

  server = startServer({ data, built });
  const again = await server.up;
  await settle({ ...door, address: again.address }, ledger, fault);
  const became = await send({ ...door, address: again.address }, { lane, seq: seq + 1 }, ledger, fault);
  if (became !== 'stored') fault(`after the restart with space: ${became}`);
  await server.kill();
  const compared = await compare(data, ledger);
  return { ...compared, kills: 3, restart: Math.max(seconds, again.seconds), health: worst, memory, faults, notes: [...notes, ...compared.told] };
}

/** Writes until nothing more fits. */
function fillUp(ballast: string): void {
  for (const size of [1_000_000, 100_000, 4_096]) {
    for (;;) {
      try {
        writeFileSync(ballast, Buffer.alloc(size), { flag: 'a' });
      } catch {
        break; // no space: that is what was wanted
      }
    }
  }
}
