// Past the door of server/store/relational: the file’s own columns are looked at.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobsQuery } from '../../../../core/contract/index.ts';
import { openRelational, type Relational } from '../../../../server/store/relational/store.ts';
import type { Viewer } from '../../../../server/store/index.ts';
import { someAnalysis, someFinding, someSummary } from '../../../support/analysis.ts';
import { listening } from '../../../support/store.ts';

const local: Viewer = { kind: 'local' };
const folder = mkdtempSync(join(tmpdir(), 'headroom-test-'));
let store: Relational;

beforeAll(async () => {
  store = await openRelational({ file: join(folder, 'headroom.db'), log: listening().log });
});
afterAll(async () => {
  await store.host.close();
  rmSync(folder, { recursive: true, force: true });
});

const key = (id: string, cluster = 'alvis') => ({ cluster, id });
const ids = async (query: JobsQuery, viewer: Viewer = local) => (await store.jobs.list(viewer, query)).rows.map(({ job }) => job.id);

describe('a declared job', () => {
  it('has what was said, and null for what was not', async () => {
    const job = await store.jobs.declare(local, key('d1'), {
      user: 'anna',
      nodes: ['n2', 'n1'],
      gpus: [{ uuid: 'GPU-b', node: 'n2' }, { uuid: 'GPU-a' }],
      start: 100,
    });
    expect(job).toEqual({
      cluster: 'alvis',
      id: 'd1',
      name: 'd1',
      user: 'anna',
      project: null,
      partition: null,
      state: 'running',
      start: 100,
      end: null,
      timeLimit: null,
      nodes: ['n2', 'n1'],
      gpus: [
        { uuid: 'GPU-b', node: 'n2' },
        { uuid: 'GPU-a', node: null },
      ],
      gpuCount: 2,
      gpuType: null,
      cores: null,
      memory: null,
      model: null,
      dtype: null,
      tensorParallel: null,
      command: null,
      demo: false,
    });
    expect(await store.jobs.get(local, key('d1'))).toEqual({ job, summary: null });
  });

  it('keeps what a later declaration leaves out, and takes what it says, null included', async () => {
    await store.jobs.declare(local, key('d2'), { name: 'train', user: 'anna', nodes: ['n1'], start: 100, timeLimit: 3600 });
    const job = await store.jobs.declare(local, key('d2'), { state: 'completed', end: 200, timeLimit: null, nodes: ['n3', 'n4'] });
    expect(job).toMatchObject({ name: 'train', user: 'anna', nodes: ['n3', 'n4'], start: 100, end: 200, state: 'completed', timeLimit: null });
  });

  it('has the nodes of its GPUs where none were named', async () => {
    expect(
      (
        await store.jobs.declare(local, key('d3'), {
          gpus: [
            { uuid: 'GPU-c', node: 'n5' },
            { uuid: 'GPU-d', node: 'n5' },
          ],
        })
      ).nodes,
    ).toEqual(['n5']);
  });

  it('of the same number on another cluster is another job', async () => {
    await store.jobs.declare(local, key('d4', 'vera'), { name: 'there' });
    expect(await store.jobs.get(local, key('d4', 'alvis'))).toBeNull();
  });

  it('that two declare at once is one job', async () => {
    await Promise.all([store.jobs.declare(local, key('d5'), { user: 'a' }), store.jobs.declare(local, key('d5'), { project: 'p' })]);
    expect((await store.jobs.get(local, key('d5')))?.job).toMatchObject({ user: 'a', project: 'p' });
  });
});

describe('a large job', () => {
  it('of 2,000 nodes and 8,000 GPUs is declared, changed, analysed and listed like any other', async () => {
    const nodes = Array.from({ length: 2000 }, (_, index) => `big-${index}`);
    const gpus = Array.from({ length: 8000 }, (_, index) => ({ uuid: `GPU-big-${index}`, node: `big-${Math.floor(index / 4)}` }));
    await store.jobs.declare(local, key('big'), { nodes, gpus, start: 1, project: 'big' });
    const job = await store.jobs.declare(local, key('big'), { nodes: nodes.slice(1), gpus });
    expect([job.nodes.length, job.gpuCount, job.gpus[7999]]).toEqual([1999, 8000, { uuid: 'GPU-big-7999', node: 'big-1999' }]);
    const findings = Array.from({ length: 500 }, (_, index) => someFinding({ entity: `GPU-big-${index}`, text: 'big' }));
    await store.jobs.saveAnalysis(local, key('big'), someAnalysis({ findings }), someSummary());
    expect((await store.jobs.findings(local, { since: 0 })).filter(({ finding }) => finding.text === 'big')).toHaveLength(500);
    expect(await ids({ node: 'big-1999' })).toEqual(['big']);
  });

  it('and many small ones run at once', async () => {
    const many = Array.from({ length: 1100 }, (_, index) => key(`small-${index}`));
    await Promise.all(many.map((one) => store.jobs.declare(local, one, { nodes: ['shared'], state: 'running', project: 'small' })));
    expect((await store.jobs.active(local, 1e12)).filter(({ job }) => job.project === 'small' && job.nodes[0] === 'shared')).toHaveLength(1100);
    expect((await store.jobs.list(local, { node: 'shared', limit: 5 })).total).toBeNull();
    expect((await store.jobs.list(local, { node: 'shared', project: 'small', q: 'small-10', limit: 200 })).rows).toHaveLength(111);
  });
});

describe('who sees a job', () => {
  const other: Viewer = { kind: 'job', cluster: 'alvis', id: 'v2' };

  it('one job’s token sees that job and no other, in every question', async () => {
    for (const id of ['v1', 'v2']) {
      await store.jobs.declare(local, key(id), { name: `seen-${id}`, start: 1, state: 'running' });
      await store.jobs.saveAnalysis(local, key(id), someAnalysis({ findings: [someFinding()] }), someSummary());
    }
    expect(await store.jobs.get(other, key('v1'))).toBeNull();
    expect((await store.jobs.get(other, key('v2')))?.job.id).toBe('v2');
    expect(await ids({ q: 'seen-' }, other)).toEqual(['v2']);
    expect((await store.jobs.active(other, 0)).map(({ job }) => job.id)).toEqual(['v2']);
    expect(await store.jobs.analysis(other, key('v1'))).toBeNull();
    expect((await store.jobs.findings(other, { since: 0 })).map((row) => row.key.id)).toEqual(['v2']);
    await expect(store.jobs.saveAnalysis(other, key('v1'), someAnalysis(), someSummary())).rejects.toThrow('job v1 of cluster alvis is not known');
    await expect(store.jobs.declare(other, key('v1'), { name: 'mine now' })).rejects.toThrow('job v2 may not declare job v1');
  });
});

describe('an analysis', () => {
  it('is kept whole, with its summary in the list, and the later one replaces it', async () => {
    await store.jobs.declare(local, key('a1'), { start: 100 });
    const first = someAnalysis({ findings: [someFinding(), someFinding({ id: 'thermal', to: 150 })] });
    await store.jobs.saveAnalysis(local, key('a1'), first, someSummary());
    expect(await store.jobs.analysis(local, key('a1'))).toEqual(first);
    expect((await store.jobs.get(local, key('a1')))?.summary).toEqual(someSummary());
    const second = someAnalysis({ to: 300 });
    await store.jobs.saveAnalysis(local, key('a1'), second, someSummary({ bottleneck: 'compute', grade: null }));
    expect(await store.jobs.analysis(local, key('a1'))).toEqual(second);
    expect((await store.jobs.get(local, key('a1')))?.summary).toMatchObject({ bottleneck: 'compute', grade: null });
    expect((await store.jobs.findings(local, { since: 0 })).filter((row) => row.key.id === 'a1')).toEqual([]);
  });

  it('of many jobs at once are all kept', async () => {
    const many = Array.from({ length: 40 }, (_, index) => key(`many-${index}`));
    for (const one of many) await store.jobs.declare(local, one, {});
    await Promise.all(many.map((one, index) => store.jobs.saveAnalysis(local, one, someAnalysis({ to: index }), someSummary())));
    expect(await Promise.all(many.map(async (one) => (await store.jobs.analysis(local, one))?.to))).toEqual(many.map((_, index) => index));
  });

  it('finds by time: an ended finding until its end, an open one as long as its job runs', async () => {
    await store.jobs.declare(local, key('f1'), { start: 100, end: null });
    await store.jobs.declare(local, key('f2'), { start: 100, end: 500 });
    await store.jobs.saveAnalysis(
      local,
      key('f1'),
      someAnalysis({ findings: [someFinding({ text: 'open' }), someFinding({ text: 'ended', to: 400 })] }),
      someSummary(),
    );
    await store.jobs.saveAnalysis(local, key('f2'), someAnalysis({ findings: [someFinding({ text: 'job ended' })] }), someSummary());
    const since = async (at: number) =>
      (await store.jobs.findings(local, { since: at }))
        .filter((row) => row.key.id.startsWith('f'))
        .map((row) => row.finding.text)
        .sort();
    expect(await since(400)).toEqual(['ended', 'job ended', 'open']);
    expect(await since(401)).toEqual(['job ended', 'open']);
    expect(await since(501)).toEqual(['open']);
  });
});

describe('the list', () => {
  beforeAll(async () => {
    for (let index = 0; index < 25; index += 1) {
      await store.jobs.declare(local, key(`l${String(index).padStart(2, '0')}`), {
        name: `list-${index % 5}`,
        project: 'list',
        user: index % 2 === 0 ? 'even' : 'odd',
        state: index % 3 === 0 ? 'completed' : 'failed',
        // Every fifth has not begun; several begin together.
        ...(index % 5 === 4 ? {} : { start: 1000 + Math.floor(index / 3) * 10, end: 2000 + index }),
        gpuType: 'A40',
        nodes: [`ln${index % 4}`],
      });
      if (index % 2 === 0)
        await store.jobs.saveAnalysis(
          local,
          key(`l${String(index).padStart(2, '0')}`),
          someAnalysis({ findings: index % 4 === 0 ? [someFinding({ id: 'hung' })] : [] }),
          someSummary({ grade: (index % 6) / 10, bottleneck: 'network' }),
        );
    }
  });

  const paged = async (query: JobsQuery): Promise<string[]> => {
    const all: string[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const page = await store.jobs.list(local, { ...query, limit: 4, ...(cursor === undefined ? {} : { cursor }) });
      all.push(...page.rows.map(({ job }) => job.id));
      cursor = page.cursor;
    }
    return all;
  };

  it.each(['start', '-start', 'name', '-name', 'gpus', '-gpus', 'grade', '-grade', 'headroom', '-headroom'] as const)(
    'by %s, page after page, is the list in one piece: none lost, none twice',
    async (sort) => {
      const whole = await ids({ project: 'list', sort, limit: 200 });
      expect(whole).toHaveLength(25);
      expect(await paged({ project: 'list', sort })).toEqual(whole);
    },
  );

  it('has the latest first, and what has not begun last', async () => {
    const whole = await ids({ project: 'list', limit: 200 });
    expect(whole.slice(0, 3)).toEqual(['l23', 'l22', 'l21']);
    expect(whole.slice(-5).sort()).toEqual(['l04', 'l09', 'l14', 'l19', 'l24']);
  });

  it.each([
    [{ user: 'even' }, 13],
    [{ user: 'even', state: 'failed' }, 8],
    [{ state: 'completed,failed' }, 25],
    [{ node: 'ln0' }, 7],
    [{ finding: 'hung' }, 7],
    [{ bottleneck: 'network' }, 13],
    [{ bottleneck: 'compute' }, 0],
    [{ gpuType: 'A40', activity: 'decode' }, 13],
    [{ q: 'list-3' }, 5],
    [{ q: 'l07' }, 1],
    [{ from: 2005 }, 21],
    [{ from: 2024 }, 5],
    [{ to: 1010 }, 3],
    [{ to: 1011 }, 5],
  ])('with %j counts what fits', async (query, count) => {
    const answer = await store.jobs.list(local, { ...query, project: 'list', limit: 200 });
    expect([answer.rows.length, answer.total]).toEqual([count, count]);
  });

  it('begins anew with a cursor that is none', async () => {
    expect(await ids({ project: 'list', limit: 1, cursor: 'nonsense' })).toEqual(['l23']);
  });

  it('of what runs, or ended lately', async () => {
    await store.jobs.declare(local, key('run'), { project: 'lately', state: 'running', start: 1, end: null });
    await store.jobs.declare(local, key('ended'), { project: 'lately', state: 'failed', start: 1, end: 900 });
    const active = async (since: number) =>
      (await store.jobs.active(local, since))
        .filter(({ job }) => job.project === 'lately')
        .map(({ job }) => job.id)
        .sort();
    expect(await active(900)).toEqual(['ended', 'run']);
    expect(await active(901)).toEqual(['run']);
  });
});
