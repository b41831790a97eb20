// Past the door of server/http: the gate is tested without a server, with bounds of its own.
import { getEventListeners } from 'node:events';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import fastify from 'fastify';
import { afterAll, describe, expect, it } from 'vitest';
import { limitReads, openReads, type Reads, type Turn } from '../../../server/http/reads.ts';
import { Problem } from '../../../server/http/index.ts';
import { steps } from '../../support/batches.ts';
import { removeFolders, startService } from '../../support/service.ts';

afterAll(removeFolders);

const never = new AbortController().signal;
const enter = async (reads: Reads, caller: string, gone = never): Promise<Turn> => {
  const turn = await reads.enter(caller, gone);
  if (turn === null) throw new Error('the asker was gone');
  return turn;
};
const statusOf = (asked: Promise<unknown>): Promise<number> =>
  asked.then(
    () => 200,
    (error: unknown) => (error instanceof Problem ? error.status : 500),
  );

describe('the gate of questions', () => {
  it('counts an answer for its caller until it is sent, for all until it is made', async () => {
    const reads = openReads({ perCaller: 1, mostWorking: 1 });
    const order: string[] = [];
    const first = await enter(reads, 'a');
    const again = enter(reads, 'a').then((turn) => (order.push('a'), turn));
    const other = enter(reads, 'b').then((turn) => (order.push('b'), turn));
    first.made();
    await other;
    expect(order).toEqual(['b']); // a has not fetched its first answer
    (await other).sent();
    first.sent();
    await again;
    expect(order).toEqual(['b', 'a']);
  });

  it('serves callers in turn, however many questions one of them has put before', async () => {
    const reads = openReads({ perCaller: 2, mostWorking: 2 });
    const greedy = [await enter(reads, 'greedy'), await enter(reads, 'greedy')];
    const over = new AbortController();
    const more = Array.from({ length: 20 }, () => reads.enter('greedy', over.signal));
    const modest = enter(reads, 'modest');
    greedy[0]?.sent();
    greedy[1]?.sent();
    await modest;
    expect(reads.now()).toMatchObject({ waiting: 19, working: 2 });
    over.abort();
    await Promise.all(more);
  });

  it('forgets what waits when its asker is gone', async () => {
    const reads = openReads({ perCaller: 1 });
    await enter(reads, 'a');
    const gone = new AbortController();
    const waiting = reads.enter('a', gone.signal);
    expect(reads.now().waiting).toBe(1);
    gone.abort();
    expect(await waiting).toBeNull();
    expect(await reads.enter('a', gone.signal)).toBeNull();
    expect(reads.now().waiting).toBe(0);
  });

  it('refuses a caller’s question beyond its own bound with 429, beyond the bound of all with 503, and one that waits too long', async () => {
    const reads = openReads({ perCaller: 1, mostWorking: 1, mostWaiting: { caller: 2, all: 3 }, patience: 0.2 });
    const first = await enter(reads, 'a');
    const waiting = [reads.enter('a', never), reads.enter('a', never)].map(statusOf);
    expect(await statusOf(reads.enter('a', never))).toBe(429);
    const third = statusOf(reads.enter('b', never));
    expect(await statusOf(reads.enter('c', never))).toBe(503);
    expect(await Promise.all(waiting)).toEqual([429, 429]);
    expect(await third).toBe(503);
    expect(reads.now().waiting).toBe(0);
    first.sent();
    expect(await statusOf(reads.enter('b', never))).toBe(200);
  });
});

describe('the memory of answers', () => {
  const MIB = 2 ** 20;
  const weighed = (turn: Turn, bytes: number): Promise<number> => statusOf(Promise.resolve().then(() => turn.weigh(bytes)));

  it('is bounded for all callers together and half of it for one; what is fetched makes room, and what is small is made all the same', async () => {
    const reads = openReads({ perCaller: 8, mostHeld: 100 * MIB });
    const [first, second, third] = [await enter(reads, 'a'), await enter(reads, 'a'), await enter(reads, 'a')];
    expect(await weighed(first, 120 * MIB)).toBe(200); // where nothing else is held one is let in, however large
    expect(await weighed(second, MIB)).toBe(200);
    expect(await weighed(second, MIB + 1)).toBe(429);
    expect(await weighed(await enter(reads, 'b'), MIB + 1)).toBe(503);
    first.sent();
    expect(await weighed(second, 30 * MIB)).toBe(200);
    expect(await weighed(third, 20 * MIB)).toBe(200);
    expect(await weighed(third, 20 * MIB + 1)).toBe(429);
    const other = await enter(reads, 'b');
    expect(await weighed(other, 50 * MIB)).toBe(200);
    expect(await weighed(await enter(reads, 'c'), MIB + 1)).toBe(503);
    second.sent();
    expect(await weighed(await enter(reads, 'c'), 30 * MIB)).toBe(200);
  });

  it('is that of what is sent once an answer is made, and none when its asker is gone', async () => {
    const reads = openReads({ perCaller: 8 });
    const turn = await enter(reads, 'a');
    turn.weigh(5 * MIB);
    turn.made(2 * MIB);
    expect(reads.now().bytes).toBe(2 * MIB);
    turn.sent();
    expect(reads.now().bytes).toBe(0);
    turn.weigh(5 * MIB);
    turn.made(5 * MIB);
    expect(reads.now().bytes).toBe(0);
  });
});

describe('a connection that is kept', () => {
  it('keeps nothing of the questions that it has asked', async () => {
    const app = fastify();
    const left: number[] = [];
    limitReads(app, { reads: openReads({ perCaller: 8 }), turnKeyOf: () => 'a' });
    app.get('/', { config: { access: 'read' } }, async ({ gone }) => {
      left.push(gone === null ? Number.NaN : getEventListeners(gone, 'abort').length);
      return {};
    });
    const address = await app.listen({ host: '127.0.0.1', port: 0 });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let asked = 0; asked < 20; asked += 1) {
      await new Promise((resolve, reject) =>
        request(address, { agent }, (reply) => reply.resume().on('end', resolve))
          .on('error', reject)
          .end(),
      );
    }
    expect(left).toEqual(Array.from({ length: 20 }, () => 1));
    agent.destroy();
    await app.close();
  });
});

describe('readers who ask and do not fetch', () => {
  const GPUS = 16;
  const CONNECTIONS = 60;
  const QUESTIONS = 40;
  /** A service with 7,000 rows of each of some GPUs, and the question for all of them. */
  const full = async (env: Record<string, string>) => {
    const service = await startService({ env });
    const now = Math.floor(Date.now() / 1000);
    const ids = Array.from({ length: GPUS }, (_, index) => `GPU-${index}`);
    for (const id of ids) {
      const columns = Object.fromEntries(
        ['gpu.util', 'gpu.power', 'gpu.temp'].map((metric) => [metric, Array.from({ length: 7_000 }, (_, at) => (at % 97) / 97)]),
      );
      await service.running.service.ingest.batch(
        { source: id, seq: 1, node: 'n1', blocks: [{ entity: { kind: 'gpu', id, node: 'n1' }, t: steps(now - 7_000, 1, 7_000), columns }] },
        { kind: 'agent', sender: { kind: 'system' }, mark: '' },
      );
    }
    return { service, now, question: `/api/nodes/n1/series?metrics=gpu.util,gpu.power,gpu.temp&from=${now - 7_000}&to=${now}` };
  };

  it('hold so much memory together and no more: further large answers are refused, small ones are not', async () => {
    const { service, question } = await full({ HEADROOM_ANSWERS_MB: '8' });
    const large = `${question}&points=5000`;
    const other = await service.running.service.store.tokens.issue({ scope: { kind: 'read' }, name: 'other', expires: null });
    const ask = (token: string, path = large) => fetch(`${service.address}${path}`, { headers: { authorization: `Bearer ${token}` } });
    expect((await (await ask(other)).text()).length).toBeGreaterThan(8 * 2 ** 20);
    const socket = asking(service.address, { path: large, token: service.token, questions: 1 });
    // Its answer has begun, before anybody else asks; no more than the first bytes of it are fetched.
    await new Promise((resolve) => socket.once('readable', resolve));
    const own = await ask(service.token);
    await own.body?.cancel();
    expect(own.status).toBe(429);
    const refused = await ask(other);
    expect([refused.status, await refused.text(), Number(refused.headers.get('retry-after'))]).toEqual([
      503,
      expect.stringContaining('“answers in memory”') as string,
      2,
    ]);
    expect((await ask(other, `${question}&points=10`)).status).toBe(200);
    socket.destroy();
    await expect.poll(async () => (await ask(other)).status, { timeout: 20_000, interval: 200 }).toBe(200);
    await service.stop();
  });

  it('keep no writer waiting, nor health, nor another reader, and are forgotten when they go', async () => {
    const { service, now, question } = await full({});
    // A request at a time, as clients do; and all at once, as nobody does: such a connection is cut.
    const sockets = Array.from({ length: CONNECTIONS }, () => asking(service.address, { path: question, token: service.token, questions: QUESTIONS }));
    await new Promise((resolve) => setTimeout(resolve, 300));

    const times: number[] = [];
    for (let seq = 1; seq <= 60; seq += 1) {
      const began = performance.now();
      const reply = await service.ingest({
        source: 'writer',
        seq,
        node: 'n2',
        blocks: [{ entity: { kind: 'gpu', id: 'GPU-w', node: 'n2' }, t: [now + seq / 100], columns: { 'gpu.util': [0.5] } }],
      });
      times.push(performance.now() - began);
      expect(reply.status).toBe(200);
    }
    const health = await fetch(`${service.address}/api/health`);
    expect(health.status).toBe(200);
    times.sort((a, b) => a - b);
    console.log(`ingest beside ${CONNECTIONS} × ${QUESTIONS} unread questions: p50 ${times[30]?.toFixed(0)} ms, p99 ${times[59]?.toFixed(0)} ms`);
    for (const socket of sockets) socket.destroy();
    await expect.poll(async () => (await fetch(`${service.address}${question}`, { headers: { authorization: `Bearer ${service.token}` } })).status).toBe(200);
    await service.stop();
  });
});

/** A connection that sends many questions at once and reads nothing. */
function asking(address: string, { path, token, questions }: { path: string; token: string; questions: number }): Socket {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  socket.pause();
  socket.on('error', () => undefined);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: Bearer ${token}\r\n\r\n`.repeat(questions));
  return socket;
}
