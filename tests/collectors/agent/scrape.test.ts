// Past the door of collectors/agent: one page, one port, one failure at a time.
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Batch } from '../../../core/readings/index.ts';
import { discover } from '../../../collectors/agent/scrape.ts';
import { fetchPage, instanceOf } from '../../../collectors/agent/fetch-page.ts';
import { scraper } from '../../../collectors/agent/scrape.ts';

const PAGE = [
  '# TYPE vllm:num_requests_running gauge',
  'vllm:num_requests_running{model_name="m"} 3',
  '# TYPE vllm:generation_tokens counter',
  'vllm:generation_tokens_total{model_name="m"} 1000',
  '# TYPE node_load1 gauge',
  'node_load1 4',
  '',
].join('\n');
let server: Server;
let port = 0;
let page = PAGE;
let status = 200;
let authorization: string | undefined;
let asked = 0;
const nobody = new AbortController().signal;

beforeEach(async () => {
  [page, status, asked] = [PAGE, 200, 0];
  server = createServer((request, reply) => {
    asked += 1;
    authorization = request.headers.authorization;
    if (page === 'hang') return;
    reply.writeHead(status).end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo); // a listening TCP server
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function watch(address = `http://127.0.0.1:${port}/metrics`) {
  const readings: Batch['readings'][number][] = [];
  const troubles: string[] = [];
  const own = scraper({
    address,
    node: 'n1',
    interval: 1,
    signal: nobody,
    seen: (batch) => readings.push(...batch.readings),
    trouble: (text) => troubles.push(text),
  });
  return { ...own, readings, troubles };
}

describe('a /metrics page', () => {
  it('is read at each sample, stamped on arrival, and named by our node and its port: two nodes’ localhost are two engines', async () => {
    const own = watch();
    await own.scrape();
    page = PAGE.replace(' 1000', ' 1200');
    await own.scrape();
    expect(own.readings.map((reading) => [reading.entity.kind, reading.values['engine.generationTokens']])).toEqual([
      ['engine', 1000],
      ['engine', 1200],
    ]);
    expect(own.readings[0]?.entity).toMatchObject({ node: 'n1', id: `vllm@n1:${port}` });
    expect(Math.abs((own.readings[1]?.at ?? 0) - Date.now() / 1000)).toBeLessThan(60);
    expect(own.troubles).toEqual([]);
  });

  it("this machine's own host values are left out: the agent reads them itself", async () => {
    const own = watch();
    await own.scrape();
    expect(own.readings.some((reading) => reading.entity.kind === 'host')).toBe(false);
  });

  it('credentials in the address are sent, and stand in no name and no message', async () => {
    status = 500;
    const own = watch(`http://me:pass%20word@127.0.0.1:${port}/metrics`);
    for (let turn = 0; turn < 3; turn += 1) await own.scrape();
    expect(authorization).toBe(`Basic ${Buffer.from('me:pass word').toString('base64')}`);
    expect(own.troubles).toEqual([`http metrics of 127.0.0.1:${port}: status 500`]);
  });

  it('one that is away is told once, asked for rarely, and told when it is back', async () => {
    status = 500;
    const own = watch();
    for (let turn = 0; turn < 30; turn += 1) await own.scrape();
    expect(asked).toBeLessThan(12);
    status = 200;
    for (let turn = 0; turn < 6; turn += 1) await own.scrape();
    expect(own.troubles).toEqual([`http metrics of 127.0.0.1:${port}: status 500`, `http metrics of 127.0.0.1:${port}: there again`]);
    expect(own.readings.length).toBeGreaterThan(0);
  });

  it('one that hangs is given up in time', async () => {
    page = 'hang';
    expect(await fetchPage(`http://127.0.0.1:${port}/metrics`, 0.2, nobody)).toEqual({ kind: 'failed', reason: 'no answer within 0.2 s' });
  });

  it('one without end is broken off', async () => {
    page = 'x'.repeat(17 * 1024 * 1024);
    expect(await fetchPage(`http://127.0.0.1:${port}/metrics`, 10, nobody)).toEqual({ kind: 'failed', reason: 'longer than 16777216 bytes' });
  });

  it('a line without end is left out and told once; the others are read', async () => {
    page = `x{a="${'b'.repeat(20_000)}"} 1\n${PAGE}`;
    const own = watch();
    await own.scrape();
    await own.scrape();
    expect(own.readings.map((reading) => reading.values['engine.generationTokens'])).toEqual([1000, 1000]);
    expect(own.troubles).toEqual([`http metrics of 127.0.0.1:${port}: lines longer than 16384 characters are left out`]);
  });

  it('a long page is read in pieces: others have their turn meanwhile, and nothing is lost at the cuts', async () => {
    page = `${Array.from({ length: 40_000 }, (_, index) => `vllm:num_requests_running{model_name="m${index % 50}",x="${index}"} 1`).join('\n')}\n${PAGE}`;
    const own = watch();
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 1);
    await own.scrape();
    clearInterval(counting);
    expect(turns).toBeGreaterThan(8);
    expect(own.readings.some((reading) => reading.values['engine.generationTokens'] === 1000)).toBe(true);
    expect(own.troubles).toEqual([]);
  });

  it('an address is named by host and port', () => {
    expect(instanceOf('http://me:secret@gpu1:8000/metrics')).toBe('gpu1:8000');
  });
});

describe('looking for exporters and engines', () => {
  it('finds a page from which something can be read, once', async () => {
    const address = `http://127.0.0.1:${port}/metrics`;
    expect(await discover([port], new Set(), nobody)).toContain(address);
    expect(await discover([port], new Set([address]), nobody)).not.toContain(address);
  });

  it('a web page on that port is none', async () => {
    page = '<html><body>hello</body></html>';
    expect(await discover([port], new Set(), nobody)).not.toContain(`http://127.0.0.1:${port}/metrics`);
  });
});
