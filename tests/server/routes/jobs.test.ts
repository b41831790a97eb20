import { Value } from 'typebox/value';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  decodeSeries,
  FindingsReplySchema,
  HealthSchema,
  type Job,
  type JobDetail,
  JobDetailSchema,
  JobSchema,
  type JobsPage,
  JobsPageSchema,
  NodeDetailSchema,
  type NodesReply,
  NodesReplySchema,
  type Overview,
  OverviewSchema,
  type SeriesReply,
  SERIES_BYTES,
  seriesJson,
  SeriesReplySchema,
  SessionSchema,
} from '../../../core/contract/index.ts';
import { ask, gpuBatch, removeFolders, startService, type TestService } from '../../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(async () => {
  await service.stop();
  removeFolders();
});

const start = Math.floor(Date.now() / 1000) - 600;
const declare = (path: string, body: object) =>
  ask(service.address, `/api/jobs/${path}`, {
    method: 'PUT',
    body: JSON.stringify(body),
    headers: { authorization: `Bearer ${service.token}`, 'content-type': 'application/json' },
  });

describe('declaring a job', () => {
  it('may be repeated; fields left out keep their value', async () => {
    const first = await declare('alvis/1', {
      name: 'llama',
      user: 'ada',
      start,
      state: 'running',
      nodes: ['alvis1'],
      gpus: [{ uuid: 'GPU-1', node: 'alvis1' }],
    });
    expect(first.status).toBe(200);
    const second = await declare('alvis/1', { project: 'NAISS-1' });
    expect(JSON.parse(second.text)).toMatchObject({ name: 'llama', user: 'ada', project: 'NAISS-1', gpuCount: 1, state: 'running', demo: false });
    expect(Value.Check(JobSchema, JSON.parse(second.text))).toBe(true);
  });

  it.each([
    [{ state: 'dancing' }, 'body/state'],
    [{ nodes: 'alvis1' }, 'body/nodes'],
    [{ gpus: [{ node: 'x' }] }, 'body/gpus/0'],
    [{ favourite: 1 }, 'body'],
  ])('is refused with its place: %o', async (body, where) => {
    const reply = await declare('alvis/9', body);
    expect(reply.status).toBe(400);
    expect((JSON.parse(reply.text) as { where: string }).where).toContain(where);
  });

  it('needs an id that can stand in an address', async () => {
    expect((await declare('alvis/a%20b', {})).status).toBe(400);
    expect((await declare('alvis/123_4.batch', {})).status).toBe(200);
  });
});

describe('a job that runs', () => {
  it('shows its readings and those of no other, and why it is silent', async () => {
    await declare('alvis/2', { name: 'quiet', start, state: 'running', nodes: ['alvis2'], gpus: [{ uuid: 'GPU-2', node: 'alvis2' }] });
    const silent = await service.get<JobDetail>('/api/jobs/alvis/2');
    expect(silent.silence).toEqual([
      "No reading from node alvis2 yet: start an agent there (headroom agent), or stream a tool's output to /api/ingest/raw?node=alvis2.",
    ]);
    expect(silent.analysis).toBeNull();

    const t = [start - 10, start, start + 300, start + 595];
    await service.ingest(gpuBatch('x', 0, 'GPU-2', t, { 'gpu.power': [1, 2, 3, 4], 'gpu.util': [0.1, 0.2, 0.3, 0.4] }, 'alvis2'));
    await service.ingest(gpuBatch('x', 1, 'GPU-77', t, { 'gpu.power': [9, 9, 9, 9] }, 'alvis2'));
    const detail = await service.get<JobDetail>('/api/jobs/alvis/2');
    expect(Value.Check(JobDetailSchema, detail)).toBe(true);
    expect(detail.silence).toEqual([]);
    expect(detail.entities.map((entity) => entity.id)).toEqual(['GPU-2']);
    const series = await service.get<SeriesReply>('/api/jobs/alvis/2/series?metrics=gpu.power,gpu.dramActive,engine.running');
    expect(Value.Check(SeriesReplySchema, series)).toBe(true);
    expect(series.series.map((one) => [one.entity.id, one.mean.filter((value) => value !== null)])).toEqual([['GPU-2', [2, 3, 4]]]);
    expect(series.absent.map((one) => one.metric)).toEqual(['gpu.dramActive', 'engine.running']);
    expect(series.absent[0]?.reason).toContain('DCGM 1005');
    expect(series.absent[1]?.reason).toContain('no engine has sent readings');
    const typed = await fetch(`${service.address}/api/jobs/alvis/2/series?metrics=gpu.power,gpu.dramActive,engine.running`, {
      headers: { authorization: `Bearer ${service.token}`, accept: `${SERIES_BYTES}, application/json;q=0.5` },
    });
    expect([typed.headers.get('content-type'), typed.headers.get('vary')]).toEqual([SERIES_BYTES, 'accept']);
    expect(seriesJson(decodeSeries(await typed.arrayBuffer()))).toEqual({ ...series, to: expect.any(Number) as number });
  });

  it('is on the overview, its GPU counted by how busy it is', async () => {
    const at = Math.floor(Date.now() / 1000);
    await declare('alvis/3', {
      name: 'busy',
      start,
      state: 'running',
      nodes: ['alvis3'],
      gpus: [
        { uuid: 'GPU-3a', node: 'alvis3' },
        { uuid: 'GPU-3b', node: 'alvis3' },
        { uuid: 'GPU-3c', node: 'alvis3' },
      ],
    });
    await service.ingest(gpuBatch('y', 0, 'GPU-3a', [at], { 'gpu.util': [0.9], 'gpu.power': [300] }, 'alvis3'));
    await service.ingest(gpuBatch('y', 1, 'GPU-3b', [at], { 'gpu.util': [0.01], 'gpu.power': [60] }, 'alvis3'));
    const overview = await service.get<Overview>('/api/overview');
    expect(Value.Check(OverviewSchema, overview)).toBe(true);
    expect(overview.running.map((row) => row.job.name)).toContain('busy');
    expect(overview.gpus.silent).toBeGreaterThanOrEqual(1); // GPU-3c: allocated, never heard of
    expect(overview.gpus.busy).toBeGreaterThanOrEqual(1);
    expect(overview.gpus.idle).toBeGreaterThanOrEqual(1);
    const { nodes } = await service.get<NodesReply>('/api/nodes');
    const row = nodes.find((node) => node.node === 'alvis3');
    expect(row?.gpus.map((gpu) => [gpu.uuid, gpu.busy, gpu.jobs, gpu.silent])).toEqual([
      ['GPU-3a', 0.9, ['alvis/3'], false],
      ['GPU-3b', 0.01, ['alvis/3'], false],
    ]);
  });
});

describe('lists', () => {
  it('filter, sort and page with a cursor', async () => {
    for (let index = 0; index < 5; index += 1)
      await declare(`list/${index}`, { name: `job ${index}`, user: 'grace', start: start + index, end: start + index + 60, state: 'completed' });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: JobsPage = await service.get<JobsPage>(
        `/api/jobs?user=grace&sort=-start&limit=2${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      expect(Value.Check(JobsPageSchema, page)).toBe(true);
      expect(page.rows.length).toBeLessThanOrEqual(2);
      seen.push(...page.rows.map((row) => row.job.id));
      ({ cursor } = page);
    } while (cursor !== null);
    expect(seen).toEqual(['4', '3', '2', '1', '0']);
    expect((await service.get<JobsPage>('/api/jobs?user=nobody')).rows).toEqual([]);
  });

  it('refuse a filter that is none', async () => {
    const reply = await ask(service.address, '/api/jobs?limit=1000', { headers: { authorization: `Bearer ${service.token}` } });
    expect(reply.status).toBe(400);
    expect(JSON.parse(reply.text)).toMatchObject({ where: expect.stringContaining('querystring/limit') as string });
  });
});

describe('what is not there', () => {
  it.each([
    '/api/jobs/alvis/none',
    '/api/jobs/alvis/none/analysis',
    '/api/jobs/alvis/none/series?metrics=gpu.util',
    '/api/nodes/none',
    '/api/nodes/none/series?metrics=gpu.util',
  ])('%s is a 404 with a remedy', async (path) => {
    const reply = await ask(service.address, path, { headers: { authorization: `Bearer ${service.token}` } });
    expect(reply.status).toBe(404);
    expect(Object.keys(JSON.parse(reply.text) as object)).toEqual(['error', 'where', 'remedy']);
  });

  it('is a metric of another name', async () => {
    const reply = await ask(service.address, '/api/jobs/alvis/1/series?metrics=gpu.utl', { headers: { authorization: `Bearer ${service.token}` } });
    expect(reply.status).toBe(400);
    expect(reply.text).toContain('gpu.utl');
  });
});

describe('every other reply', () => {
  it.each([
    ['/api/nodes', NodesReplySchema],
    ['/api/findings', FindingsReplySchema],
    ['/api/health', HealthSchema],
    ['/api/session', SessionSchema],
    ['/api/nodes/alvis2', NodeDetailSchema],
  ] as const)('%s keeps to its schema', async (path, schema) => {
    expect([...Value.Errors(schema, await service.get(path))]).toEqual([]);
  });
});

describe('the description for programs', () => {
  it('names every address with its schemas', async () => {
    const document = await service.get<{ openapi: string; paths: Record<string, Record<string, { requestBody?: unknown }>> }>('/api/openapi.json');
    expect(document.openapi).toBe('3.1.0');
    for (const path of [
      '/api/health',
      '/api/ingest',
      '/api/ingest/raw',
      '/api/jobs',
      '/api/jobs/{cluster}/{id}',
      '/api/jobs/{cluster}/{id}/analysis',
      '/api/jobs/{cluster}/{id}/series',
      '/api/nodes',
      '/api/nodes/{node}',
      '/api/nodes/{node}/series',
      '/api/overview',
      '/api/findings',
      '/api/tokens',
      '/api/session',
      '/api/site',
      '/api/openapi.json',
    ]) {
      expect(Object.keys(document.paths)).toContain(path);
    }
    expect(document.paths['/api/ingest']?.['post']?.requestBody).toBeDefined();
  });

  it('has a page that needs nothing from outside', async () => {
    const headers = { authorization: `Bearer ${service.token}` };
    const page = await ask(service.address, '/api/docs/', { headers });
    expect(page.status).toBe(200);
    const sources = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(sources.length).toBeGreaterThan(2);
    expect(sources.filter((source) => /^(https?:)?\/\//.test(source))).toEqual([]);
    const script = sources.find((source) => source.endsWith('swagger-ui-bundle.js')) ?? '';
    expect((await ask(service.address, new URL(script, `${service.address}/api/docs/`).pathname, { headers })).status).toBe(200);
  });
});

describe('a job that ended', () => {
  it('takes late readings and keeps its end', async () => {
    await declare('late/1', { start, end: start + 100, state: 'completed', nodes: ['late'], gpus: [{ uuid: 'GPU-late', node: 'late' }] });
    await service.ingest(gpuBatch('late', 0, 'GPU-late', [start + 50, start + 150], { 'gpu.power': [100, 200] }, 'late'));
    const { series } = await service.get<SeriesReply>('/api/jobs/late/1/series?metrics=gpu.power');
    expect(series[0]?.mean).toEqual([100]);
    const { job } = await service.get<{ job: Job }>('/api/jobs/late/1');
    expect(job).toMatchObject({ end: start + 100, state: 'completed' });
  });
});
