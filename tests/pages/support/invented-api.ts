import type { NodeDetail, NodeRow } from '../../../core/contract/index.ts';
import { detail, emptyOverview, NOW, overview, row, series } from './fixtures.ts';
import type { Answer, Api } from './page-server.ts';

const session = { kind: 'session', name: 'browser', demo: false, version: '0.0.0', cluster: 'alvis' };

function nodeRow(n: number): NodeRow {
  const node = `alvis4-${String(n).padStart(2, '0')}`;
  const silent = n % 9 === 4;
  const gpu = (index: number) => ({
    uuid: `GPU-0000000${index}-aaaa`,
    name: 'NVIDIA A100-SXM4-40GB',
    busy: silent ? null : ((n * 7 + index * 13) % 100) / 100,
    power: silent ? null : 240,
    powerLimit: 400,
    memUsed: silent ? null : 30e9,
    memTotal: 42.9e9,
    temp: silent ? null : 57,
    jobs: n % 3 === 0 ? [] : ['alvis/4182931'],
    lastReadingAt: silent ? NOW - 4000 : NOW,
    silent,
  });
  return {
    node,
    gpus: [0, 1, 2, 3].map(gpu),
    cpu: silent ? null : 0.2,
    cores: 64,
    memUsed: silent ? null : 61e9,
    memTotal: 256e9,
    jobs: n % 3 === 0 ? [] : ['alvis/4182931'],
    lastReadingAt: silent ? NOW - 4000 : NOW,
    silent,
  };
}

function nodeDetail(): NodeDetail {
  const { entities, events } = detail();
  return {
    row: { ...nodeRow(12), node: 'alvis4-12' },
    entities: entities.map(({ kind, id, facts, metrics }) => ({ kind, id, facts, metrics, jobs: [] })),
    events,
  };
}

/** A busy cluster: 5,000 jobs, 40 nodes, one job with everything. `until` is its present. */
export function busyApi(until: () => number = () => NOW): Api {
  return (path, query): Answer | null => {
    if (path === '/api/session') return { json: session };
    if (path === '/api/overview') return { json: overview() };
    if (path === '/api/jobs') {
      const from = Number(query.get('cursor') ?? 0);
      const rows = query.get('q') === null ? Array.from({ length: 100 }, (_, n) => row(from + n)) : [row(7)];
      return { json: { rows, cursor: query.get('q') === null && from < 4900 ? String(from + 100) : null, total: query.get('q') === null ? 5000 : 1 } };
    }
    if (path === '/api/nodes') return { json: { now: NOW, nodes: Array.from({ length: 40 }, (_, n) => nodeRow(n)), cursor: null } };
    if (path.endsWith('/series')) return { json: series(query, until()) };
    if (path === '/api/jobs/alvis/4182931') return { json: detail() };
    if (path.startsWith('/api/nodes/')) return { json: nodeDetail() };
    return null;
  };
}

/** A service that nothing has reported to. */
export const emptyApi: Api = (path) => {
  if (path === '/api/session') return { json: session };
  if (path === '/api/overview') return { json: emptyOverview() };
  if (path === '/api/jobs') return { json: { now: 0, rows: [], cursor: null, total: 0 } };
  if (path === '/api/nodes') return { json: { now: NOW, nodes: [], cursor: null } };
  if (path === '/api/tokens') return { json: { name: 'page', scope: 'write', token: 'hr_secret', url: null } };
  if (path === '/api/jobs/alvis/4182931')
    return {
      json: detail({ analysis: null, lastReadingAt: null, entities: [], events: [], silence: ['No reading from node alvis4-12 since the job began.'] }),
    };
  if (path.endsWith('/series')) return { json: { from: NOW - 3600, to: NOW, series: [], absent: [] } };
  return null;
};

/** A service in trouble. */
export function failingApi(status: number): Api {
  return () => ({ status, json: { error: 'the store is being restarted', where: 'path', remedy: 'try again in a few seconds' } });
}
