import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Answers } from '../../../server/answers/index.ts';
import type { Viewer } from '../../../server/auth/index.ts';
import { someAnalysis, someFinding, someSummary } from '../../support/analysis.ts';
import { removeFolders, startService, type TestService } from '../../support/service.ts';

const start = Math.floor(Date.now() / 1000) - 600;
const system: Viewer = { kind: 'system' };
const a: Viewer = { kind: 'job', cluster: 'c', id: 'a' };
const keyA = { cluster: 'c', id: 'a' };
const keyB = { cluster: 'c', id: 'b' };
/** What only job b has: its name, user, GPU, engine, process, command line and node. None of it may be in any answer to a. */
const FOREIGN = ['secret-b', 'bob', 'GPU-b', 'vllm@shared:8002', 'common/222', 'steal.py', 'only-b', 'c/b', '"id":"b"'];

let service: TestService;
let answers: Answers;
beforeAll(async () => {
  service = await startService();
  const { jobs, ingest, answers: opened, analyses } = service.running.service;
  answers = opened;
  const declare = (id: string, user: string, port: number) =>
    jobs
      .declare(
        system,
        { cluster: 'c', id },
        {
          name: `secret-${id}`,
          user,
          start,
          state: 'running',
          nodes: ['shared', `only-${id}`],
          gpus: [{ uuid: `GPU-${id}`, node: 'shared' }],
        },
      )
      .then(() => ingest.batch(batchOf(id, port), { kind: 'agent', sender: { kind: 'system' }, mark: '' }));
  await declare('a', 'ada', 8001);
  await declare('b', 'bob', 8002);
  await jobs.declare(
    system,
    { cluster: 'c', id: 'b-ended' },
    { name: 'secret-b2', user: 'bob', start, end: start + 60, state: 'completed', nodes: ['shared'] },
  );
  await ingest.batch(
    { source: 'node', seq: 1, node: 'shared', blocks: [{ entity: { kind: 'host', id: 'shared' }, t: times, columns: { 'host.cpu': times.map(() => 0.5) } }] },
    { kind: 'agent', sender: { kind: 'system' }, mark: '' },
  );
  // On a node that sends nothing: no analysis of the service's own takes this one's place.
  await jobs.declare(system, { cluster: 'c', id: 'b-judged' }, { name: 'secret-b3', start, state: 'running', nodes: ['gone'] });
  await service.running.service.store.jobs.saveAnalysis(
    { cluster: 'c', id: 'b-judged' },
    someAnalysis({ findings: [someFinding({ entity: 'GPU-b' })] }),
    someSummary(),
  );
  await vi.waitUntil(() => analyses.current(keyA) !== null && analyses.current(keyB) !== null, { timeout: 300_000, interval: 50 });
});
afterAll(async () => {
  await service.stop();
  removeFolders();
});

const times = Array.from({ length: 100 }, (_, index) => start + 6 * index);
/** What job `id` has on the shared node, sent by its own agent, and a reading of a node that is its alone. */
function batchOf(id: string, port: number): object {
  const pid = id === 'a' ? 111 : 222;
  const entities = {
    gpu: { kind: 'gpu', id: `GPU-${id}`, node: 'shared' },
    engine: { kind: 'engine', id: `vllm@shared:${port}`, node: 'shared' },
    process: { kind: 'process', id: `common/${pid}`, node: 'shared' },
  };
  const column = (value: number) => times.map(() => value);
  return {
    source: id,
    seq: 1,
    node: 'shared',
    job: `c/${id}`,
    blocks: [
      { entity: entities.gpu, t: times, columns: { 'gpu.util': column(0), 'gpu.power': column(60) } },
      { entity: entities.engine, t: times, columns: { 'engine.running': column(1) } },
      { entity: entities.process, t: times, columns: { 'process.cpu': column(1) } },
      { entity: { kind: 'host', id: `only-${id}`, node: `only-${id}` }, t: times, columns: { 'host.cpu': column(0.1) } },
    ],
    facts: [{ entity: entities.process, name: 'command', value: id === 'a' ? 'train.py' : 'steal.py' }],
    events: [
      { at: start + 60, entity: entities.gpu, kind: 'xid', text: `Xid of secret-${id}` },
      { at: start + 60, entity: entities.engine, kind: 'restart', text: `restart of secret-${id}` },
    ],
  };
}

const metrics = { metrics: 'gpu.util,gpu.power,engine.running,process.cpu,host.cpu' };
type Asked = { readonly [K in keyof Answers]: (viewer: Viewer) => unknown };
/** Every function of Answers, asked for all that it can tell: a new one must be put here. */
const everything: Asked = {
  jobs: (viewer) => answers.jobs(viewer, {}),
  job: (viewer) => answers.job(viewer, keyA),
  analysis: (viewer) => answers.analysis(viewer, keyA),
  series: (viewer) => answers.series(viewer, keyA, metrics),
  nodes: (viewer) => answers.nodes(viewer, {}),
  node: (viewer) => answers.node(viewer, 'shared'),
  nodeSeries: (viewer) => answers.nodeSeries(viewer, 'shared', metrics),
  overview: (viewer) => answers.overview(viewer),
  rowsSince: (viewer) => answers.rowsSince(viewer, 0),
  findings: (viewer) => answers.findings(viewer, { since: 0 }),
  verdict: (viewer) => answers.verdict(viewer, keyA),
  refusal: (viewer) => answers.refusal(viewer, { kind: 'job', ...keyA }),
};
const foreign: readonly (readonly [string, (viewer: Viewer) => Promise<unknown>])[] = [
  ['job', (viewer) => answers.job(viewer, keyB)],
  ['analysis', (viewer) => answers.analysis(viewer, keyB)],
  ['series', (viewer) => answers.series(viewer, keyB, metrics)],
  ['node', (viewer) => answers.node(viewer, 'only-b')],
  ['nodeSeries', (viewer) => answers.nodeSeries(viewer, 'only-b', metrics)],
];
const names = Object.keys(everything) as (keyof Answers)[];

describe('one job’s token', () => {
  it.each(names)('finds nothing of a neighbour in %s', async (name) => {
    const text = JSON.stringify(await everything[name](a));
    expect(FOREIGN.filter((word) => text.includes(word))).toEqual([]);
  });

  it.each(foreign)('does not find a neighbour’s %s at all', async (_, ask) => {
    await expect(ask(a)).rejects.toMatchObject({ name: 'Problem' });
    await expect(ask({ kind: 'local' })).resolves.toBeDefined();
  });

  it('sees its own: row, detail, verdict, readings, node and figures', async () => {
    expect((await answers.jobs(a, {})).rows.map(({ job }) => job.id)).toEqual(['a']);
    expect((await answers.job(a, keyA)).entities.map(({ id }) => id).sort()).toEqual(['GPU-a', 'common/111', 'only-a', 'shared', 'vllm@shared:8001']);
    expect((await answers.series(a, keyA, metrics)).series.map(({ entity }) => entity.id)).toEqual(expect.arrayContaining(['GPU-a', 'shared']));
    expect(answers.nodes(a, {}).nodes.map(({ node, jobs, gpus }) => [node, jobs, gpus.map(({ uuid }) => uuid)])).toEqual([
      ['only-a', ['c/a'], []],
      ['shared', ['c/a'], ['GPU-a']],
    ]);
    const node = await answers.node(a, 'shared');
    expect(node.entities.map(({ id }) => id).sort()).toEqual(['GPU-a', 'common/111', 'shared', 'vllm@shared:8001']);
    expect(node.events.map(({ text }) => text).sort()).toEqual(['Xid of secret-a', 'restart of secret-a']);
    const overview = await answers.overview(a);
    expect([overview.nodes, overview.gpus.known, overview.gpus.allocated, overview.power]).toEqual([2, 1, 1, 60]);
    expect(overview.running.map(({ job }) => job.id)).toEqual(['a']);
  });

  it('may watch its job and node, and nobody else’s', async () => {
    expect(await answers.refusal(a, { kind: 'job', ...keyA })).toBeNull();
    expect(await answers.refusal(a, { kind: 'node', node: 'shared' })).toBeNull();
    expect(await answers.refusal(a, { kind: 'overview' })).toBeNull();
    expect(answers.verdict(a, keyA)).not.toBeNull();
    expect(answers.verdict(a, keyB)).toBeNull();
    expect(answers.verdict(system, keyB)).not.toBeNull();
    expect(await answers.refusal(a, { kind: 'job', ...keyB })).toBe('job b of cluster c is not known here');
    expect(await answers.refusal(a, { kind: 'node', node: 'only-b' })).toBe('node only-b has sent nothing yet');
  });

  it('declares that job and no other', async () => {
    const { jobs } = service.running.service;
    await expect(jobs.declare(a, keyB, { name: 'mine now' })).rejects.toMatchObject({ status: 403 });
    expect((await answers.job(system, keyB)).job.name).toBe('secret-b');
    expect((await jobs.declare(a, keyA, { project: 'p' })).project).toBe('p');
  });
});

describe('who may see everything', () => {
  it.each(names)('is told of both jobs in %s', async (name) => {
    const text = JSON.stringify(await everything[name]({ kind: 'local' }));
    const ofOneJob = ['job', 'analysis', 'series', 'verdict', 'refusal'].includes(name);
    expect(ofOneJob || text.includes('GPU-b') || text.includes('"id":"b"')).toBe(true);
  });
});
