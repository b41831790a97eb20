import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gpuBatch, openStream, removeFolders, startService, type TestService } from '../../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService({
    env: { HEADROOM_HEADER_SECONDS: '1', HEADROOM_REQUEST_SECONDS: '2', HEADROOM_IDLE_SECONDS: '5', HEADROOM_KEEPALIVE_SECONDS: '1' },
  });
});
afterAll(async () => {
  await service.stop();
  removeFolders();
});

/** A connection that sends text and no more; gives what came back until the server closed it, and when. */
const raw = (text: string): Promise<{ reply: string; seconds: number }> =>
  new Promise((resolve, reject) => {
    const began = Date.now();
    const { port } = new URL(service.address);
    let reply = '';
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(text));
    socket.setEncoding('utf8');
    socket.on('data', (chunk: Buffer | string) => (reply += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve({ reply, seconds: (Date.now() - began) / 1000 }));
  });
const head = (line: string, more = '') => `${line} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${service.token}\r\n${more}\r\n`;
const bodyOf = (reply: string) => JSON.parse(reply.slice(reply.indexOf('\r\n\r\n') + 4)) as { error: string; where: string; remedy: string };

describe('a request', () => {
  it('whose headers do not come is answered 408 and closed', async () => {
    const { reply } = await raw('GET /api/health HTTP/1.1\r\nhost: 127.0.0.1\r\n');
    expect(reply).toMatch(/^HTTP\/1.1 408 /);
    expect(bodyOf(reply)).toMatchObject({ error: 'the headers did not come in time', where: 'headers' });
  });

  it('whose body does not come is answered 408 and closed', async () => {
    const { reply, seconds } = await raw(head('POST /api/ingest', 'content-type: application/json\r\ncontent-length: 1000\r\n') + '{"source":');
    expect(reply).toMatch(/^HTTP\/1.1 408 /);
    expect(bodyOf(reply)).toMatchObject({ error: 'the request was not there within 2 s', where: 'body' });
    expect(seconds).toBeGreaterThan(1.9);
  });

  it('whose body drips in for ever is no exception', async () => {
    const { port } = new URL(service.address);
    const status = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () =>
        socket.write(head('POST /api/ingest', 'content-type: application/json\r\ntransfer-encoding: chunked\r\n')),
      );
      const drip = setInterval(() => socket.write('1\r\n \r\n'), 200);
      socket.on('data', (chunk) => resolve(chunk.toString().slice(0, 12)));
      socket.on('error', reject).on('close', () => clearInterval(drip));
    });
    expect(status).toBe('HTTP/1.1 408');
  });

  it('that is none is told so in the shape of every refusal', async () => {
    const { reply } = await raw('hello\r\n\r\n');
    expect(reply).toMatch(/^HTTP\/1.1 400 /);
    expect(bodyOf(reply)).toMatchObject({ error: 'this is no HTTP request' });
  });

  it('may be followed by others on its connection, which is closed after a while without any', async () => {
    const { reply, seconds } = await raw(head('GET /api/session'));
    expect(reply).toMatch(/^HTTP\/1.1 200 /);
    expect(reply.toLowerCase()).not.toContain('connection: close');
    expect(seconds).toBeGreaterThan(0.9);
    expect((await service.ingest(gpuBatch('after', 1, 'GPU-after', [Date.now() / 1000], { 'gpu.power': [1] }))).status).toBe(200);
  });
});

describe('a connection', () => {
  it('without a byte is closed', async () => {
    const { reply } = await raw('');
    expect(reply === '' || reply.startsWith('HTTP/1.1 408')).toBe(true);
  });
});

describe('a stream', () => {
  it('lives longer than any of these, silence included, and is acknowledged at its end', async () => {
    const open = openStream(service.address, 'node=patient', service.token);
    const row = (watts: number) => `    0     ${watts}     61     58     97     64      0      0      0      0   1215   1410\n`;
    open.request.write(
      '# gpu     pwr  gtemp  mtemp     sm    mem    enc    dec    jpg    ofa   mclk   pclk\n# Idx       W      C      C      %      %      %      %      %      %    MHz    MHz\n',
    );
    open.request.write(row(300) + row(301));
    await open.until((line) => Number(line['durable']) > 0);
    // Beyond the request's, the headers' and the idle limit: of a limit that must not strike no event tells that it has passed.
    await sleep(7_000);
    expect(open.lines.some((line) => 'end' in line)).toBe(false);
    const before = Number(open.lines.at(-1)?.['durable']);
    open.request.write(row(302) + row(303));
    await open.until((line) => Number(line['durable']) > before);
    open.request.end();
    await open.ended;
    expect(open.lines.at(-1)).toMatchObject({ end: 'the sender ended the stream', rejected: 0 });
  });
});
