import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobDetail, NodeDetail, SeriesReply } from '../../../core/contract/index.ts';
import { ask, removeFolders, startService, type TestService } from '../../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(async () => {
  await service.stop();
  removeFolders();
});

const PERIOD = 10;
const ROWS = 60;
const now = Math.floor(Date.now() / 1000);
/** Ten minutes, of which the last reading is one period ago. */
const recently = now - ROWS * PERIOD;
type Kind = 'gpu' | 'host' | 'process' | 'engine';
const METRIC = { gpu: 'gpu.power', host: 'host.load1', process: 'process.cpu', engine: 'engine.running' } as const;
const entity = (kind: Kind, id: string, node: string) => ({ kind, id, node });
type Entity = ReturnType<typeof entity>;

/** Ten minutes of one entity from `start` on: its value is the number of its row. */
const block = (of: Entity, start: number) => ({
  entity: of,
  t: Array.from({ length: ROWS }, (_, row) => start + row * PERIOD),
  columns: { [METRIC[of.kind]]: Array.from({ length: ROWS }, (_, row) => row) },
});
let seq = 0;
const send = async (node: string, blocks: object[], more: object = {}) => {
  const reply = await service.ingest({ source: 'agent', seq: (seq += 1), node, blocks, ...more });
  expect(await reply.json()).toMatchObject({ rejected: [] });
};
const declare = async (id: string, body: object) => {
  const reply = await ask(service.address, `/api/jobs/c/${id}`, {
    method: 'PUT',
    body: JSON.stringify(body),
    headers: { authorization: `Bearer ${service.token}`, 'content-type': 'application/json' },
  });
  expect(reply.status).toBe(200);
};
const detail = (id: string) => service.get<JobDetail>(`/api/jobs/c/${id}`);
const series = (id: string, more = '') => service.get<SeriesReply>(`/api/jobs/c/${id}/series?metrics=${Object.values(METRIC).join(',')}&points=600${more}`);
const ids = ({ entities }: { entities: { id: string }[] }) => entities.map((one) => one.id).sort();
/** The rows of an entity that a chart shows, by their number; null stands for a gap. */
const rowsOf = ({ series: all }: SeriesReply, id: string) => all.find((one) => one.entity.id === id)?.mean;
const counted = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe('two jobs on one node at the same time', () => {
  const node = 's1';
  const on = (kind: Kind, id: string) => entity(kind, id, node);
  const nobodys = on('process', 's1/30');
  const things = {
    a: [on('gpu', 'GPU-a'), on('process', 's1/10'), on('process', 's1/11'), on('engine', 'vllm@s1:1')],
    b: [on('gpu', 'GPU-b'), on('process', 's1/20'), on('process', 's1/21'), on('engine', 'vllm@s1:2')],
  };
  beforeAll(async () => {
    await declare('a', { user: 'ada', start: recently, state: 'running', nodes: [node], gpus: [{ uuid: 'GPU-a', node }] });
    await declare('b', { user: 'bob', start: recently, state: 'running', nodes: [node], gpus: [{ uuid: 'GPU-b', node }] });
    for (const [job, [, onGpu, ofUser, engine]] of Object.entries(things)) {
      if (onGpu === undefined || ofUser === undefined || engine === undefined) throw new Error('a thing is missing');
      // The engine is told of by the job's own agent, the rest by the node's.
      await send(node, [block(engine, recently)], { job: `c/${job}`, facts: [{ entity: engine, name: 'model', value: `model-of-${job}` }] });
      await send(
        node,
        things[job === 'a' ? 'a' : 'b'].filter((one) => one !== engine).map((one) => block(one, recently)),
        {
          facts: [
            { entity: onGpu, name: 'gpu', value: `GPU-${job}` },
            { entity: onGpu, name: 'command', value: `train-${job}.py` },
            { entity: ofUser, name: 'user', value: job === 'a' ? 'ada' : 'bob' },
            { entity: ofUser, name: 'command', value: `load-${job}.py` },
          ],
          events: things[job === 'a' ? 'a' : 'b'].map((one) => ({ at: recently + 60, entity: one, kind: 'restart', text: `event-of-${job} ${one.id}` })),
        },
      );
    }
    await send(node, [block(nobodys, recently), block(on('host', node), recently)], {
      facts: [{ entity: nobodys, name: 'command', value: 'whose-is-this.py' }],
      events: [{ at: recently + 60, entity: on('host', node), kind: 'collector', text: 'event of the node' }],
    });
  });

  it.each(['a', 'b'] as const)(
    'job %s has its GPU, the node, what it claims, what works on its GPU and what its user runs; of the neighbour nothing',
    async (job) => {
      const other = job === 'a' ? 'b' : 'a';
      const found = await detail(job);
      expect(ids(found)).toEqual([...things[job].map((one) => one.id), node].sort());
      expect(found.entities.flatMap(({ facts }) => [facts['command'], facts['model']].filter((value) => value !== undefined)).sort()).toEqual([
        `load-${job}.py`,
        `model-of-${job}`,
        `train-${job}.py`,
      ]);
      expect(found.events.map(({ text }) => text).sort()).toEqual([...things[job].map((one) => `event-of-${job} ${one.id}`), 'event of the node'].sort());
      const drawn = await series(job);
      expect([...new Set(drawn.series.map((one) => one.entity.id))].sort()).toEqual([...things[job].map((one) => one.id), node].sort());
      const text = JSON.stringify([found, drawn]);
      const foreign = [
        ...things[other].map((one) => one.id),
        `train-${other}.py`,
        `load-${other}.py`,
        `model-of-${other}`,
        `event-of-${other}`,
        nobodys.id,
        'whose-is-this',
      ];
      expect(foreign.filter((word) => text.includes(JSON.stringify(word).slice(0, -1)))).toEqual([]);
    },
  );

  it('what nobody can prove to be a job’s is the node’s', async () => {
    const found = await service.get<NodeDetail>(`/api/nodes/${node}`);
    expect(found.entities.find(({ id }) => id === nobodys.id)).toMatchObject({ jobs: [], facts: { command: 'whose-is-this.py' } });
    expect(found.entities.find(({ id }) => id === 's1/20')?.jobs).toEqual(['c/b']);
    expect(found.entities.find(({ id }) => id === node)?.jobs.sort()).toEqual(['c/a', 'c/b']);
  });

  it('the verdict is made of the same', async () => {
    // A first verdict may have been made of the first of the batches alone.
    await expect
      .poll(async () => {
        const { analysis } = await detail('a');
        return [analysis?.workload.model, ...(analysis?.gpus ?? []).map(({ id }) => id)];
      })
      .toEqual(['model-of-a', 'GPU-a']);
  });
});

describe('two jobs on one node, one after the other', () => {
  const node = 's2';
  const gpu = entity('gpu', 'GPU-c', node);
  const engine = entity('engine', 'vllm@s2:8000', node);
  /** A number of a process that was given again. */
  const process = entity('process', 's2/77', node);
  const middle = recently + 30 * PERIOD;
  beforeAll(async () => {
    await declare('first', { start: recently, end: middle, state: 'completed', nodes: [node], gpus: [{ uuid: 'GPU-c', node }] });
    // Lists no GPU, and has the node for itself.
    await declare('second', { start: middle, state: 'running', nodes: [node] });
    await send(
      node,
      [gpu, engine, process].map((one) => block(one, recently)),
      {
        facts: [
          { entity: process, name: 'command', value: 'second.py' },
          { entity: engine, name: 'model', value: 'model-of-second' },
          { entity: gpu, name: 'name', value: 'NVIDIA T4' },
        ],
        events: [
          { at: middle - 1, entity: engine, kind: 'restart', text: 'in the first' },
          { at: middle, entity: engine, kind: 'restart', text: 'in the second' },
        ],
      },
    );
  });

  it.each([
    ['first', counted(0, 30), 'in the first', undefined, undefined],
    ['second', counted(30, 60), 'in the second', 'second.py', 'model-of-second'],
  ] as const)('the %s has the readings and events of its time, and facts that were said of it', async (job, rows, event, command, model) => {
    const found = await detail(job);
    expect(ids(found)).toEqual(['GPU-c', 's2/77', 'vllm@s2:8000']);
    const drawn = await series(job);
    for (const { id } of [gpu, engine, process]) expect(rowsOf(drawn, id)).toEqual(rows);
    expect(found.events.map(({ text }) => text)).toEqual([event]);
    const factsOf = (id: string) => found.entities.find((one) => one.id === id)?.facts;
    expect([factsOf(process.id)?.['command'], factsOf(engine.id)?.['model'], factsOf(gpu.id)?.['name']]).toEqual([command, model, 'NVIDIA T4']);
  });
});

describe('a job that shares its node for a while', () => {
  const node = 's3';
  const unlisted = entity('gpu', 'GPU-e', node);
  const unclaimed = entity('process', 's3/5', node);
  const begins = recently + 20 * PERIOD;
  const ends = recently + 40 * PERIOD;
  beforeAll(async () => {
    await declare('long', { start: recently, state: 'running', nodes: [node] });
    await declare('guest', { start: begins, end: ends, state: 'completed', nodes: [node], gpus: [{ uuid: 'GPU-guest', node }] });
    await send(
      node,
      [unlisted, unclaimed, entity('gpu', 'GPU-guest', node), entity('host', node, node)].map((one) => block(one, recently)),
      {
        events: [0, 25, 50].map((row) => ({ at: recently + row * PERIOD, entity: unclaimed, kind: 'restart', text: `row ${row}` })),
      },
    );
  });

  it('has what nobody lists or claims while it is alone, and a gap for the time when it could be either’s', async () => {
    const drawn = await series('long');
    expect(rowsOf(drawn, 'GPU-e')).toEqual([...counted(0, 20), null, ...counted(40, 60)]);
    expect(rowsOf(drawn, 's3/5')).toEqual([...counted(0, 20), null, ...counted(40, 60)]);
    expect(rowsOf(drawn, node)).toEqual(counted(0, 60));
    expect((await detail('long')).events.map(({ text }) => text)).toEqual(['row 0', 'row 50']);
  });

  it('shows of a part of its time what is its own of that part', async () => {
    expect(rowsOf(await series('long', `&from=${begins - 5 * PERIOD}&to=${begins + 10 * PERIOD}`), 'GPU-e')).toEqual(counted(15, 20));
    expect(rowsOf(await series('long', `&from=${begins}&to=${ends}`), 'GPU-e')).toBeUndefined();
  });

  it('a GPU that the guest lists is the guest’s meanwhile, and the long job’s before and after', async () => {
    expect(rowsOf(await series('guest'), 'GPU-guest')).toEqual(counted(20, 40));
    expect(rowsOf(await series('long'), 'GPU-guest')).toEqual([...counted(0, 20), null, ...counted(40, 60)]);
    expect(ids(await detail('guest'))).toEqual(['GPU-guest', node]);
  });
});

describe('jobs that ended long ago', () => {
  const node = 's4';
  const start = recently - 5 * 86_400;
  const mine = entity('engine', 'vllm@s4:1', node);
  const unclaimed = entity('process', 's4/1', node);
  beforeAll(async () => {
    for (const id of ['old-a', 'old-b'])
      await declare(id, { start, end: start + ROWS * PERIOD, state: 'completed', nodes: [node], gpus: [{ uuid: `GPU-${id}`, node }] });
    await send(node, [block(mine, start)], { job: 'c/old-a' });
    await send(node, [block(unclaimed, start), block(entity('gpu', 'GPU-old-a', node), start), block(entity('gpu', 'GPU-old-b', node), start)]);
    service.running.service.jobs.prune(now);
  });

  it('are told apart as when they ran', async () => {
    expect([...service.running.service.index.all()].map(({ id }) => id)).not.toContain('old-a');
    expect(ids(await detail('old-a'))).toEqual(['GPU-old-a', 'vllm@s4:1']);
    expect(ids(await detail('old-b'))).toEqual(['GPU-old-b']);
    expect(rowsOf(await series('old-b'), 's4/1')).toBeUndefined();
  });
});
