import { join } from 'node:path';
import { startServer } from './child.ts';
import { send, tokenOf, watchHealth } from './client.ts';
import { compare, emptyLedger, type Lane } from './ledger.ts';
import type { Figures, Scene } from './scene.ts';

/** Milliseconds that every write of the store's threads takes more. */
const DELAY = 250;
/** Senders at a time, and batches of each. */
const SENDERS = 40;
const BATCHES = 6;

export const slowDisk: Scene = {
  name: 'slow disk',
  what: `every write of the store takes ${DELAY} ms more, ${SENDERS} senders at a time, a kill among them`,
  play: async (effort, { folder }): Promise<Figures> => {
    const data = join(folder, 'data');
    const faults: string[] = [];
    const fault = (text: string): void => void (faults.length < 20 && faults.push(text));
    const ledger = emptyLedger();
    const server = startServer({ data, built: effort.built, delay: DELAY });
    const { address, seconds } = await server.up;
    const door = { address, token: await tokenOf(server) };
    const health = watchHealth(address, fault);
    const start = Math.floor(Date.now() / 1000) - 20 * 3600;
    const lanes = Array.from({ length: SENDERS }, (_, no): Lane => ({ name: `slow${no}`, entities: 2, start, step: 1 / 16, flat: false }));
    const began = performance.now();
    let slowest = 0;
    const sendAll = lanes.map(async (lane) => {
      for (let seq = 1; seq <= BATCHES; seq += 1) {
        const asked = performance.now();
        const became = await send(door, { lane, seq }, ledger, fault);
        slowest = Math.max(slowest, (performance.now() - asked) / 1000);
        if (became !== 'stored' && !became.startsWith('503')) fault(`${lane.name} ${seq}: ${became}`);
      }
    });
    server.tell({ kind: 'upkeep', later: 7200 });
    await Promise.all(sendAll);
    const took = (performance.now() - began) / 1000;
    // What waits together is written together: one write each would be this long.
    if (took > (SENDERS * BATCHES * DELAY) / 1000 / 2) fault(`${SENDERS * BATCHES} batches took ${took.toFixed(1)} s: they are not written together`);
    if (took < DELAY / 1000) fault('the disk was not slow at all');
    const last = lanes.map((lane) => send(door, { lane, seq: BATCHES + 1 }, ledger, fault));
    await Promise.race(last);
    const memory = server.memory();
    await server.kill();
    await Promise.all(last);
    const worst = await health();
    const compared = await compare(data, ledger);
    return { ...compared, kills: 1, restart: seconds, health: worst, memory, faults, notes: [`slowest answer ${slowest.toFixed(1)} s`, ...compared.told] };
  },
};
