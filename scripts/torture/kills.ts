import { setTimeout as sleep } from 'node:timers/promises';
import type { Draw } from '../../tests/support/physics/draw.ts';
import { type Server, startServer } from './child.ts';
import { ask, type Door, send, settle, tokenOf, watchHealth } from './client.ts';
import { strike, strikeAll } from './hostile.ts';
import { acknowledgedValues, batchOf, compare, emptyLedger, type Lane, type Ledger, valuesOf } from './ledger.ts';
import type { Figures, Scene } from './scene.ts';

const HOUR = 3600;
/** Readings of the past two days are kept raw: what is nearly two days old expires under the eyes of the script. */
const RAW_DAYS = 2;
/** Upkeep as of so much later seals all that is open; as of a day and an hour later, it also rolls up and expires the oldest day. */
const SEAL = 2 * HOUR;
const EXPIRE = 25 * HOUR;

/** Things that one token may name between two starts. */
const MOST_NAMED = 200;

/** A life that does not come so far is ended all the same, milliseconds. */
const LONGEST = 15_000;

/** What one life of the server needs to know. */
interface Run {
  readonly draw: Draw;
  readonly ledger: Ledger;
  readonly lanes: readonly Lane[];
  readonly next: Map<Lane, number>;
  readonly fault: (text: string) => void;
  readonly seen: { health: number; restart: number; upkeep: number; expired: number; sealed: number; blows: number; atStart: number; starts: number };
}

export const kills: Scene = {
  name: 'kills',
  what: 'SIGKILL at random moments of ingest, sealing, merging, roll-up, expiry and restart, among hostile batches',
  play: async (effort, { folder, draw, tell }): Promise<Figures> => {
    const faults: string[] = [];
    const run: Run = {
      draw,
      ledger: emptyLedger(),
      lanes: Array.from({ length: 4 }, (_, no) => laneOf(String.fromCharCode(97 + no))),
      next: new Map(),
      fault: (text) => void (faults.length < 20 && faults.push(text)),
      seen: { health: 0, restart: 0, upkeep: 0, expired: 0, sealed: 0, blows: 0, atStart: 0, starts: 0 },
    };
    const env = {
      HEADROOM_RAW_DAYS: String(RAW_DAYS),
      HEADROOM_MOST_ENTITIES_PER_TOKEN: String(MOST_NAMED),
    };
    const start = (): Server => startServer({ data: folder, built: effort.built, env });
    let memory: number | null = null;
    let done = 0;
    let token: string | null = null;
    let hostile: string | null = null;
    let old = laneOf('old0', true);
    const killed = (): void => {
      done += 1;
      if (done % 10 === 0) tell(`${done} of ${effort.kills} kills, ${acknowledgedValues(run.ledger).toLocaleString('en')} values acknowledged`);
    };

    for (let life = 0; ; life += 1) {
      const server = start();
      const last = done >= effort.kills;
      // Every fourth is killed before it listens; of the first a token is needed.
      if (token !== null && !last && draw.chance(0.25)) {
        await Promise.race([sleep(draw.between(0, 1500)), server.up.catch(() => undefined)]);
        await server.kill();
        killed();
        run.seen.atStart += 1;
        continue;
      }
      const up = await server.up.catch((error: unknown) => {
        run.fault(`${error instanceof Error ? error.message : String(error)} ${server.said().slice(-500)}`);
        return null;
      });
      if (up === null) break;
      if (server.said().includes('-wal is gone')) run.fault('a write-ahead file is missed that nobody took');
      run.seen.starts += 1;
      run.seen.restart = Math.max(run.seen.restart, up.seconds);
      token ??= await tokenOf(server);
      const door: Door = { address: up.address, token };
      hostile ??= String(
        (await ask(door, '/api/tokens', { method: 'POST', body: JSON.stringify({ name: 'hostile', scope: 'node', node: 'hostile' }) }))?.body['token'],
      );
      await checkStart(door, run);
      await settle(door, run.ledger, run.fault);
      if (last) {
        await strikeAll({ ...door, token: hostile }, draw, run.fault);
        await repeatSome(door, run);
        await server.kill();
        memory = most(memory, server.memory());
        break;
      }
      // In turn, a life that brings readings of nearly two days ago and one that sees them expire: what is gone is not brought again.
      const expiring = life % 2 === 1;
      if (!expiring) old = laneOf(`old${life}`, true);
      await live({ server, door, hostile: { ...door, token: hostile } }, expiring ? run.lanes : [...run.lanes, old], expiring ? EXPIRE : SEAL, run);
      memory = most(memory, server.memory());
      killed();
    }
    const compared = await compare(folder, run.ledger);
    const { seen } = run;
    if (effort.kills >= 50 && seen.sealed === 0) faults.push('nothing was sealed under the kills');
    if (effort.kills >= 50 && seen.expired === 0) faults.push('nothing expired under the kills');
    return {
      ...compared,
      kills: done,
      restart: seen.restart,
      health: seen.health,
      memory,
      faults,
      notes: [
        `${seen.atStart} kills before it listened`,
        `${seen.upkeep} runs of upkeep: ${seen.sealed} sealings, ${seen.expired} chunks expired`,
        `${seen.blows} hostile requests`,
        ...compared.told,
      ],
    };
  },
};

/** A sender: of the last twenty hours, or of nearly two days ago. */
function laneOf(name: string, old = false): Lane {
  const now = Math.floor(Date.now() / 1000);
  return old
    ? { name, entities: 2, start: now - RAW_DAYS * 24 * HOUR + 900, step: 1 / 4, flat: true }
    : { name, entities: 3, start: now - 20 * HOUR, step: 1 / 16, flat: false };
}

/** Ingest, hostile batches and upkeep at a time, until the kill. */
async function live(
  { server, door, hostile }: { server: Server; door: Door; hostile: Door },
  lanes: readonly Lane[],
  later: number,
  { draw, ledger, next, fault, seen }: Run,
): Promise<void> {
  const health = watchHealth(door.address, fault);
  let alive = true;
  // With the clock a day ahead every reading is due to be sealed at once: only where none comes does upkeep get as far as expiry.
  let bringing = true;
  let acked = 0;
  let upkeeps = 0;
  const work = [
    ...lanes.map(async (lane) => {
      while (alive && bringing) {
        const seq = (next.get(lane) ?? 0) + 1;
        next.set(lane, seq);
        const became = await send(door, { lane, seq }, ledger, fault);
        if (became === 'stored') acked += 1;
        else if (became !== 'open') {
          if (!became.startsWith('503')) fault(`${lane.name} ${seq} is refused: ${became}`);
          await sleep(20);
        }
      }
    }),
    (async () => {
      while (alive) {
        await strike(hostile, draw, fault);
        seen.blows += 1;
        await sleep(draw.between(1, 40));
      }
    })(),
    (async () => {
      while (alive) {
        await sleep(draw.between(10, 300));
        const ended = server.next('upkeep');
        server.tell({ kind: 'upkeep', later });
        const { sealed, expired } = await ended.catch(() => ({ sealed: 0, expired: 0 })); // killed meanwhile
        seen.upkeep += 1;
        upkeeps += 1;
        seen.sealed += sealed;
        seen.expired += expired;
      }
    })(),
  ];
  // After so many acknowledgements or runs of upkeep, and then at any moment of the next.
  const [acks, runs] = draw.chance(0.5) ? [draw.across(20, 600), 0] : [20, Math.ceil(draw.between(0, 4))];
  for (const began = performance.now(); (acked < acks || upkeeps < runs) && performance.now() - began < LONGEST;) await sleep(10);
  if (later === EXPIRE) {
    bringing = false;
    const before = upkeeps;
    const [quiet, ended] = [draw.between(0, 3_000), draw.chance(0.5)];
    for (const began = performance.now(); performance.now() - began < (ended ? LONGEST : quiet) && !(ended && upkeeps >= before + 2);) await sleep(10);
  }
  await sleep(draw.between(0, 60));
  alive = false;
  await server.kill();
  await Promise.all(work);
  seen.health = Math.max(seen.health, await health());
}

/** Right after a start: as many values as were acknowledged and not many more, and of each lane the last batch in its numbers. */
async function checkStart(door: Door, { ledger, lanes, fault, seen }: Run): Promise<void> {
  const health = await ask(door, '/api/health');
  const held = Number((health?.body['store'] as { values?: unknown } | null)?.values);
  const kept: Ledger = { acknowledged: new Map([...ledger.acknowledged].filter(([lane]) => !lane.flat)), open: new Map() };
  const open = [...ledger.open].reduce((sum, [lane, seqs]) => sum + [...seqs].reduce((all, seq) => all + valuesOf(lane, seq), 0), 0);
  const [least, mostHeld] = [acknowledgedValues(kept), acknowledgedValues(ledger) + open];
  // Of the hostile ones some values are good, and after each start their token may name as many things anew.
  if (!(held >= least && held <= mostHeld + 5_000 + seen.starts * MOST_NAMED))
    fault(`after a start there are ${held} values, of ${least} to ${mostHeld} that were sent`);
  for (const lane of lanes) {
    const seq = Math.max(...(ledger.acknowledged.get(lane) ?? []));
    if (!Number.isFinite(seq)) continue;
    const [block] = batchOf(lane, seq).blocks;
    const [from, powers] = [block?.t[0], block?.columns['gpu.power']];
    if (block === undefined || from === undefined || powers === undefined) continue;
    const to = from + powers.length * lane.step;
    const answer = await ask(door, `/api/nodes/torture/series?metrics=gpu.power&from=${from}&to=${to}&points=${powers.length}`);
    const drawn = (answer?.body['series'] as { entity: { id: string }; mean: unknown[] }[] | undefined)?.find(({ entity }) => entity.id === block.entity.id); // the contract's reply
    if (JSON.stringify(drawn?.mean) !== JSON.stringify(powers))
      fault(`after a start ${block.entity.id} shows ${JSON.stringify(drawn?.mean)} in place of ${JSON.stringify(powers)}`);
  }
}

/** What was acknowledged is known as such: sent again it stores nothing. */
async function repeatSome(door: Door, { ledger, draw, fault }: Run): Promise<void> {
  for (const [lane, seqs] of ledger.acknowledged) {
    if (lane.flat) continue; // older than what is taken in, by the end of a long run
    for (const seq of [...seqs].filter(() => draw.chance(Math.min(1, 50 / seqs.size)))) await send(door, { lane, seq }, ledger, fault);
  }
}

function most(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
