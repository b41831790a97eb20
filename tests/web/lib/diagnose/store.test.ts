import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { tableOf, type Run } from '../../../../core/readings/index.ts';
import { IngestBatchSchema, JobDeclarationSchema } from '../../../../core/contract/index.ts';
import { batchesOf, declarationOf, sizeOf, type StoreAsk } from '../../../../web/lib/diagnose/store.ts';
import { analysis } from '../../../pages/support/fixtures.ts';

const gpu = { kind: 'gpu', id: '#0' } as const;
const host = { kind: 'host', id: '?' } as const;
const engine = { kind: 'engine', id: 'vllm@?' } as const;
const run: Run = {
  clock: 'relative',
  tables: [
    tableOf(
      gpu,
      [
        { entity: gpu, at: 0, values: { 'gpu.util': 0.5 } },
        { entity: gpu, at: 5, values: { 'gpu.power': 250 } },
      ],
      [{ entity: gpu, name: 'name', value: 'NVIDIA A40' }],
    ),
    tableOf(host, [{ entity: host, at: 0, values: { 'host.netRx': 7 } }]),
    tableOf(engine, [{ entity: engine, at: 0, values: { 'engine.running': 3 } }]),
  ],
  events: [{ at: 2, entity: gpu, kind: 'oom', text: 'CUDA out of memory' }],
};
const ask: StoreAsk = { cluster: 'local', id: 'import-1', name: 'a run', node: 'alvis4-12', start: 1000, source: 'page-x' };

describe('a diagnosis stored as a job', () => {
  it('is declared with names that mean something outside the files', () => {
    const declaration = declarationOf(run, analysis({ clock: 'relative', from: 0, to: 5 }), ask);
    expect(Compile(JobDeclarationSchema).Check(declaration)).toBe(true);
    expect(declaration).toMatchObject({
      name: 'a run',
      state: 'completed',
      start: 1000,
      end: 1005,
      nodes: ['alvis4-12'],
      gpus: [{ uuid: 'alvis4-12/local/import-1#0', node: 'alvis4-12' }],
      gpuType: 'A100-40',
    });
  });

  it('is sent as batches of the contract, dated, counters as they came, absent as null', () => {
    const batches = [...batchesOf(run, ask)];
    const check = Compile(IngestBatchSchema);
    expect(batches.map((batch) => [...check.Errors(batch)])).toEqual([[]]);
    expect(batches[0]).toEqual({
      source: 'page-x',
      seq: 0,
      node: 'alvis4-12',
      job: 'local/import-1',
      blocks: [
        {
          entity: { kind: 'gpu', id: 'alvis4-12/local/import-1#0', node: 'alvis4-12' },
          t: [1000, 1005],
          columns: { 'gpu.util': [0.5, null], 'gpu.power': [null, 250] },
        },
        { entity: { kind: 'host', id: 'alvis4-12', node: 'alvis4-12' }, t: [1000], columns: { 'host.netRx': [7] } },
        { entity: { kind: 'engine', id: 'vllm@alvis4-12/local/import-1', node: 'alvis4-12' }, t: [1000], columns: { 'engine.running': [3] } },
      ],
      facts: [{ entity: { kind: 'gpu', id: 'alvis4-12/local/import-1#0', node: 'alvis4-12' }, name: 'name', value: 'NVIDIA A40' }],
      events: [{ at: 1002, entity: { kind: 'gpu', id: 'alvis4-12/local/import-1#0', node: 'alvis4-12' }, kind: 'oom', text: 'CUDA out of memory' }],
    });
  });

  it('splits a long run, every reading once and in order, numbered so that a repeat is known', () => {
    const readings = Array.from({ length: 100_000 }, (_, index) => ({ entity: gpu, at: index, values: { 'gpu.util': 0.5 } }));
    const long: Run = { ...run, tables: [tableOf(gpu, readings)], events: [] };
    const batches = [...batchesOf(long, ask)];
    expect(batches.map((batch) => batch.seq)).toEqual([0, 1, 2]);
    expect(batches.flatMap((batch) => batch.blocks.flatMap((block) => block.t))).toEqual(readings.map(({ at }) => at + 1000));
    expect(sizeOf(long)).toBe(100_000);
  });
});
