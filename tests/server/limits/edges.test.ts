import { readFileSync } from 'node:fs';
import { connect as dial, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { io, type Socket as Page } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BOUNDS, type BoundKey } from '../../../server/settings/index.ts';
import { ask, openStream, removeFolders, startService, type TestService } from '../../support/service.ts';

/**
 * Of 600 MiB a service that has just started takes less than 200; the test's own process holds what it sends besides, and each thread that
 * starts from source, not from the build, brings a compiler.
 */
const MOST_GROWTH = (400 + 60) * 2 ** 20;
/** What is promised on a machine of its own, and what a busy one may take all the same; milliseconds. */
const PROMISED = 250;
const ALLOWED = 5_000;

const boundOf = (key: BoundKey) => {
  const found = BOUNDS.find((one) => one.key === key);
  if (found === undefined) throw new Error(`no row ${key}`);
  return found.bound;
};
const most = (key: BoundKey): number => boundOf(key).value;

/** Bounds that are counted in thousands or in hours are set low, so that a test reaches them; what happens there is the same. */
const SET = {
  HEADROOM_MOST_ENTITIES: '60',
  HEADROOM_MOST_ENTITIES_PER_TOKEN: '40',
  HEADROOM_MOST_VALUES_PER_MINUTE: '900000',
  HEADROOM_MOST_VALUES_PER_MINUTE_PER_TOKEN: '300000',
  HEADROOM_MOST_MB_PER_MINUTE_PER_TOKEN: '20',
  HEADROOM_MOST_JOBS: '12',
  HEADROOM_MOST_JOBS_PER_TOKEN: '2',
  HEADROOM_MOST_STREAMS: '5',
  HEADROOM_MOST_STREAMS_PER_TOKEN: '3',
  HEADROOM_MOST_SOCKETS: '9',
  HEADROOM_MOST_SOCKETS_PER_CALLER: '4',
  HEADROOM_MOST_CONNECTIONS_PER_ADDRESS: '200',
  HEADROOM_HEADER_SECONDS: '4',
  HEADROOM_REQUEST_SECONDS: '8',
  HEADROOM_KEEPALIVE_SECONDS: '1',
} as const;

let service: TestService;
const others: string[] = [];
const seconds = () => Date.now() / 1000;
/** Tokens of their own, so that what one sender uses up is not another's. */
const tokenOf = (kind: 'read' | 'admin') => service.running.service.store.tokens.issue({ scope: { kind }, name: `edge ${Math.random()}`, expires: null });

const send = (token: string, body: string | Buffer, headers: Record<string, string> = {}) =>
  ask(service.address, '/api/ingest', { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers }, body });
const get = (token: string, path: string) => ask(service.address, path, { headers: { authorization: `Bearer ${token}` } });
const declare = (token: string, id: string, body: unknown) =>
  ask(service.address, `/api/jobs/c/${id}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const block = (id: string, rows = 1, columns = ['gpu.util']) => ({
  entity: { kind: 'gpu', id, node: 'edge' },
  t: Array.from({ length: rows }, (_, row) => seconds() - rows + row),
  columns: Object.fromEntries(columns.map((name) => [name, Array.from({ length: rows }, () => 0.5)])),
});
let seq = 0;
const batch = (blocks: unknown[], more: object = {}) => JSON.stringify({ source: 'edge', seq: (seq += 1), blocks, ...more });

/** A connection of its own: gives what came until its end. */
const raw = (text: string, wait = 15_000): Promise<string> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(service.address);
    const socket: Socket = dial({ host: hostname, port: Number(port) }, () => void socket.write(text));
    let heard = '';
    const end = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(heard);
    };
    const timer = setTimeout(() => {
      heard += ' (still open)';
      end();
    }, wait);
    socket.on('data', (chunk) => (heard += chunk.toString('latin1')));
    socket.on('error', end);
    socket.on('close', end);
  });
const page = (token: string): Promise<{ page: Page; error: string | null; gone: Promise<string> }> =>
  new Promise((resolve) => {
    const opened = io(service.address, { transports: ['websocket'], extraHeaders: { authorization: `Bearer ${token}` }, forceNew: true, reconnection: false });
    const gone = new Promise<string>((over) => opened.once('disconnect', (why) => over(why)));
    opened.once('connect', () => resolve({ page: opened, error: null, gone }));
    opened.once('connect_error', (error) => {
      opened.close();
      resolve({ page: opened, error: error.message, gone });
    });
  });
const text = 'gpu\n'.repeat(3);
const endOf = async (query: string, body: string): Promise<{ status: number; lines: string }> => {
  const token = await tokenOf('admin');
  const { status, text: lines } = await ask(service.address, `/api/ingest/raw?${query}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}` },
    body,
  });
  return { status, lines };
};
const DMON = '# gpu   pwr gtemp mtemp    sm   mem   enc   dec  mclk  pclk\n# Idx     W     C     C     %     %     %     %   MHz   MHz\n';
const dmonLine = (after = '') => `    0   100    50     -    40    20     0     0  5000  1400${after}\n`;

type Edge = () => Promise<void>;

/** What is driven to its edge, each against the words of its row: the status, the bound's name, the end of a connection. */
const EDGES: Partial<Record<BoundKey, Edge>> = {
  'Connections.perAddress': async () => {
    const { hostname, port } = new URL(service.address);
    const sockets = await Promise.all(
      Array.from(
        { length: 230 },
        () =>
          new Promise<{ socket: Socket; open: () => boolean }>((resolve) => {
            let open = true;
            const socket = dial({ host: hostname, port: Number(port), localAddress: '127.0.0.2' }, () =>
              setTimeout(() => resolve({ socket, open: () => open }), 300),
            );
            socket.on('error', () => undefined);
            socket.on('close', () => (open = false));
          }),
      ),
    );
    await expect.poll(() => sockets.filter(({ open }) => open()).length, { timeout: 20_000 }).toBe(200);
    for (const { socket } of sockets) socket.destroy();
  },
  'Connections.pipelined': async () => {
    expect(await raw(`GET /api/site HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(200), 3_000)).not.toContain('still open');
  },
  'Connections.headers': async () => {
    expect(await raw(`GET /?${'a'.repeat(most('Connections.headers'))} HTTP/1.1\r\nHost: localhost\r\n\r\n`)).toContain('431');
  },
  'Connections.parameter': async () => {
    const { status } = await get(service.token, `/api/nodes/${'n'.repeat(most('Connections.parameter') + 1)}`);
    expect([404, 414]).toContain(status);
  },
  'Connections.body': async () => {
    expect((await declare(service.token, 'large', { command: 'x'.repeat(most('Connections.body')) })).status).toBe(413);
  },
  'Connections.depth': async () => {
    const depth = most('Connections.depth') + 1;
    const deep = `${'['.repeat(depth)}${']'.repeat(depth)}`;
    const refused = [await declare(service.token, 'deep', `{"name":${deep}}`), await send(service.token, `{"source":"s","seq":1,"blocks":[],"more":${deep}}`)];
    for (const { status, text: reply } of refused)
      expect(`${status} ${reply}`).toMatch(/^400 .*inside each other, at character \d+: nothing of this body was taken/);
    expect(refused.map(({ text: reply }) => (JSON.parse(reply) as { where: string }).where)).toEqual(['body/name/0/0/0/0/…', 'body/more/0/0/0/0/…']);
    const second = `{"source":"a\\"[","seq":1,"blocks":[1,{"x":"]","t\u202e":[[],${deep}]}]}`;
    expect(JSON.parse((await send(service.token, second)).text)).toMatchObject({ where: 'body/blocks/1/t\ufffd/1/0/…' });
    // What is as deep as may be is read.
    const edge = `${'['.repeat(depth - 2)}${']'.repeat(depth - 2)}`;
    expect((await send(service.token, `{"source":"s","seq":1,"blocks":[],"more":${edge}}`)).text).not.toContain('inside each other');
  },
  'Connections.headerSeconds': async () => {
    expect(await raw('GET / HTTP/1.1\r\nHost: local')).toContain('408');
  },
  'Connections.requestSeconds': async () => {
    const head = `POST /api/ingest HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${service.token}\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{`;
    expect(await raw(head)).toContain('408');
  },
  'Connections.keepAliveSeconds': async () => {
    expect(await raw('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n')).toMatch(/200 OK(?!.*still open)/s);
  },
  'What senders bring.entitiesPerToken': async () => {
    const { status, text: reply } = await send(await tokenOf('admin'), batch(Array.from({ length: 41 }, (_, index) => block(`GPU-edge-${index}`))));
    expect(`${status} ${reply}`).toMatch(/^200 .*entities per token/);
    expect(JSON.parse(reply)).toMatchObject({ durable: 40 });
  },
  'What senders bring.entities': async () => {
    const replies = [];
    for (const name of ['a', 'b'])
      replies.push(await send(await tokenOf('admin'), batch(Array.from({ length: 30 }, (_, index) => block(`GPU-${name}-${index}`)))));
    expect(replies.at(-1)?.text).toContain('“entities”');
    expect(replies.at(-1)?.status).toBe(429);
  },
  'What senders bring.valuesPerToken': async () => {
    const token = await tokenOf('admin');
    const large = () => batch([block('GPU-edge-0', 99_000, ['gpu.util', 'gpu.memUtil'])]);
    await send(token, large());
    const { status, text: reply, headers } = await send(token, large());
    expect(`${status} ${reply}`).toMatch(/^429 .*values a minute per token/);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  },
  'What senders bring.megabytesPerToken': async () => {
    const token = await tokenOf('admin');
    const large = `${batch([block('GPU-edge-0')]).slice(0, -1)},"more":"${'x'.repeat(12 * 2 ** 20)}"}`;
    await send(token, large);
    const { status, text: reply, headers } = await send(token, large);
    expect(`${status} ${reply}`).toMatch(/^429 .*bytes a minute per token/);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  },
  'Batches.body': async () => {
    const bomb = gzipSync(Buffer.alloc(most('Batches.body') + 1, ' '));
    expect((await send(service.token, bomb, { 'content-encoding': 'gzip' })).status).toBe(413);
  },
  'Batches.parts': async () => {
    expect((await send(service.token, batch(Array.from({ length: most('Batches.parts') + 1 }, () => 1)))).status).toBe(400);
  },
  'Batches.rows': async () => {
    const { status, text: reply } = await send(await tokenOf('admin'), batch([block('GPU-edge-0', most('Batches.rows') + 1), block('GPU-edge-1')]));
    expect(status).toBe(200);
    expect(JSON.parse(reply)).toMatchObject({ durable: 1, rejected: [{ at: expect.stringContaining('blocks/0') as string }] });
  },
  'Batches.name': async () => {
    const long = 'n'.repeat(most('Batches.name') + 1);
    const { text: reply } = await send(service.token, batch([block(long), block('GPU-edge-1')]));
    expect(JSON.parse(reply)).toMatchObject({ durable: 1, rejected: [{ at: expect.stringContaining('blocks/0/entity') as string }] });
    expect((await send(service.token, JSON.stringify({ source: long, seq: 1, blocks: [] }))).status).toBe(400);
  },
  'Batches.fact': async () => {
    const fact = { entity: { kind: 'gpu', id: 'GPU-edge-0' }, name: 'name', value: 'x'.repeat(most('Batches.fact') + 1) };
    const { text: reply } = await send(service.token, batch([block('GPU-edge-1')], { facts: [fact] }));
    expect(JSON.parse(reply)).toMatchObject({ durable: 1, rejected: [{ at: expect.stringContaining('facts/0') as string }] });
  },
  'Batches.event': async () => {
    const event = { at: null, entity: null, kind: 'restart', text: 'x'.repeat(most('Batches.event') + 1) };
    const { text: reply } = await send(service.token, batch([block('GPU-edge-1')], { events: [event] }));
    expect(JSON.parse(reply)).toMatchObject({ durable: 1, rejected: [{ at: expect.stringContaining('events/0') as string }] });
  },
  'Batches.told': async () => {
    const { text: reply } = await send(service.token, batch([...Array.from({ length: most('Batches.told') + 5 }, () => 1), block('GPU-edge-1')]));
    const { durable, rejected } = JSON.parse(reply) as { durable: number; rejected: { reason: string }[] };
    expect([durable, rejected.length, rejected.at(-1)?.reason]).toEqual([1, most('Batches.told') + 1, 'and 5 more']);
  },
  'Batches.ahead': async () => {
    const late = { ...block('GPU-edge-1'), t: [seconds() + most('Batches.ahead') + 60] };
    expect((await send(service.token, batch([late]))).text).toContain('ahead of this server');
  },
  'Jobs.perToken': async () => {
    const token = await service.running.service.store.tokens.issue({ scope: { kind: 'node', node: 'edge' }, name: 'edge of jobs', expires: null });
    const replies = [];
    for (const id of ['edge-a', 'edge-b', 'edge-c']) replies.push(await declare(token, id, { state: 'running', start: seconds(), nodes: ['edge'] }));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(replies.at(-1)?.text).toContain('“jobs of a token”');
  },
  'Jobs.jobs': async () => {
    const replies = [];
    for (let index = 0; index < 13; index += 1) replies.push(await declare(service.token, `edge-${index}`, { state: 'running', start: seconds() }));
    expect(replies.at(-1)?.status).toBe(429);
    expect(replies.at(-1)?.text).toContain('“jobs”');
    expect((await declare(service.token, 'edge-0', { state: 'completed', end: seconds() })).status).toBe(200);
    expect((await send(service.token, batch([block('GPU-edge-1')], { job: 'never-declared' }))).status).toBe(429);
  },
  'Jobs.nodes': async () => {
    expect((await declare(service.token, 'edge-0', { nodes: Array.from({ length: most('Jobs.nodes') + 1 }, (_, index) => `n${index}`) })).status).toBe(400);
  },
  'Jobs.gpus': async () => {
    expect(
      (await declare(service.token, 'edge-0', { gpus: Array.from({ length: most('Jobs.gpus') + 1 }, (_, index) => ({ uuid: `G${index}` })) })).status,
    ).toBe(400);
  },
  'Streams.perToken': async () => {
    const token = await tokenOf('admin');
    const open = Array.from({ length: 3 }, () => openStream(service.address, 'node=edge', token));
    await expect.poll(() => service.running.service.streams.count, { timeout: 30_000 }).toBe(3);
    const { status, text: reply } = await ask(service.address, '/api/ingest/raw?node=edge', {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}` },
      body: text,
    });
    expect(`${status} ${reply}`).toMatch(/^429 .*streams per token/);
    const second = await tokenOf('admin');
    const more = Array.from({ length: 2 }, () => openStream(service.address, 'node=edge', second));
    await expect.poll(() => service.running.service.streams.count, { timeout: 30_000 }).toBe(5);
    expect((await endOf('node=edge', text)).status).toBe(503); // `Streams.streams`
    for (const { request } of [...open, ...more]) request.destroy();
    await expect.poll(() => service.running.service.streams.count, { timeout: 50_000 }).toBe(0);
  },
  'Streams.undated': async () => {
    const { status, lines } = await endOf('node=edge', DMON + dmonLine().repeat(30_000));
    expect(`${status} ${lines}`).toContain('recorded file');
  },
  'Text of tools.line': async () => {
    const { lines } = await endOf('node=edge', `${DMON}${dmonLine()}${'x '.repeat(most('Text of tools.line'))}\n${dmonLine()}`);
    expect(lines).toContain('longer than');
    expect(lines).toMatch(/"durable":[1-9]/);
  },
  'Text of tools.word': async () => {
    const { lines } = await endOf('node=edge', `${DMON}${dmonLine()}${'0'.repeat(most('Text of tools.word') + 1)}\n${dmonLine()}`);
    expect(lines).toContain('a word of more than');
    expect(lines).toMatch(/"durable":[1-9]/);
  },
  'Text of tools.head': async () => {
    expect((await endOf('node=edge', 'no tool prints this\n'.repeat(most('Text of tools.head') / 10))).status).toBe(415);
  },
  'Questions.waitingPerCaller': async () => {
    const token = await tokenOf('read');
    const replies = await Promise.all(Array.from({ length: 8 + most('Questions.waitingPerCaller') + 40 }, () => get(token, '/api/overview')));
    const statuses = new Set(replies.map(({ status }) => status));
    expect([...statuses].sort()).toEqual([200, 429]);
  },
  'Questions.points': async () => {
    const { status } = await get(service.token, `/api/nodes/edge/series?metrics=gpu.util&points=${most('Questions.points') + 1}`);
    expect(status).toBe(400);
  },
  'Questions.metrics': async () => {
    const { status } = await get(service.token, `/api/nodes/edge/series?metrics=${'a'.repeat(most('Questions.metrics') + 1)}`);
    expect(status).toBe(400);
  },
  'Questions.jobsPage': async () => {
    expect((await get(service.token, `/api/jobs?limit=${most('Questions.jobsPage') + 1}`)).status).toBe(400);
  },
  'Questions.nodesPage': async () => {
    expect((await get(service.token, `/api/nodes?limit=${most('Questions.nodesPage') + 1}`)).status).toBe(400);
  },
  'Live pages.perCaller': async () => {
    const [first, second, third] = [await tokenOf('read'), await tokenOf('read'), await tokenOf('read')];
    const open = [];
    for (const token of [first, first, first, first, second, second, second, second, third]) open.push(await page(token));
    expect(open.map(({ error }) => error)).toEqual(open.map(() => null));
    const all = await page(third); // `Live pages.sockets`
    expect(all.error).not.toBeNull();
    open.at(-1)?.page.close();
    await expect.poll(async () => (await page(first)).error, { timeout: 9_000 }).toContain('sockets per caller');
    for (const { page: one } of open) one.close();
  },
  'Live pages.message': async () => {
    const { page: one, gone } = await page(await tokenOf('read'));
    one.emit('watch', { kind: 'node', node: 'x'.repeat(most('Live pages.message')) }, () => undefined);
    expect(await gone).toMatch(/transport/);
  },
  'Live pages.messages': async () => {
    const { page: one, gone } = await page(await tokenOf('read'));
    for (let index = 0; index <= most('Live pages.messages'); index += 1) one.emit('unwatch', { kind: 'overview' });
    expect(await gone).toMatch(/server disconnect|transport/);
  },
};

/** What no test of a minute reaches on a running server, each with the reason; a test of its own part holds to it, or nothing refuses there. */
const NOT_DRIVEN: Readonly<Record<string, readonly string[]>> = {
  'set by the machine: tests/server/http/pressure.test.ts drives it with figures of a machine': [
    'Connections.memory',
    'Connections.heap',
    'Connections.lag',
    'Batches.incoming',
  ],
  'five thousand connections; per address the same code is driven': ['Connections.connections'],
  'tests/server/http/deadlines.test.ts waits for it': ['Connections.idleSeconds'],
  'asserted with each refusal that has it': ['Connections.retryAfter'],
  'driven together with its neighbour in the same row': ['Streams.streams', 'Live pages.sockets'],
  'the same counter as per token, which meets its bound first': ['What senders bring.values', 'What senders bring.megabytes'],
  'tests/server/limits/parts.test.ts drives the part that holds to it': [
    'Access.sessions',
    'Access.tokens',
    'Jobs.places',
    'Jobs.streamed',
    'Live pages.rooms',
    'Ownership.signs',
    'Ownership.spans',
    'Ownership.speaking',
    'Ownership.whereabouts',
    'Questions.answer',
    'Questions.jsonAnswer',
    'Questions.partsOfNode',
    'Store.appends',
    'Store.counted',
    'Store.events',
    'Store.eventsAnswered',
    'Store.open',
    'Store.relationalWaiting',
    'Store.seriesWaiting',
    'Verdicts.held',
  ],
  'tests/server/http/reads.test.ts drives the gate by itself': [
    'Questions.perCaller',
    'Questions.held',
    'Questions.waiting',
    'Questions.working',
    'Questions.patience',
  ],
  'no known line takes so long: tests/server/ingest/raw has a reader that does': ['Streams.seconds', 'Streams.thread', 'Streams.threads'],
  'tests/server/ingest/raw/pump.test.ts and retry.test.ts drive the pump by itself': ['Streams.quiet', 'Streams.told', 'Streams.wait'],
  'nothing is refused: texts are cut or counted (tests/collectors/text)': ['Text of tools.cell', 'Text of tools.rejected'],
  'nothing is refused: what is over comes with the next message, or is asked for (tests/server/live)': [
    'Live pages.waiting',
    'Live pages.bundle',
    'Live pages.backlog',
    'Live pages.handshake',
  ],
  'with bounds of their own: tests/server/store/worker/grouped.test.ts, locked.test.ts, series/state.test.ts, tests/server/threads': [
    'Store.together',
    'Store.patience',
    'Store.decoded',
    'Store.thread',
  ],
  'what is beyond is read coarser, or its thread is ended: tests/server/store/series, tests/server/analysis (in-worker, trackers, past)': [
    'Verdicts.rows',
    'Verdicts.tracking',
    'Verdicts.values',
    'Verdicts.seconds',
  ],
  'nothing is refused: tests/core/judging/crowd.test.ts': ['Verdicts.judgedGpus', 'Verdicts.judgedHosts', 'Verdicts.judgedEngines', 'Verdicts.judgedProcesses'],
  'not this process: tests/collectors/agent': BOUNDS.filter(({ chapter }) => chapter === 'Agent').map(({ key }) => key),
};

/** Asks for health, and sends readings of one GPU, for as long as the edges are driven. */
const watch = () => {
  const seen = { health: 0, sender: 0, sent: 0, memory: 0 };
  let over = false;
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const begin = performance.now();
    await work();
    return performance.now() - begin;
  };
  const agent = async (): Promise<void> => {
    const token = await tokenOf('admin');
    while (!over) {
      const at = seconds();
      seen.sent += 1;
      const one = { ...block('GPU-other'), t: [at] };
      const body = JSON.stringify({ source: 'other', seq: seen.sent, blocks: [one] });
      others.push(String(at));
      seen.sender = Math.max(
        seen.sender,
        await timed(async () => {
          const { status, text: reply } = await send(token, body);
          if (status !== 200 || !reply.includes('"durable":1')) throw new Error(`another sender was refused: ${status} ${reply}`);
        }),
      );
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const health = async (): Promise<void> => {
    while (!over) {
      seen.health = Math.max(seen.health, await timed(() => ask(service.address, '/api/health')));
      seen.memory = Math.max(seen.memory, process.memoryUsage.rss());
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const running = Promise.all([agent(), health()]);
  running.catch(() => undefined); // told at the end
  return async () => {
    over = true;
    await running;
    return seen;
  };
};

let started = 0;
let end: ReturnType<typeof watch>;

beforeAll(async () => {
  service = await startService({ env: SET });
  started = process.memoryUsage.rss();
  // Known from the start, so that a full table of measured things does not keep them out.
  await send(service.token, batch([block('edge#0'), block('GPU-other')]));
  end = watch();
}, 120_000);
afterAll(async () => {
  await service.stop();
  removeFolders();
}, 60_000);

describe('every bound of the table', () => {
  it('is driven to its edge, or says why not', () => {
    const told = [...Object.keys(EDGES), ...Object.values(NOT_DRIVEN).flat()];
    expect(told.sort()).toEqual(BOUNDS.map(({ key }) => key).sort());
    // Whoever takes a test of a part away takes the reason away as well.
    const parts = readFileSync(new URL('./parts.test.ts', import.meta.url), 'utf8');
    const missing = NOT_DRIVEN['tests/server/limits/parts.test.ts drives the part that holds to it']?.filter((key) => !parts.includes(`'${key}'`));
    expect(missing).toEqual([]);
  });

  it.each(Object.entries(EDGES))(
    '%s',
    async (_, edge) => {
      await edge?.();
    },
    90_000,
  );

  it('leaves the service well: health answers, memory is bounded, another sender goes on and all of it is kept', async () => {
    const { health, sender, sent, memory } = await end();
    // The test's own process holds the service, the test runner and what was sent.
    console.log(
      `health at worst ${Math.round(health)} ms, another sender ${Math.round(sender)} ms (promised: ${PROMISED}); memory ${Math.round(memory / 2 ** 20)} MiB, at the start ${Math.round(started / 2 ** 20)}; ${sent} batches of another sender`,
    );
    expect(health).toBeLessThan(ALLOWED);
    expect(sender).toBeLessThan(ALLOWED);
    expect(memory - started).toBeLessThan(MOST_GROWTH);
    const from = Math.floor(Number(others[0])) - 1;
    const tables = await service.running.service.store.series.tables({ entities: [{ kind: 'gpu', id: 'GPU-other' }], from, to: seconds() + 1, maxRows: 1e6 });
    expect(tables.reduce((sum, { t }) => sum + t.filter((at) => others.includes(String(at))).length, 0)).toBe(sent);
  }, 60_000);
});
