import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startServer } from './child.ts';
import { send, tokenOf, watchHealth } from './client.ts';
import { acknowledgedValues, compare, emptyLedger, type Lane } from './ledger.ts';
import type { Figures, Scene } from './scene.ts';

/** What the log must say of it. */
const TOLD = /series\.db-wal is gone/;

export const walDeleted: Scene = {
  name: 'write-ahead file deleted',
  what: 'somebody deletes series.db-wal after a kill, and under the running server: what is lost is told, the rest is whole, and sent again it is stored once',
  play: async (effort, { folder }): Promise<Figures> => {
    const faults: string[] = [];
    const notes: string[] = [];
    const fault = (text: string): void => void (faults.length < 20 && faults.push(text));
    const sum = { kills: 0, restart: 0, health: 0, memory: 0, acknowledged: 0, lost: 0, doubled: 0, wrong: 0 };
    for (const when of ['after the kill', 'while it runs'] as const) {
      const data = join(folder, when);
      const wal = join(data, 'series.db-wal');
      const ledger = emptyLedger();
      const lane: Lane = { name: 'wal', entities: 3, start: Math.floor(Date.now() / 1000) - 20 * 3600, step: 1 / 16, flat: false };
      const server = startServer({ data, built: effort.built });
      const { address, seconds } = await server.up;
      const door = { address, token: await tokenOf(server) };
      // Enough for SQLite to have put the first of them into the file itself.
      const first = when === 'after the kill' ? 700 : 200;
      for (let seq = 0; seq < first; seq += 1) await send(door, { lane, seq }, ledger, fault);
      if (when === 'while it runs') {
        rmSync(wal);
        for (let seq = first; seq < first + 30; seq += 1) await send(door, { lane, seq }, ledger, fault);
      }
      sum.memory = Math.max(sum.memory, server.memory() ?? 0);
      await server.kill();
      if (when === 'after the kill') rmSync(wal);
      if (existsSync(wal)) fault('the write-ahead file is there again');

      // Everything is sent again, as by somebody who was told of the loss: what was there is a duplicate, what was lost is stored.
      const again = startServer({ data, built: effort.built });
      const up = await again.up;
      const second = { ...door, address: up.address };
      const health = watchHealth(up.address, fault);
      const known = emptyLedger();
      const before = await valuesIn(up.address);
      for (const seq of ledger.acknowledged.get(lane) ?? []) {
        const became = await send(second, { lane, seq }, known, (text) => {
          if (!text.includes('never sent')) fault(text);
        });
        if (became.startsWith('401')) return { ...sum, memory: null, faults: ['the token is lost with another file'], notes };
        if (became !== 'stored') fault(`${when}: ${lane.name} ${seq} sent again: ${became}`);
      }
      if (!TOLD.test(again.said()) && before < acknowledgedValues(ledger)) fault(`deleted ${when}, nothing is told of it: ${again.said().slice(0, 300)}`);
      notes.push(`${when}: of ${acknowledgedValues(ledger)} acknowledged values ${before} were left, and the log says so`);
      await again.kill();
      const worst = await health();
      const compared = await compare(data, known);
      sum.kills += 2;
      sum.restart = Math.max(sum.restart, seconds, up.seconds);
      sum.health = Math.max(sum.health, worst);
      for (const key of ['acknowledged', 'lost', 'doubled', 'wrong'] as const) sum[key] += compared[key];
      notes.push(...compared.told);
    }
    return { ...sum, memory: sum.memory === 0 ? null : sum.memory, faults, notes };
  },
};

async function valuesIn(address: string): Promise<number> {
  const health = (await (await fetch(`${address}/api/health`)).json()) as { store: { values: number } | null }; // the contract's reply
  return health.store?.values ?? Number.NaN;
}
