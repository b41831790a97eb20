import { connect } from 'node:net';
import fc from 'fast-check';
import { io, type Socket } from 'socket.io-client';
import type { Target } from './fuzz.ts';
import { HOSTILE } from './json.ts';
import { asking, servedTarget } from './served.ts';
import { type Caller, CALLERS, MARK, type Served } from './service.ts';

/** Milliseconds for what has to come. */
const PATIENCE = 15_000;

const shallow = HOSTILE.filter((text) => !text.includes('1e400') && text.length < 6_000);
const watched = fc.oneof(
  fc.constantFrom(
    { kind: 'node', node: 'n1' },
    { kind: 'overview' },
    { kind: 'overview', since: 0 },
    { kind: 'job', cluster: 'c', id: 'own' },
    { kind: 'job', cluster: 'c', id: 'other' },
    { kind: 'job', cluster: '__proto__', id: 'constructor' },
    { kind: 'node', node: '\ud800' },
    { kind: 'overview', since: 1.79e308 },
    { kind: 'node', node: 'a'.repeat(5_000) },
  ),
  fc.record(
    { kind: fc.constantFrom('job', 'node', 'overview', 'x'), node: fc.jsonValue({ maxDepth: 2 }), id: fc.jsonValue({ maxDepth: 2 }), cluster: fc.string() },
    { requiredKeys: [] },
  ),
);
const payload = fc.oneof(
  { weight: 3, arbitrary: watched },
  { weight: 1, arbitrary: fc.constantFrom(...shallow).map((text) => JSON.parse(text) as unknown) }, // any JSON
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 100 }) },
);
const emission = fc.record({
  event: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('watch', 'watch', 'unwatch') },
    { weight: 1, arbitrary: fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('__proto__', 'constructor', 'readings', 'rows', 'status', 'error')) },
  ),
  args: fc.array(payload, { maxLength: 3 }),
  ack: fc.boolean(),
});

const packet = fc.oneof(
  fc.constantFrom(
    '40',
    '40/admin,',
    '41',
    '42["watch"]',
    '42["watch",null]',
    '420["watch",{"kind":"overview"}]',
    '43',
    '44',
    '45',
    '451-["watch",{"_placeholder":true,"num":0}]',
    '2',
    '3',
    '5',
    '6',
    '1',
    'b',
    'bAAAA',
    '4',
    '',
  ),
  fc
    .tuple(fc.constantFrom('42', '420', '451-', '459-', '43', '44', '40', '42/x,', '42999999999999'), fc.constantFrom(...HOSTILE))
    .map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const frame = fc.record({
  opcode: fc.oneof(fc.constantFrom(0, 1, 2, 8, 9, 10), fc.nat({ max: 255 })),
  masked: fc.constantFrom(true, true, true, false),
  body: fc.oneof(
    packet.map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 200 }),
  ),
  /** What the length says instead. */
  length: fc.option(fc.constantFrom(0, 126, 127, 125)),
});

type Attempt =
  | {
      readonly kind: 'events';
      readonly caller: Caller;
      readonly namespace: string;
      readonly emissions: readonly { readonly event: string; readonly args: readonly unknown[]; readonly ack: boolean }[];
    }
  | { readonly kind: 'polling'; readonly caller: Caller; readonly packets: readonly string[] }
  | {
      readonly kind: 'frames';
      readonly caller: Caller;
      readonly frames: readonly { readonly opcode: number; readonly masked: boolean; readonly body: Uint8Array; readonly length: number | null }[];
    };

const callers = fc.constantFrom(...CALLERS);
const attempts: fc.Arbitrary<Attempt> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('events' as const),
      caller: callers,
      namespace: fc.oneof({ weight: 6, arbitrary: fc.constant('/') }, { weight: 1, arbitrary: fc.constantFrom('/admin', '/__proto__', '/?x', '/%00', '/🙂') }),
      emissions: fc.array(emission, { maxLength: 8 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('polling' as const), caller: callers, packets: fc.array(packet, { maxLength: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('frames' as const), caller: callers, frames: fc.array(frame, { maxLength: 5 }) }) },
);

const MAY_WATCH: readonly Caller[] = ['job', 'read', 'admin'];

function open(service: Served, caller: Caller, namespace = ''): Socket {
  return io(`${service.address}${namespace}`, {
    transports: ['websocket'],
    extraHeaders: service.headersOf(caller),
    reconnection: false,
    forceNew: true,
    timeout: PATIENCE,
  });
}

/** Resolves with how a connection begins: let in, or why not. */
function begun(socket: Socket): Promise<string | null> {
  return within('a connection', new Promise((resolve) => socket.once('connect', () => resolve(null)).once('connect_error', (error) => resolve(error.message))));
}

async function within<T>(what: string, wait: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing came in ${PATIENCE / 1000} s`)), PATIENCE);
  });
  try {
    return await Promise.race([wait, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function events(service: Served, { caller, namespace, emissions }: Extract<Attempt, { kind: 'events' }>): Promise<void> {
  const socket = open(service, caller, namespace);
  const heard: string[] = [];
  socket.onAny((...args: unknown[]) => heard.push(JSON.stringify(args)));
  try {
    const refused = await begun(socket);
    const may = MAY_WATCH.includes(caller) && (namespace === '/' || namespace === '/?x');
    if ((refused === null) !== may) throw new Error(`${caller} at ${namespace}: ${refused ?? 'let in'}`);
    for (const { event, args, ack } of emissions) {
      if (['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'].includes(event)) continue; // the client keeps them
      socket.emit(event, ...args, ...(ack ? [(reply: unknown) => heard.push(JSON.stringify(reply))] : []));
    }
    if (may) await within('a reply or the end', new Promise((resolve) => socket.once('disconnect', resolve).emit('watch', { kind: 'overview' }, resolve)));
    const told = heard.join('\n');
    if (!may && heard.length > 0) throw new Error(`${caller} hears ${told.slice(0, 300)}`);
    if (caller === 'job' && told.includes(MARK)) throw new Error('a job’s token hears what others measured');
  } finally {
    socket.disconnect();
  }
}

async function polling(service: Served, { caller, packets }: Extract<Attempt, { kind: 'polling' }>): Promise<void> {
  const path = '/socket.io/?EIO=4&transport=polling';
  const { text } = await service.ask({ method: 'GET', path, caller });
  const sid = /"sid":"([^"]+)"/.exec(text)?.[1] ?? 'x';
  const { status } = await service.ask({
    method: 'POST',
    path: `${path}&sid=${sid}`,
    caller,
    headers: { 'content-type': 'text/plain;charset=UTF-8' },
    body: [packets.join('\u001e')],
  });
  if (status >= 500) throw new Error(`${status}`);
  if (text.includes(MARK)) throw new Error('the handshake tells readings');
}

/** Writes frames, right or wrong, behind a WebSocket's first request, and waits a moment for what comes of them. */
function frames(service: Served, { caller, frames: all }: Extract<Attempt, { kind: 'frames' }>): Promise<void> {
  const { hostname, port, host } = new URL(service.address);
  const { authorization } = service.headersOf(caller);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    const timer = setTimeout(() => socket.destroy(), 30);
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('error', () => undefined); // it may be cut off
    socket.on('close', () => {
      clearTimeout(timer);
      if (text.includes(MARK) && !MAY_WATCH.includes(caller)) reject(new Error(`${caller} hears readings`));
      else resolve();
    });
    const head = [
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
      `host: ${host}`,
      'connection: upgrade',
      'upgrade: websocket',
      'sec-websocket-version: 13',
      'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
    ];
    socket.write([...head, ...(authorization === undefined ? [] : [`authorization: ${authorization}`]), '', ''].join('\r\n'));
    for (const { opcode, masked, body, length } of [{ opcode: 1, masked: true, body: Buffer.from('40'), length: null }, ...all]) {
      const said = Math.min(length ?? body.length, 127);
      socket.write(Buffer.from([0x80 ^ opcode, said | (masked ? 0x80 : 0), ...(masked ? [0, 0, 0, 0] : []), ...body]));
    }
  });
}

/** Another page, which goes on hearing what it watches. */
async function openListener(service: Served): Promise<{ hears(at: number): Promise<void>; close(): void }> {
  const socket = open(service, 'admin');
  const heard = new Set<number>();
  let waiting: (() => void) | undefined;
  socket.on('readings', ({ blocks }: { blocks: readonly { entity: { id: string }; t: readonly number[] }[] }) => {
    for (const { entity, t } of blocks) if (entity.id === MARK) for (const at of t) heard.add(at);
    waiting?.();
  });
  const refused = await begun(socket);
  if (refused !== null) throw new Error(`an ordinary page is refused: ${refused}`);
  await within('the answer to a watch', new Promise((resolve) => socket.emit('watch', { kind: 'node', node: 'n1' }, resolve)));
  return {
    close: () => void socket.disconnect(),
    hears: (at) =>
      within(
        'readings for another page',
        new Promise<void>((resolve, reject) => {
          const look = (): void => {
            if (heard.has(at)) resolve();
            else if (!socket.connected) reject(new Error('another page was let go'));
          };
          waiting = look;
          look();
        }),
      ),
  };
}

/** Inputs between two looks at the others. */
const BURST = 25;

/** What comes over sockets: events, packets and frames of anybody, while another page listens. */
export const socketTargets: readonly Target[] = [
  servedTarget('socket messages', { share: 8, burst: BURST }, async (service) => {
    const listener = await openListener(service);
    return asking(
      attempts,
      async (attempt) => {
        if (attempt.kind === 'events') await events(service, attempt);
        else if (attempt.kind === 'polling') await polling(service, attempt);
        else await frames(service, attempt);
      },
      {
        look: async () => listener.hears(await service.innocent()),
        close: () => listener.close(),
      },
    );
  }),
];
