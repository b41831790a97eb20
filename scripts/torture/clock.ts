import { join } from 'node:path';
import { type Server, startServer } from './child.ts';
import { ask, type Door, send, settle, tokenOf, watchHealth } from './client.ts';
import { acknowledgedValues, compare, emptyLedger, type Lane } from './ledger.ts';
import type { Figures, Scene } from './scene.ts';

const HOUR = 3600;

export const clock: Scene = {
  name: 'clock',
  what: 'the server’s clock goes an hour back, an hour ahead and back again under ingest and upkeep, with a kill at each place',
  play: async (effort, { folder }): Promise<Figures> => {
    const data = join(folder, 'data');
    const faults: string[] = [];
    const fault = (text: string): void => void (faults.length < 20 && faults.push(text));
    const ledger = emptyLedger();
    // Older than what the clock goes back, so that nothing is from the future.
    const lane: Lane = { name: 'clock', entities: 3, start: Math.floor(Date.now() / 1000) - 20 * HOUR, step: 1 / 16, flat: false };
    const sum = { restart: 0, health: 0, memory: 0, kills: 0 };
    let token: string | null = null;
    let seq = 0;

    // Each life begins at the right time, as a machine does whose clock is set later.
    for (const course of [
      [-HOUR, 0, HOUR],
      [HOUR, -HOUR, 0],
    ]) {
      const server = startServer({ data, built: effort.built });
      const { address, seconds } = await server.up;
      sum.restart = Math.max(sum.restart, seconds);
      token ??= await tokenOf(server);
      const door: Door = { address, token };
      const health = watchHealth(address, fault);
      await settle(door, ledger, fault);
      for (const ahead of course) {
        await set(server, ahead);
        for (const end = seq + 150; seq < end; seq += 1) {
          const became = await send(door, { lane, seq }, ledger, fault);
          if (became !== 'stored') fault(`${lane.name} ${seq} at ${ahead} s: ${became}`);
          if (seq % 50 === 0) await upkeep(server, 2 * HOUR, fault);
        }
        await tellsTheFuture(door, ahead, fault);
        await tellsHowMuch(door, acknowledgedValues(ledger), { ahead, fault });
      }
      sum.memory = Math.max(sum.memory, server.memory() ?? 0);
      const last = send(door, { lane, seq }, ledger, fault);
      seq += 1;
      await server.kill();
      await last;
      sum.kills += 1;
      sum.health = Math.max(sum.health, await health());
    }
    const compared = await compare(data, ledger);
    return { ...sum, ...compared, memory: sum.memory === 0 ? null : sum.memory, faults, notes: compared.told };
  },
};

async function set(server: Server, ahead: number): Promise<void> {
  const done = server.next('clock');
  server.tell({ kind: 'clock', ahead });
  await done;
}

async function upkeep(server: Server, later: number, fault: (text: string) => void): Promise<void> {
  const done = server.next('upkeep');
  server.tell({ kind: 'upkeep', later });
  const { trouble } = await done;
  if (trouble !== null) fault(`upkeep: ${trouble}`);
}

/** A server whose clock is behind must say so to those who send what is now; one that is right or ahead takes it. */
async function tellsTheFuture(door: Door, ahead: number, fault: (text: string) => void): Promise<void> {
  const now = Date.now() / 1000;
  const body = {
    source: `now ${ahead}`,
    seq: Math.floor(now * 1000),
    node: 'now',
    blocks: [{ entity: { kind: 'gpu', id: 'GPU-now' }, t: [now], columns: { 'gpu.power': [1] } }],
  };
  const answer = await ask(door, '/api/ingest', { method: 'POST', body: JSON.stringify(body) });
  const rejected = JSON.stringify(answer?.body['rejected']);
  if (ahead < 0 ? !rejected.includes('ahead of this server') : answer?.body['durable'] !== 1)
    fault(`what is now, at ${ahead} s: ${answer?.status} ${rejected}`);
}

/** Health counts anew whatever the clock does. */
async function tellsHowMuch(door: Door, values: number, { ahead, fault }: { ahead: number; fault: (text: string) => void }): Promise<void> {
  const began = performance.now();
  for (;;) {
    const held = Number(((await ask(door, '/api/health'))?.body['store'] as { values?: unknown } | null)?.values); // the contract's reply
    if (held >= values) return;
    if (performance.now() - began > 15_000) return fault(`health, its clock ${ahead} s ahead, still tells ${held} values of ${values}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
