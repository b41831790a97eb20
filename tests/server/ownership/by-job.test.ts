import { describe, expect, it } from 'vitest';
import { intakeFromBatch } from '../../../core/readings/index.ts';
import { deliveriesByJob, jobIndex } from '../../../server/ownership/index.ts';
import { aJob } from '../../support/jobs.ts';

const gpu = (id: string) => ({ kind: 'gpu' as const, id, node: 'n1' });

describe('what a batch brings', () => {
  const index = jobIndex();
  index.put(aJob('a', { gpus: [{ uuid: 'GPU-a', node: 'n1' }] }));
  index.put(aJob('b', { gpus: [{ uuid: 'GPU-b', node: 'n1' }], end: 200 }));
  const words = (deliveries: ReturnType<typeof deliveriesByJob>) =>
    deliveries.map((one) => `${one.job.id}: ${one.delivery.tables.length} blocks, ${one.delivery.facts.length} facts, ${one.delivery.events.length} events`);

  it('is sorted by job: readings, facts and events of a GPU to its job, those of the node to both', () => {
    expect(
      words(
        deliveriesByJob(
          index,
          intakeFromBatch({
            source: 's',
            seq: 0,
            blocks: [
              { entity: gpu('GPU-a'), t: [150], columns: {} },
              { entity: { kind: 'host', id: 'n1', node: 'n1' }, t: [150], columns: {} },
            ],
            facts: [{ entity: gpu('GPU-b'), name: 'name', value: 'NVIDIA A40' }],
            events: [
              { at: 150, entity: gpu('GPU-a'), kind: 'xid', text: '79' },
              { at: 250, entity: gpu('GPU-b'), kind: 'xid', text: '79' },
              { at: 150, entity: null, kind: 'oom', text: '' },
            ],
          }),
          1_000_000,
        ),
      ),
    ).toEqual(['a: 2 blocks, 0 facts, 1 events', 'b: 1 blocks, 1 facts, 0 events']);
  });

  it('of facts alone, or of an event without a time, goes to who holds the entity when it is heard, and to no job that had ended', () => {
    const named = { tables: [], facts: [{ entity: gpu('GPU-b'), name: 'name' as const, value: 'x' }], events: [] };
    expect(words(deliveriesByJob(index, named, 199))).toEqual(['b: 0 blocks, 1 facts, 0 events']);
    expect(words(deliveriesByJob(index, named, 200))).toEqual([]);
    const broken = { tables: [], facts: [], events: [{ at: null, entity: gpu('GPU-b'), kind: 'xid' as const, text: '79' }] };
    expect(words(deliveriesByJob(index, broken, 199))).toEqual(['b: 0 blocks, 0 facts, 1 events']);
    expect(words(deliveriesByJob(index, broken, 200))).toEqual([]);
  });

  it('of facts alone about a process goes to its job, never to a neighbour on the node: its command line would name the neighbour’s model', () => {
    const process = { kind: 'process' as const, id: 'n1/77', node: 'n1' };
    index.learn([{ entity: process, name: 'gpu', value: 'GPU-b' }]);
    const command = { tables: [], facts: [{ entity: process, name: 'command' as const, value: 'vllm serve a-model' }], events: [] };
    expect(words(deliveriesByJob(index, command, 150))).toEqual(['b: 0 blocks, 1 facts, 0 events']);
  });
});
