// Past the door of collectors/agent: queue, spool and sender fail in ways that a whole agent cannot be brought to.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { IngestBatch } from '../../../core/contract/index.ts';
import { intakeFromBatch } from '../../../core/readings/index.ts';
import { httpDelivery, type HttpDelivery, outcomeOf, waitOf } from '../../../collectors/agent/http-send.ts';
import { parcelOf } from '../../../collectors/agent/parcel.ts';
import { MAX_IN_MEMORY, type Queue, queueOn } from '../../../collectors/agent/queue.ts';
import { type Sender, startSender } from '../../../collectors/agent/sender.ts';
import { openSpool, type Spool } from '../../../collectors/agent/spool.ts';
import { waitFor } from '../../../collectors/agent/backoff.ts';
import type { Send } from '../../../collectors/agent/index.ts';
import { ingestSink, type IngestSink } from '../../support/ingest-sink.ts';

const BACKOFF = { first: 0.02, most: 0.1 };
let folder = '';
let sink: IngestSink;
let http: HttpDelivery;
let said: string[] = [];
let refused: string[] = [];
let losses: number[] = [];
const log = { info: (text: string) => said.push(text), warn: (text: string) => said.push(text) };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-delivery-'));
  sink = await ingestSink();
  http = httpDelivery({ server: sink.url, token: 'secret' });
  [said, refused, losses] = [[], [], []];
});
afterEach(async () => {
  vi.useRealTimers();
  http.close();
  await sink.close();
  rmSync(folder, { recursive: true, force: true });
});

const batch = (seq: number): IngestBatch => ({
  source: 'agent/n1/x',
  seq,
  node: 'n1',
  blocks: [{ entity: { kind: 'host', id: 'n1' }, t: [1_700_000_000 + seq], columns: { 'host.load1': [seq] } }],
});
const seqs = (): number[] => sink.stored.map((each) => each.seq);

interface Line {
  readonly spool: Spool | null;
  readonly queue: Queue;
  readonly sender: Sender;
  push(...numbers: number[]): Promise<void>;
  end(seconds?: number): Promise<void>;
}

async function line(onDisk = true, send: Send = http.send): Promise<Line> {
  const lost = (batches: number): void => void losses.push(batches);
  const spool = onDisk ? await openSpool({ folder, limit: 1024 * 1024 }, lost) : null;
  const queue = queueOn(spool, lost);
  const sender = startSender({ queue, send, backoff: BACKOFF, log, refused: (reason) => refused.push(reason) });
  return {
    spool,
    queue,
    sender,
    async push(...numbers) {
      for (const number of numbers) {
        await queue.push(parcelOf(intakeFromBatch(batch(number))));
        sender.wake();
      }
    },
    async end(seconds = 1) {
      await sender.stop(seconds);
      await spool?.close();
    },
  };
}

describe('batches on their way to the server', () => {
  it('go at once, with the token, and touch no disk while the server takes them', async () => {
    const own = await line();
    await own.push(1, 2, 3);
    await expect.poll(seqs).toEqual([1, 2, 3]);
    expect(sink.authorization()).toBe('Bearer secret');
    expect(readdirSync(folder)).toEqual(['lock']);
    await own.end();
  });

  it('wait on disk while the server is away, and are sent afterwards in order, once', async () => {
    const own = await line();
    await own.push(1);
    await expect.poll(seqs).toEqual([1]);
    await sink.down();
    await own.push(2, 3, 4);
    await expect.poll(() => own.spool?.count()).toBe(3);
    await sink.up();
    await own.push(5);
    await expect.poll(seqs).toEqual([1, 2, 3, 4, 5]);
    await expect.poll(() => own.queue.count()).toBe(0);
    await own.end();
    expect(said[0]).toMatch(/^the server does not take readings \(.*\): they are kept and sent later$/);
    expect(said.at(-1)).toMatch(/takes readings again/);
    expect(said).toHaveLength(2); // not a line for every attempt
  });

  it('a reply that is lost makes a second request, not a second batch', async () => {
    sink.mood = 'lose';
    const own = await line();
    await own.push(1);
    await expect.poll(() => sink.repeated()).toBeGreaterThan(0);
    sink.mood = 'well';
    await own.push(2);
    await expect.poll(seqs).toEqual([1, 2]);
    await own.end();
    expect(losses).toEqual([]);
  });

  it('a batch that will never be taken does not hold up the others', async () => {
    const own = await line();
    sink.mood = 'refusing';
    await own.push(1);
    await expect.poll(() => refused).toEqual(['400 not this one']);
    sink.mood = 'well';
    await own.push(2);
    await expect.poll(seqs).toEqual([2]);
    await own.end();
  });

  it('a token that is not accepted keeps the readings and says what to do', async () => {
    sink.mood = 'strange-token';
    const own = await line();
    await own.push(1);
    await expect.poll(() => said[0] ?? '').toContain('the token is not accepted (401 unknown token): give one that may write');
    sink.mood = 'well';
    await expect.poll(seqs).toEqual([1]);
    await own.end();
  });

  it('what cannot be sent at the end stays for the next run', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    sink.mood = 'hang';
    const own = await line();
    await own.push(1, 2);
    await expect.poll(() => sink.requests()).toBe(1);
    const end = own.end(0.3);
    vi.advanceTimersByTime(300); // a delivery by itself is cut after fifteen seconds, which do not pass here
    await end;
    vi.useRealTimers();
    sink.mood = 'well';
    const next = await line();
    expect(next.spool?.count()).toBe(2);
    next.sender.wake();
    await expect.poll(seqs).toEqual([1, 2]);
    await next.end();
  });

  it('the end sends what is there first', async () => {
    const own = await line();
    await own.push(1, 2, 3);
    await own.end();
    expect(seqs()).toEqual([1, 2, 3]);
  });

  it('without a disk at most a hundred wait; the oldest go and are counted', async () => {
    sink.mood = 'failing';
    const own = await line(false);
    await own.push(...Array.from({ length: MAX_IN_MEMORY + 5 }, (_, index) => index + 1));
    expect(losses).toEqual([1, 1, 1, 1, 1]);
    sink.mood = 'well';
    await expect.poll(() => seqs().at(-1)).toBe(MAX_IN_MEMORY + 5);
    // The first was under way while it was dropped: it may have arrived all the same.
    expect(seqs().filter((seq) => seq > 1)).toEqual(Array.from({ length: MAX_IN_MEMORY }, (_, index) => index + 6));
    await own.end();
  });

  it('a delivery that throws counts as away', async () => {
    let calls = 0;
    const own = await line(false, async () => {
      calls += 1;
      if (calls === 1) throw new Error('the store is busy');
      return { kind: 'stored' };
    });
    await own.push(1);
    await expect.poll(() => own.queue.count()).toBe(0);
    expect(calls).toBe(2);
    await own.end();
  });

  it('many pushes and moods at random lose and double nothing, and keep the order', async () => {
    const own = await line();
    const moods = ['well', 'failing', 'lose', 'well', 'failing', 'lose'] as const;
    for (let number = 1; number <= 60; number += 1) {
      sink.mood = moods[(number * 7) % moods.length] ?? 'well';
      await own.push(number);
      const before = sink.requests();
      if (number % 5 === 0) await expect.poll(() => sink.requests() > before || own.queue.count() === 0, { interval: 5 }).toBe(true);
    }
    sink.mood = 'well';
    await expect.poll(() => seqs().length).toBe(60);
    expect(seqs()).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    await own.end();
    expect(losses).toEqual([]);
  });
});

const STRANGER = 'something else answers at this address (a proxy, a login page?): give --server the address of Headroom itself';
const problem = (error: string): string => JSON.stringify({ error, where: 'body', remedy: 'another' });

describe('what a reply means', () => {
  it.each<[number, string, object]>([
    [200, '{"durable":1,"duplicate":false,"rejected":[]}', { kind: 'stored' }],
    [200, '{"durable":0,"duplicate":true,"rejected":[],"more":1}', { kind: 'stored' }],
    [
      200,
      '{"durable":1,"duplicate":false,"rejected":[{"at":"blocks/0","reason":"no such metric"}]}',
      { kind: 'stored', note: 'the server left out 1 of a batch: {"at":"blocks/0","reason":"no such metric"}' },
    ],
    [503, problem('busy'), { kind: 'later', reason: '503 busy' }],
    [502, '<html>bad gateway</html>', { kind: 'later', reason: '502 <html>bad gateway</html>' }],
    [401, problem('unknown token'), { kind: 'later', reason: 'the token is not accepted (401 unknown token): give one that may write' }],
    [403, '', { kind: 'later', reason: 'the token is not accepted (403): give one that may write' }],
    [404, '', { kind: 'later', reason: 'no Headroom at this address (404)' }],
    [408, '', { kind: 'later', reason: '408' }],
    ...[400, 409, 413, 415, 422].map((status): [number, string, object] => [status, problem('never'), { kind: 'refused', reason: `${status} never` }]),
    // Somebody else has no say in what is dropped.
    [413, '<h1>Request Entity Too Large</h1>', { kind: 'later', strange: true, reason: `413 <h1>Request Entity Too Large</h1>: ${STRANGER}` }],
    [400, '{"message":"bad"}', { kind: 'later', strange: true, reason: `400 {"message":"bad"}: ${STRANGER}` }],
    [400, '{"error":"bad"}', { kind: 'later', strange: true, reason: `400 {"error":"bad"}: ${STRANGER}` }],
  ])('%i %s', (status, text, outcome) => {
    expect(outcomeOf({ status, text })).toEqual(outcome);
  });

  it.each([
    '',
    'OK',
    '<!doctype html><title>Sign in</title>',
    'null',
    'true',
    '[]',
    '{}',
    '{"status":"ok"}',
    '{"durable":1}',
    '{"durable":"1","duplicate":false,"rejected":[]}',
    '{"durable":1.5,"duplicate":false,"rejected":[]}',
    '{"durable":-1,"duplicate":false,"rejected":[]}',
    '{"durable":1e99,"duplicate":false,"rejected":[]}',
    '{"durable":1,"duplicate":0,"rejected":[]}',
    '{"durable":1,"duplicate":false,"rejected":{}}',
    '{"durable":1,"duplicate":false,"rejected":["x"]}',
    '{"durable":1,"duplicate":false,"rejected":[{"at":1,"reason":"x"}]}',
    '[{"durable":1,"duplicate":false,"rejected":[]}]',
    '{"durable":1,"duplicate":false,"rejected":[]}<!-- proxy -->',
    '{"durable":1,"duplicate":false,"rej',
  ])('200 with the body %j stores nothing', (text) => {
    expect(outcomeOf({ status: 200, text })).toMatchObject({ kind: 'later', strange: true });
  });

  it.each([201, 202, 204, 206, 226])('%i is not what the contract answers, whatever its body', (status) => {
    expect(outcomeOf({ status, text: '{"durable":1,"duplicate":false,"rejected":[]}' })).toMatchObject({ kind: 'later', strange: true });
  });

  it('a redirect is not followed; it is named without what its address carries', () => {
    const location = 'https://me:pw@login.example.org/sign-in?ticket=abc#x';
    for (const status of [301, 302, 303, 307, 308]) {
      expect(outcomeOf({ status, text: '', location })).toEqual({
        kind: 'later',
        strange: true,
        reason: `${status}, a redirect to https://login.example.org/sign-in: give --server the address where Headroom is`,
      });
    }
  });

  it('no more than a line of a stranger is told, without signs that steer a terminal', () => {
    const outcome = outcomeOf({ status: 200, text: `a\u001b[31m\n${'x'.repeat(5000)}` });
    expect(outcome.kind === 'later' && outcome.reason).toMatch(/^200 a \[31m x{90,94}: something else/);
  });
});

describe('Retry-After', () => {
  const NOW = 1_700_000_000; // Tue, 14 Nov 2023 22:13:20 GMT
  it.each([
    ['7', { retryAfter: 7 }],
    ['0', { retryAfter: 0 }],
    [' 30 ', { retryAfter: 30 }],
    ['99999999', { retryAfter: 86_400 }],
    ['Tue, 14 Nov 2023 22:14:20 GMT', { retryAfter: 60 }],
    ['Tue, 14 Nov 2023 22:13:19 GMT', { retryAfter: 0 }],
    ['Fri, 31 Dec 2999 23:59:59 GMT', { retryAfter: 86_400 }],
    ['Tuesday, 14-Nov-23 22:14:20 GMT', { retryAfter: 60 }],
    ['soon', {}],
    ['-5', {}],
    ['1e3', {}],
    ['', {}],
    [undefined, {}],
    ['9'.repeat(5000), {}],
  ])('%s', (header, wait) => {
    expect(waitOf(header, NOW)).toEqual(wait);
  });

  it('is told to the sender with a 429 and a 503', () => {
    expect(outcomeOf({ status: 429, text: problem('too many rows a minute'), retryAfter: '12' })).toEqual({
      kind: 'later',
      reason: '429 too many rows a minute',
      retryAfter: 12,
    });
    expect(outcomeOf({ status: 503, text: '', retryAfter: '3' })).toEqual({ kind: 'later', reason: '503', retryAfter: 3 });
  });
});

describe('the wait before the next attempt', () => {
  it.each([
    [1, 0, 0.5],
    [1, 1, 1],
    [2, 1, 2],
    [6, 1, 32],
    [7, 1, 60],
    [7, 0, 30],
    [1000, 1, 60],
  ])('attempt %i by chance %d: %d s', (n, chance, seconds) => {
    expect(waitFor(n, { first: 1, most: 60 }, () => chance)).toBe(seconds);
  });
});
