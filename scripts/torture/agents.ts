// Past the door of collectors/agent: its way out is what is tried here, without anything that watches a machine.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Delivery, openDelivery } from '../../collectors/agent/delivery.ts';
import { httpDelivery, type HttpDelivery } from '../../collectors/agent/index.ts';
import { startServer } from './child.ts';
import { ask, tokenOf, watchHealth } from './client.ts';
import { compareReadings, type Told } from './readings.ts';
import { startProxy } from './proxy.ts';
import type { Figures, Scene } from './scene.ts';

/** One agent, what it saw, and what became of that. */
interface Sending {
  readonly node: string;
  readonly delivery: Delivery;
  readonly http: HttpDelivery;
  readonly acknowledged: Told[];
  /** Instants of readings that were seen. */
  readonly seen: number[];
  /** Batches that it says are lost. */
  readonly lost: () => number;
  readonly small: boolean;
}

/** Rounds of readings while the server is away; two more come while the proxy is at its worst. */
const ROUNDS = 6;
/** Bytes of a spool that holds a few batches only, and of one that holds all. */
const SPOOLS = { small: 4_096, ample: 4_000_000 };

export const agents: Scene = {
  name: 'agents',
  what: 'all agents at once after an outage, through a proxy that drops, cuts, delays, doubles and reorders',
  play: async (effort, { folder, draw }): Promise<Figures> => {
    const faults: string[] = [];
    const fault = (text: string): void => void (faults.length < 20 && faults.push(text));
    const data = join(folder, 'data');
    const server = startServer({ data, built: effort.built });
    const { address, seconds } = await server.up;
    const token = await tokenOf(server);
    const proxy = await startProxy(address, draw);
    const open = async (no: number): Promise<Sending> => {
      const node = `agent-${no}`;
      const issued = await ask({ address, token }, '/api/tokens', { method: 'POST', body: JSON.stringify({ name: node, scope: 'node', node }) });
      return openAgent({ node, server: proxy.address, token: String(issued?.body['token']), folder: join(folder, node), small: no % 10 === 9 });
    };
    const all: Sending[] = [];
    const first = Math.floor(Date.now() / 1000) - 3600;
    for (let no = 0; no < effort.agents; no += 1) all.push(await open(no));

    for (let round = 0; round < ROUNDS; round += 1) await see(all, round, first);
    const health = watchHealth(address, fault);
    proxy.turn('bad');
    for (let round = ROUNDS; round < ROUNDS + 2; round += 1) await see(all, round, first);
    const met = (): number => [...proxy.fates.values()].reduce((sum, count) => sum + count, 0);
    // Half of what there is to send has gone through the worst of it.
    await until(() => met() >= all.length * 6);
    proxy.turn('good');
    // Stopping is no time to wait for: an agent that is told to end tries once more and leaves the rest in its spool.
    await until(() => all.every(({ seen, acknowledged, small }) => small || acknowledged.length >= seen.length));
    await Promise.all(all.map(({ delivery }) => delivery.stop(120)));
    for (const { http } of all) http.close();
    await proxy.close();
    const worst = await health();
    const memory = server.memory();
    await server.kill();

    let spilled = 0;
    for (const { node, seen, acknowledged, small, lost } of all) {
      const there = new Set(acknowledged.map(({ t }) => t));
      const missing = seen.filter((t) => !there.has(t));
      spilled += missing.length;
      if (missing.length > 0 && !small) fault(`${node}: ${missing.length} of ${seen.length} readings were never acknowledged, of a spool that had room`);
      if (missing.length > 0 && lost() === 0) fault(`${node}: ${missing.length} readings went without a word`);
    }
    const told = all.flatMap(({ acknowledged }) => acknowledged);
    const everybody = all.map(({ node }) => ({ node, id: `GPU-${node}` }));
    return {
      ...(await compareReadings(data, everybody, told)),
      kills: 1,
      restart: seconds,
      health: worst,
      memory,
      faults,
      notes: [
        `${effort.agents} agents; requests: ${[...proxy.fates].map(([fate, count]) => `${count} ${fate}`).join(', ')}`,
        `${spilled} readings dropped by spools of ${SPOOLS.small} bytes, each told`,
      ],
    };
  },
};

async function openAgent({
  node,
  server,
  token,
  folder,
  small,
}: {
  node: string;
  server: string;
  token: string;
  folder: string;
  small: boolean;
}): Promise<Sending> {
  const http = httpDelivery({ server, token });
  const acknowledged: Told[] = [];
  let lost = 0;
  const delivery = await openDelivery({
    node,
    interval: 0.05,
    job: null,
    env: {},
    backoff: { first: 0.1, most: 1 },
    spool: { folder, limit: small ? SPOOLS.small : SPOOLS.ample },
    log: {
      info: () => undefined,
      warn: (text) => {
        lost += Number(/^(\d+) batch(?:es are| is) lost/.exec(text)?.[1] ?? 0);
      },
    },
    send: async (parcel, signal) => {
      const outcome = await http.send(parcel, signal);
      if (outcome.kind === 'stored') {
        for (const { entity, t, columns } of parcel.intake().tables) {
          const powers = columns.get('gpu.power');
          for (const [row, at] of t.entries()) acknowledged.push({ node, id: entity.id, t: at, power: powers?.[row] ?? Number.NaN });
        }
      }
      return outcome;
    },
  });
  return { node, delivery, http, acknowledged, seen: [], lost: () => lost, small };
}

/** Everybody sees ten readings, and has them gathered and queued before the next come. */
async function see(all: readonly Sending[], round: number, first: number): Promise<void> {
  const start = first + round * 10;
  for (const { node, delivery, seen } of all) {
    const readings = Array.from({ length: 10 }, (_, row) => {
      const at = start + row;
      return { entity: { kind: 'gpu' as const, id: `GPU-${node}`, node }, at, values: { 'gpu.power': 50 + (at % 300) } };
    });
    seen.push(...readings.map(({ at }) => at));
    delivery.take({ readings, facts: [], events: [] });
  }
  await sleep(250);
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition() && tries < 3000; tries += 1) await sleep(100);
}
