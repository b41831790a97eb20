import { describe, expect, it } from 'vitest';
import { judgeRun, openTracker } from '../../../core/analyse/index.ts';
import { openRunJudge } from '../../../core/judging/index.ts';
import type { Table } from '../../../core/readings/index.ts';
import { made, runOf } from '../../support/telemetry.ts';

const card = (id = 'GPU-0') => made('gpu', { id, node: 'n1', samples: 60, values: { 'gpu.util': 0.9 } });
const spokenOf = (kind: 'engine' | 'process', index: number): Table => ({
  entity: { kind, id: `x@${index}`, node: 'n1' },
  t: new Float64Array(0),
  columns: new Map(),
  facts: new Map([['model', 'xxxxxxxxxx']]),
});
const engine = (id: string) => made('engine', { id, node: 'n1', samples: 60, values: { 'engine.running': 1 } });
const MANY = 10_000;
const MOST = { gpu: 1, host: 1, engine: 2, process: 2 } as const;

describe('a crowd in one job', () => {
  it.each(['engine', 'process'] as const)(
    'of 10,000 things of kind %s that are only spoken of is judged in seconds, not minutes',
    (kind) => {
      const began = performance.now();
      judgeRun(runOf(card(), ...Array.from({ length: MANY }, (_, index) => spokenOf(kind, index))));
      expect(performance.now() - began).toBeLessThan(15_000);
    },
    120_000,
  );

  it('is judged by so many of each kind, what has readings before what has none, and the verdict says what was left out', () => {
    const judge = openRunJudge({}, 'utc', MOST);
    judge.push([spokenOf('engine', 1), spokenOf('engine', 2), engine('vllm@n1:1'), engine('vllm@n1:2'), card('GPU-0'), card('GPU-1')]);
    const run = judge.judged();
    expect(run.engines.map(({ entity }) => entity.id)).toEqual(['vllm@n1:1', 'vllm@n1:2']);
    expect(run.gpus.map(({ id }) => id)).toEqual(['GPU-0']);
    expect(run.verdict.missing.join('; ')).toMatch(/further engines: while a job runs 2 of them are judged.*further GPUs|further GPUs.*further engines/);
    expect(judge.current().missing.join('; ')).toMatch(/further engines/);
  });

  it('keeps of processes, which come and go, those heard last, and of GPUs those that came first', () => {
    const judge = openRunJudge({}, 'utc', MOST);
    judge.push([made('gpu', { id: 'GPU-0', node: 'n1', samples: 80, values: { 'gpu.util': 0.9 } })]);
    for (let index = 0; index < 5; index += 1) {
      const t = new Float64Array([1_000_000 + index]);
      judge.push([
        { entity: { kind: 'process', id: `n1:${index}`, node: 'n1' }, t, columns: new Map([['process.cpu', new Float64Array([1])]]), facts: new Map() },
        { entity: { kind: 'gpu', id: `GPU-${index + 1}`, node: 'n1' }, t, columns: new Map([['gpu.util', new Float64Array([1])]]), facts: new Map() },
      ]);
    }
    const run = judge.judged();
    expect(run.processes.map(({ entity }) => entity.id)).toEqual(['n1:3', 'n1:4']);
    expect(run.gpus.map(({ id }) => id)).toEqual(['GPU-0']);
  });

  it('that is no crowd is judged whole, and nothing is said', () => {
    const { verdict } = openTracker({}, 'utc', MOST).analysis();
    expect(verdict.missing.join()).not.toContain('further');
  });
});
