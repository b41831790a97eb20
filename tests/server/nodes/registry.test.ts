// Past the door of server/answers: rows of nodes are looked at for each kind of silence.
import { describe, expect, it } from 'vitest';
import { intakeFromBatch, packedTable } from '../../../core/readings/index.ts';
import { jobIndex } from '../../../server/ownership/index.ts';
import { isSilent, nodeRegistry, tellSilence } from '../../../server/nodes/index.ts';
import { nodeRow } from '../../../server/answers/node-rows.ts';
import { aJob } from '../../support/jobs.ts';

const viewer = { kind: 'local' } as const;
const gpu = (t: number[], columns: Record<string, (number | null)[]>) =>
  intakeFromBatch({ source: 's', seq: 0, blocks: [{ entity: { kind: 'gpu' as const, id: 'GPU-1', node: 'n1' }, t, columns }] });

describe('the latest of a node', () => {
  it('is the last value that is there; a null keeps the one before, and an older batch changes nothing', () => {
    const nodes = nodeRegistry();
    nodes.take(gpu([1000, 1005], { 'gpu.util': [0.5, null], 'gpu.power': [100, 200] }));
    nodes.take(gpu([1010], { 'gpu.util': [null], 'gpu.power': [300] }));
    nodes.take(gpu([900], { 'gpu.util': [0.1], 'gpu.power': [50] }));
    const node = nodes.get('n1');
    expect(node).toBeDefined();
    if (node === undefined) return;
    expect(nodeRow(node, { viewer, index: jobIndex(), now: 1020 }).gpus[0]).toMatchObject({
      busy: 0.5,
      power: 300,
      temp: null,
      lastReadingAt: 1010,
      silent: false,
      jobs: [],
    });
  });

  it('is the same where the numbers of many lie in one array', () => {
    const nodes = nodeRegistry();
    const numbers = Float64Array.of(7, 1000, 1005, 0.5, Number.NaN, 100, 200);
    const table = packedTable({ kind: 'gpu', id: 'GPU-1', node: 'n1' }, { numbers, from: 1, rows: 2, metrics: ['gpu.util', 'gpu.power'] });
    nodes.take({ tables: [table], facts: [] });
    const { latest } = nodes.gpu('GPU-1') ?? {};
    expect([latest?.at, latest?.get('gpu.util'), latest?.get('gpu.power'), latest?.get('gpu.temp')]).toEqual([1005, 0.5, 200, undefined]);
  });

  it('prefers the profiler’s figure of a busy GPU to nvidia-smi’s', () => {
    const nodes = nodeRegistry();
    nodes.take(gpu([1000], { 'gpu.util': [1], 'gpu.grActive': [0.4] }));
    const index = jobIndex();
    index.put(aJob('a', { gpus: [{ uuid: 'GPU-1', node: 'n1' }] }));
    const node = nodes.get('n1');
    expect(node === undefined ? null : nodeRow(node, { viewer, index, now: 1000 })).toMatchObject({ jobs: ['c/a'], gpus: [{ busy: 0.4, jobs: ['c/a'] }] });
  });

  it('is nothing where its source stopped, though others go on: a profiler that ended must not call a resting GPU busy for ever', () => {
    const nodes = nodeRegistry();
    const busyAt = (now: number) => {
      const node = nodes.get('n1');
      return node === undefined ? null : nodeRow(node, { viewer, index: jobIndex(), now }).gpus[0]?.busy;
    };
    nodes.take(gpu([1000], { 'gpu.grActive': [0.97], 'gpu.util': [1] }));
    nodes.take(gpu([1180], { 'gpu.util': [0] }));
    expect(busyAt(1180)).toBe(0.97);
    nodes.take(gpu([1181], { 'gpu.util': [0] }));
    expect(busyAt(1181)).toBe(0);
  });

  it('of a host is not taken back by a spool that is sent late', () => {
    const nodes = nodeRegistry();
    const host = (t: number[], cpu: number[]) =>
      nodes.take(intakeFromBatch({ source: 's', seq: 0, blocks: [{ entity: { kind: 'host', id: 'n1', node: 'n1' }, t, columns: { 'host.cpu': cpu } }] }));
    host([1000], [0.2]);
    host([900], [0.9]);
    expect(nodes.get('n1')?.host?.get('host.cpu')).toBe(0.2);
  });

  it('known from earlier is silent until it speaks', () => {
    const nodes = nodeRegistry();
    nodes.restore({ node: 'n1', gpus: [{ uuid: 'GPU-1', name: 'NVIDIA A40' }], lastReadingAt: 500 });
    nodes.restore({ node: 'n2', gpus: [], lastReadingAt: null });
    const row = (name: string, now: number) => {
      const node = nodes.get(name);
      return node === undefined ? null : nodeRow(node, { viewer, index: jobIndex(), now });
    };
    expect(row('n1', 680)).toMatchObject({ silent: false, gpus: [{ name: 'NVIDIA A40', busy: null, silent: true }] });
    expect(row('n1', 681)?.silent).toBe(true);
    expect(row('n2', 681)?.silent).toBe(true);
  });
});

describe('silence', () => {
  it('begins after three minutes', () => {
    expect(isSilent(1000, 1180)).toBe(false);
    expect(isSilent(1000, 1180.1)).toBe(true);
    expect(isSilent(null, 0)).toBe(true);
  });

  it('is told once, and so is its end', () => {
    const said: string[] = [];
    const log = { warn: (_: object, text: string) => said.push(text), info: (_: object, text: string) => said.push(text) } as never; // pino's many overloads
    const nodes = nodeRegistry();
    nodes.take(gpu([1000], { 'gpu.util': [1] }));
    for (const now of [1100, 1200, 1300]) tellSilence(nodes, now, log);
    nodes.take(gpu([1350], { 'gpu.util': [1] }));
    for (const now of [1360, 1370]) tellSilence(nodes, now, log);
    expect(said).toEqual(['a node has fallen silent: no reading for three minutes', 'a node speaks again']);
  });
});
