import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Draw } from '../../tests/support/physics/draw.ts';
import { ask, type Door } from './client.ts';

/** A thing that a stranger with a token may send; resolves with the status, null where none came. */
type Blow = (door: Door, draw: Draw) => Promise<number | null>;

/** Zeros, 100 MB of them when unpacked. */
const BOMB = gzipSync(Buffer.alloc(100_000_000), { level: 9 });

const now = (): number => Date.now() / 1000;
const block = (id: string, t: readonly unknown[], power: readonly unknown[]) => ({ entity: { kind: 'gpu', id }, t, columns: { 'gpu.power': power } });
const post =
  (bodyOf: (draw: Draw) => string): Blow =>
  async (door, draw) =>
    (await ask(door, '/api/ingest', { method: 'POST', body: bodyOf(draw) }))?.status ?? null;
const batch = (more: object): string => JSON.stringify({ source: 'hostile', seq: 1, node: 'hostile', blocks: [], ...more });
const oneSeq = (seq: string): string => `{"source":"hostile","seq":${seq},"node":"hostile","blocks":[${JSON.stringify(block('GPU-h', [now() - 60], [1]))}]}`;

/** By name, for whoever is told that one had an effect. */
const BLOWS: readonly (readonly [name: string, blow: Blow])[] = [
  ['a seq of 2^60', post(() => oneSeq('1152921504606846976'))],
  ['a seq of 1e21', post(() => oneSeq('1e21'))],
  ['a seq below 0', post(() => oneSeq('-1'))],
  ['a seq of half a number', post(() => oneSeq('0.5'))],
  ['the largest seq', post(() => oneSeq(String(Number.MAX_SAFE_INTEGER)))],
  // Another token's names and numbers are another sender's: the one that is tortured uses them as well.
  [
    'somebody’s (source, seq)',
    post((draw) => batch({ source: 'torture/a', seq: Math.floor(draw.between(0, 50)), blocks: [block('GPU-h', [now() - 60], [1])] })),
  ],
  [
    'lone surrogates',
    post(
      () =>
        `{"source":"hostile","seq":${Math.floor(now() * 1000)},"blocks":[${['d800', 'd801', 'dfff'].map((code) => `{"entity":{"kind":"gpu","id":"\\u${code}","node":"hostile"},"t":[${now() - 60}],"columns":{"gpu.power":[1]}}`).join(',')}]}`,
    ),
  ],
  ['control characters', post(() => batch({ source: 'host\u0000ile', blocks: [block('GPU-\u0007', [now()], [1])] }))],
  [
    'absurd times',
    post((draw) =>
      batch({ seq: Math.floor(draw.between(0, 1e9)), blocks: [block('GPU-h', [-1e300, -1, 0, 1e10, 1.79e308, null, 'x'], [1, 1, 1, 1, 1, 1, 1])] }),
    ),
  ],
  [
    'absurd values',
    post((draw) => batch({ seq: Math.floor(draw.between(0, 1e9)), blocks: [block('GPU-h', [now() - 3, now() - 2, now() - 1], [1e308, -1e308, 'NaN'])] })),
  ],
  [
    'entities beyond the quota',
    post((draw) =>
      batch({
        seq: Math.floor(draw.between(0, 1e9)),
        blocks: Array.from({ length: 300 }, () => block(`GPU-${Math.floor(draw.between(0, 1e12))}`, [now() - 60], [1])),
      }),
    ),
  ],
  ['a body of 33 MiB', post(() => `{"source":"${'x'.repeat(33 * 1024 * 1024)}"}`)],
  ['a value nested 5,000 deep', post(() => `{"source":"hostile","seq":1,"blocks":${'['.repeat(5000)}${']'.repeat(5000)}}`)],
  ['no JSON', post(() => '{"source":')],
  ['a gzip bomb', async (door) => (await ask(door, '/api/ingest', { method: 'POST', body: BOMB, headers: { 'content-encoding': 'gzip' } }))?.status ?? null],
  [
    'gzip that is none',
    async (door) => (await ask(door, '/api/ingest', { method: 'POST', body: 'zip', headers: { 'content-encoding': 'gzip' } }))?.status ?? null,
  ],
  ['half a body', (door, draw) => cutOff(door, Math.floor(draw.between(1, 5000)))],
  ['half a header', (door) => cutOff(door, 0)],
];

/** A request that says 10,000 bytes and brings fewer before it is gone. */
function cutOff({ address, token }: Door, bytes: number): Promise<null> {
  const { hostname, port } = new URL(address);
  const head = `POST /api/ingest HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${token}\r\n`;
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(bytes === 0 ? head : `${head}content-type: application/json\r\ncontent-length: 10000\r\n\r\n${'{"source":"half"'.padEnd(bytes)}`, () =>
        socket.destroy(),
      );
    });
    socket.on('error', () => undefined); // the server may be gone
    socket.on('close', () => resolve(null));
  });
}

/** One of them by chance. Only an answer that blames the server is a fault: 500, or any 5xx but "not now". */
export async function strike(door: Door, draw: Draw, fault: (text: string) => void): Promise<void> {
  const [name, blow] = BLOWS[Math.floor(draw.between(0, BLOWS.length))] ?? ['nothing', async () => null];
  const status = await blow(door, draw);
  if (status !== null && status >= 500 && status !== 503) fault(`${name} is answered with ${status}`);
}

/** Every one of them in turn. */
export async function strikeAll(door: Door, draw: Draw, fault: (text: string) => void): Promise<number> {
  for (const [name, blow] of BLOWS) {
    const status = await blow(door, draw);
    if (status !== null && status >= 500 && status !== 503) fault(`${name} is answered with ${status}`);
  }
  return BLOWS.length;
}
