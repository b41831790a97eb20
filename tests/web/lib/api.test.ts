import { afterEach, describe, expect, it, vi } from 'vitest';
import { drawnReply, encodeSeries, SERIES_BYTES, seriesJson, type SeriesReply } from '../../../core/contract/index.ts';
import { api, queryOf, refusal, RequestFailed, troubleOf } from '../../../web/lib/api.ts';

afterEach(() => vi.unstubAllGlobals());

function answers(status: number, body: string): string[] {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path);
    return new Response(body, { status });
  });
  return asked;
}

async function troubleFrom(call: Promise<unknown>) {
  return call.then(
    () => {
      throw new Error('the call did not fail');
    },
    (error: unknown) => {
      if (!(error instanceof RequestFailed)) throw error;
      return error.trouble;
    },
  );
}

describe('the API client', () => {
  it('writes names into paths and leaves empty values out of queries', async () => {
    const asked = answers(200, '{"from":0,"to":1,"series":[],"absent":[]}');
    await api.jobSeries('alvis', '7/8', { metrics: ['gpu.util', 'gpu.power'], from: 5, points: 240 });
    expect(asked).toEqual(['/api/jobs/alvis/7%2F8/series?metrics=gpu.util%2Cgpu.power&from=5&points=240']);
    expect(queryOf({ q: '', limit: 0, user: undefined })).toBe('?limit=0');
  });

  it('takes series as typed columns, and as JSON from a server that has no others', async () => {
    const one = {
      entity: { kind: 'gpu', id: 'GPU-1', node: null },
      metric: 'gpu.util',
      unit: 'ratio',
      t: [0, 10],
      min: [0.5, null],
      mean: [0.5, null],
      max: [0.5, null],
    } as const;
    const json: SeriesReply = { from: 0, to: 20, absent: [], series: [{ ...one, t: [...one.t], min: [...one.min], mean: [...one.mean], max: [...one.max] }] };
    const ask = { metrics: ['gpu.util'], points: 2 };
    let accepted = '';
    vi.stubGlobal('fetch', async (_: string, init: { headers: { accept: string } }) => {
      accepted = init.headers.accept;
      return new Response(encodeSeries(drawnReply(json)), { headers: { 'content-type': SERIES_BYTES } });
    });
    expect(seriesJson(await api.jobSeries('c', '1', ask))).toEqual(json);
    expect(accepted.startsWith(SERIES_BYTES)).toBe(true);
    answers(200, JSON.stringify(json));
    expect(seriesJson(await api.nodeSeries('n1', ask))).toEqual(json);
    answers(200, 'HRS');
    expect(await troubleFrom(api.nodeSeries('n1', ask))).toMatchObject({ kind: 'broken' });
  });

  it('hands on what the server says of a refusal', async () => {
    answers(404, JSON.stringify({ error: 'job alvis/1 is not known here', where: 'path', remedy: 'check the id' }));
    expect(await troubleFrom(api.job('alvis', '1'))).toEqual({
      kind: 'missing',
      status: 404,
      what: 'job alvis/1 is not known here',
      where: 'path',
      remedy: 'check the id',
    });
  });

  it('has words of its own where a proxy answered', async () => {
    answers(502, '<html>Bad gateway</html>');
    expect(await troubleFrom(api.overview())).toMatchObject({ kind: 'broken', status: 502, what: 'The server answered 502.' });
    answers(200, '<html>Log in</html>');
    expect(await troubleFrom(api.overview())).toMatchObject({ kind: 'broken', what: 'The reply was not readable.' });
  });

  it('tells a silent server from a refusing one', async () => {
    vi.stubGlobal('fetch', async () => {
      throw new TypeError('Failed to fetch');
    });
    expect(await troubleFrom(api.overview())).toMatchObject({ kind: 'offline', status: null });
  });

  it.each([
    [401, 'denied'],
    [403, 'denied'],
    [404, 'missing'],
    [422, 'refused'],
    [429, 'refused'],
    [500, 'broken'],
    [503, 'broken'],
  ] as const)('takes %i for %s', (status, kind) => {
    expect(refusal(status, null, '/api/x').kind).toBe(kind);
  });

  it('counts a cancelled request as no trouble', () => {
    expect(troubleOf(new DOMException('gone', 'AbortError'))).toBeNull();
    expect(troubleOf(new Error('boom'))?.what).toBe('boom');
  });
});
