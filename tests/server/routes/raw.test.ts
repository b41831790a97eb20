import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createClient } from '@libsql/client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { JobDetail, NodeDetail, SeriesReply } from '../../../core/contract/index.ts';
import { ask, openStream, removeFolders, startService, type TestService } from '../../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(async () => {
  await service.stop();
  removeFolders();
});

const HEADER =
  '# gpu     pwr  gtemp  mtemp     sm    mem    enc    dec    jpg    ofa   mclk   pclk\n# Idx       W      C      C      %      %      %      %      %      %    MHz    MHz\n';
const row = (watts: number, gpu = 0) => `    ${gpu}     ${watts}     61     58     97     64      0      0      0      0   1215   1410\n`;
const stream = (query: string, headers?: Record<string, string>) => openStream(service.address, query, service.token, headers);
const put = (query: string, body: string | Buffer, headers: Record<string, string> = {}) =>
  ask(service.address, `/api/ingest/raw?${query}`, { method: 'PUT', body, headers: { authorization: `Bearer ${service.token}`, ...headers } });
const lastLine = (text: string) => JSON.parse(text.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
/** Every stored value, not bucketed. */
const powers = async (path: string, from = service) => {
  const { series } = await from.get<SeriesReply>(`${path}/series?metrics=gpu.power`);
  const time = { from: Date.now() / 1000 - 3600, to: Date.now() / 1000 + 1 };
  const entities = series.map((one) => ({ kind: 'gpu' as const, id: one.entity.id }));
  const tables = await from.running.service.store.series.tables({ entities, ...time });
  return Object.fromEntries(tables.map((table) => [table.entity.id, [...(table.columns.get('gpu.power') ?? [])]]));
};

describe('a stream', () => {
  it('is stored and acknowledged while it goes on, each line before the next is sent', async () => {
    const open = stream('node=live');
    open.request.write(HEADER + row(300));
    open.request.write(row(310));
    await open.until((line) => Number(line['durable']) > 0);
    for (const watts of [320, 330, 340]) {
      const before = Number(open.lines.at(-1)?.['durable']);
      open.request.write(row(watts));
      await open.until((line) => Number(line['durable']) > before);
    }
    open.request.end();
    await open.ended;
    expect(open.status()).toBe(200);
    expect(open.lines.at(-1)).toMatchObject({ end: 'the sender ended the stream', rejected: 0 });
    expect(await powers('/api/nodes/live')).toEqual({ 'live#0': [300, 310, 320, 330, 340] });
  });

  it('needs no content type, and takes any that the sender thinks it has', async () => {
    for (const [index, type] of ['text/plain', 'application/json', 'application/x-www-form-urlencoded'].entries()) {
      const reply = await put(`node=type${index}`, HEADER + row(300), { 'content-type': type });
      expect(reply.status).toBe(200);
      expect(lastLine(reply.text)).toMatchObject({ rejected: 0 });
    }
  });

  it('keeps what is good around a line that is not, and says which line and why', async () => {
    const reply = await put('node=bad', `${HEADER}${row(300)}    0     310     61\n${row(320)}`);
    const lines = reply.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { rejected?: { line: number; text: string } });
    expect(lines.find((line) => typeof line.rejected === 'object')?.rejected).toMatchObject({ line: 4 });
    expect(await powers('/api/nodes/bad')).toEqual({ 'bad#0': [300, 320] });
  });

  it('is told of a reading that cannot be kept by the name of its GPU: the server’s blocks are no places in the stream', async () => {
    const reply = await put(
      'node=dated',
      'timestamp, uuid, power.draw [W]\n2020/01/01 10:00:00.000, GPU-aged, 100.00 W\n2020/01/01 10:00:01.000, GPU-aged, 101.00 W\n',
    );
    const lines = reply.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { rejected?: { at: string; reason: string } });
    expect(lines.find((line) => typeof line.rejected === 'object')?.rejected).toMatchObject({
      at: 'gpu GPU-aged',
      reason: expect.stringContaining('30 days') as unknown,
    });
  });

  it('may be compressed', async () => {
    const reply = await put('node=zipped', gzipSync(HEADER + row(300)), { 'content-encoding': 'gzip' });
    expect(reply.status).toBe(200);
    expect((await put('node=zipped', 'not gzip', { 'content-encoding': 'gzip' })).status).toBe(400);
  });

  it('whose clock goes back keeps the printed times and says so', async () => {
    const at = (seconds: number) =>
      new Date((Math.floor(Date.now() / 1000) - 200 + seconds) * 1000).toISOString().slice(0, 23).replace('T', ' ').replaceAll('-', '/');
    const csv = (seconds: number, watts: number) => `${at(seconds)}, GPU-clock, ${watts} W\n`;
    const reply = await put('node=clock', `timestamp, uuid, power.draw [W]\n${csv(100, 300)}${csv(101, 301)}${csv(40, 302)}${csv(41, 303)}`);
    expect(reply.text).toContain('went back by 61 s');
    expect(await powers('/api/nodes/clock')).toEqual({ 'GPU-clock': [302, 303, 300, 301] });
  });
});

describe('what is no tool’s output', () => {
  it('is refused with its beginning, binary and empty included', async () => {
    const words = await put('node=x', 'hello world\nthis is a letter\nto nobody\n');
    expect(words.status).toBe(415);
    expect(JSON.parse(words.text)).toMatchObject({ error: expect.stringContaining('it starts with "hello world') as string });
    const binary = await put('node=x', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0xff, 0xfe]));
    expect(binary.status).toBe(415);
    expect(binary.text).toContain('not text');
    expect((await put('node=x', '')).status).toBe(415);
    expect((await put('node=x&collector=nope', 'x')).status).toBe(400);
  });

  it('is refused after 64 KiB though the sender would go on for ever', async () => {
    const open = stream('node=x');
    const line = `${'lorem ipsum '.repeat(80)}\n`;
    for (let sent = 0; sent < 66 * 1024; sent += line.length) open.request.write(line);
    await open.ended;
    expect(open.status()).toBe(415);
    open.request.destroy();
  });

  it('after a good beginning ends the stream, and what was good stays', async () => {
    const open = stream('node=turned');
    open.request.write(HEADER + row(300) + row(310));
    await open.until((line) => Number(line['durable']) > 0);
    const zeros = Buffer.alloc(1024 * 1024, 0x30);
    let over = false;
    void open.ended.then(() => (over = true));
    for (let mebibytes = 0; mebibytes < 40 && !over; mebibytes += 1) {
      if (!open.request.write(zeros)) await Promise.race([new Promise((resolve) => open.request.once('drain', resolve)), open.ended]);
    }
    await open.ended;
    expect(open.lines.some((line) => String(line['error']).includes('without one reading'))).toBe(true);
    open.request.destroy();
    expect((await powers('/api/nodes/turned'))['turned#0']?.[0]).toBe(300);
  });
});

describe('a recorded file', () => {
  const rows = Array.from({ length: 5_000 }, (_, index) => row(100 + (index % 200))).join('');

  it('without times is refused at once, with the remedy, not after a million rows', async () => {
    const reply = await put('node=recorded', HEADER + rows);
    const last = lastLine(reply.text);
    expect(last['error']).toContain('this is a recorded file');
    expect(last['remedy']).toContain('&period=1');
    expect(reply.status).toBe(422);
    // Nothing of it is kept under times that it does not have.
    expect((await ask(service.address, '/api/nodes/recorded', { headers: { authorization: `Bearer ${service.token}` } })).status).toBe(404);
  });

  it('with its start and period is kept whole', async () => {
    const reply = await put(`node=told&period=10&start=${Math.floor(Date.now() / 1000) - 86_400}`, HEADER + rows);
    expect(lastLine(reply.text)).toMatchObject({ durable: 45_000, rejected: 0 });
  });

  it('whose start is no time, or whose period has none, is refused by its query', async () => {
    expect((await put('node=x&start=noon&period=1', HEADER)).status).toBe(400);
    expect((await put('node=x&period=1', HEADER)).status).toBe(400);
    expect((await put('node=x&tz=Nope/Zone', HEADER)).status).toBe(400);
  });
});

describe('hostile streams', () => {
  it('do not hold up anything else: health answers while they are read', async () => {
    const csv = 'timestamp, uuid, power.draw [W]\n';
    const hostile = [
      csv + `2026/11/26 10:00:00.000, GPU-1, ${'0'.repeat(400_000)}\n`.repeat(20),
      csv + `${' '.repeat(400_000)}:\n`.repeat(20),
      `${'GPU '.repeat(60_000)}\n`.repeat(20),
      `# HELP x y\n${'a{'.repeat(100_000)}\n`.repeat(20),
      HEADER + `${'9 '.repeat(100_000)}\n`.repeat(20),
    ];
    let over = false;
    const all = Promise.all(hostile.map((body, index) => put(`node=hostile${index}`, body))).finally(() => (over = true));
    const waits: number[] = [];
    do {
      const before = performance.now();
      expect((await ask(service.address, '/api/health')).status).toBe(200);
      waits.push(performance.now() - before);
      await new Promise((resolve) => setTimeout(resolve, 20));
    } while (!over);
    for (const reply of await all) expect([200, 415, 422]).toContain(reply.status);
    waits.sort((a, b) => a - b);
    // The longest alone would also be a core that others took.
    expect(waits[Math.floor(waits.length * 0.9)]).toBeLessThan(250);
  });

  it('are told which line was not read, and the next line is', async () => {
    const reply = await put('node=long', `${HEADER}${row(300)}    0     ${'0'.repeat(400_000)}\n${row(320)}`);
    expect(reply.text).toContain('"line":4');
    expect(await powers('/api/nodes/long')).toEqual({ 'long#0': [300, 320] });
  });
});

describe('two jobs on one node', () => {
  it('that each print "GPU 0" keep their readings apart', async () => {
    const bodies = await Promise.all([put('node=shared&job=c/41', HEADER + row(100) + row(100)), put('node=shared&job=c/42', HEADER + row(400) + row(400))]);
    expect(bodies.map((reply) => reply.status)).toEqual([200, 200]);
    expect(
      Object.values(await powers('/api/jobs/c/41'))
        .flat()
        .every((watts) => watts === 100),
    ).toBe(true);
    expect(
      Object.values(await powers('/api/jobs/c/42'))
        .flat()
        .every((watts) => watts === 400),
    ).toBe(true);
    const one = await service.get<JobDetail>('/api/jobs/c/41');
    expect(one.job).toMatchObject({ nodes: ['shared'], state: 'running', gpuCount: 1 });
    expect(one.entities.map((entity) => entity.id)).toEqual(['shared/c/41#0']);
  });

  it('whose GPUs are declared get their UUIDs, in the order of the job’s own indices', async () => {
    const declare = (id: string, uuid: string) =>
      ask(service.address, `/api/jobs/c/${id}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${service.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ state: 'running', start: Date.now() / 1000 - 60, nodes: ['both'], gpus: [{ uuid, node: 'both' }] }),
      });
    expect((await declare('51', 'GPU-x')).status).toBe(200);
    expect((await declare('52', 'GPU-y')).status).toBe(200);
    await put('node=both&job=c/51', HEADER + row(151));
    await put('node=both&job=c/52', HEADER + row(152));
    expect(await powers('/api/jobs/c/51')).toEqual({ 'GPU-x': [151] });
    expect(await powers('/api/jobs/c/52')).toEqual({ 'GPU-y': [152] });
    // The node's own tool, outside any job, prints an index that joins none of them.
    await put('node=both', HEADER + row(999));
    const node = await service.get<NodeDetail>('/api/nodes/both');
    expect(node.entities.find((entity) => entity.id === 'both#0')?.jobs).toEqual([]);
    expect(node.entities.find((entity) => entity.id === 'GPU-x')?.jobs).toEqual(['c/51']);
    expect(await powers('/api/jobs/c/51')).toEqual({ 'GPU-x': [151] });
  });
});

describe('many and long streams', () => {
  it('do not fill the memory when the sender is faster than the disk', async () => {
    const open = stream(`node=fast&period=1&start=${Math.floor(Date.now() / 1000) - 2 * 86_400}`);
    const block = HEADER + Array.from({ length: 2000 }, (_, index) => row(100 + (index % 200))).join('');
    const before = process.memoryUsage().rss;
    let sent = 0;
    for (let repeat = 0; repeat < 60; repeat += 1) {
      sent += block.length;
      if (!open.request.write(block)) await new Promise((resolve) => open.request.once('drain', resolve));
      // What is on its way is bounded by the sockets' buffers, not by the length of the stream.
      expect(open.request.writableLength).toBeLessThan(4 * 1024 * 1024);
    }
    open.request.end();
    await open.ended;
    expect(open.lines.at(-1)).toMatchObject({ bytes: sent });
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
  });

  it('wait while the disk cannot be written, and lose nothing', async () => {
    const open = stream('node=held');
    open.request.write(HEADER + row(1));
    open.request.write(row(2));
    await expect.poll(() => powers('/api/nodes/held').catch(() => ({}))).toEqual({ 'held#0': [1, 2] });
    // Nine values a row: an acknowledgement from before the lock may still be on its way to us.
    const acknowledged = Number((await open.until((line) => Number(line['durable']) >= 18))['durable']);
    const outside = createClient({ url: `file:${join(service.data, 'series.db')}`, timeout: 5000 });
    onTestFinished(() => outside.close());
    await outside.execute('BEGIN EXCLUSIVE');
    open.request.write(row(3));
    await expect.poll(() => service.running.service.store.trouble()).toContain('holds the series file');
    // Reads stand in line behind the write that waits: what was acknowledged says as much.
    expect(Number(open.lines.at(-1)?.['durable'])).toBe(acknowledged);
    await outside.execute('ROLLBACK');
    open.request.end(row(4));
    await open.ended;
    expect(open.lines.at(-1)).toMatchObject({ end: 'the sender ended the stream' });
    expect(await powers('/api/nodes/held')).toEqual({ 'held#0': [1, 2, 3, 4] });
  });

  it('of a stranger are cut off, not read for hours', async () => {
    const open = openStream(service.address, 'node=x', 'wrong');
    const timer = setInterval(() => {
      open.request.write(row(1));
    }, 10);
    const closed = new Promise((resolve) => open.request.on('close', resolve));
    await open.ended;
    expect(open.status()).toBe(401);
    await closed;
    clearInterval(timer);
  });

  it('end after their last commit when the service stops, and it does not wait for their senders', async () => {
    const other = await startService();
    const open = openStream(other.address, 'node=stop', other.token);
    open.request.write(HEADER + row(300) + row(310));
    await open.until((line) => Number(line['durable']) > 0);
    await other.stop();
    await open.ended;
    expect(String(open.lines.at(-1)?.['end'])).toContain('the server is stopping');
    open.request.destroy();
    const again = await startService({ data: other.data });
    expect(await powers('/api/nodes/stop', again)).toEqual({ 'stop#0': [300, 310] });
    await again.stop();
  });
});
