import { describe, expect, it } from 'vitest';
import { advised } from '../../../../core/telling/index.ts';
import { judged, type GpuSpec, type PhaseSpec, type RunSpec } from '../findings/judged.ts';
import { table } from '../../../support/telemetry.ts';

const decode: PhaseSpec = {
  seconds: 600,
  busy: 0.95,
  bottleneck: 'memory',
  activity: 'decode',
  mean: { 'engine.running': 32, 'engine.kvUsage': 0.5, 'engine.kvTokens': 16_000 },
  shares: { memory: 0.8, compute: 0.2 },
  verdict: { relief: 5, grade: 0.85 },
};
const rest: PhaseSpec = { seconds: 700, busy: 0 };
const gpu: GpuSpec = { phases: [decode, rest], engines: [0] };
const run = (more: Partial<RunSpec> = {}) =>
  advised(
    judged({
      gpus: [gpu],
      engines: [table('engine', 'vllm@?', {}, { maxNumSeqs: '32' })],
      workload: { engine: 'vllm', model: 'meta-llama/Llama-3.1-8B', dtype: 'fp16', tensorParallel: 1 },
      ...more,
    }),
  );

describe('a run’s verdicts with advice', () => {
  it('are told each from the phase that they came from', () => {
    const { verdict, phases, gpus } = run();
    expect(phases.map((phase) => phase.verdict.tries[0]?.text.slice(0, 36))).toEqual([
      'Let up to 64 requests run at once (n',
      'The GPU did nothing for 11 min 40 s:',
    ]);
    expect(verdict.tries[0]?.text).toContain('The GPU did nothing');
    expect(gpus[0]?.tries).toEqual(verdict.tries);
  });

  it('that were put together are told from the longest phase that says the same, not from another’s numbers', () => {
    const other: PhaseSpec = { ...decode, seconds: 1200, bottleneck: 'compute', shares: { compute: 0.9 }, mean: { ...decode.mean, 'engine.running': 100 } };
    const spec = judged({
      gpus: [{ phases: [other, decode], engines: [0] }],
      engines: [table('engine', 'vllm@?', {})],
      workload: { engine: 'vllm', model: 'meta-llama/Llama-3.1-8B', dtype: 'fp16', tensorParallel: 1 },
    });
    const memory = spec.gpus[0]?.phases[1]?.verdict;
    if (memory === undefined) throw new Error('a phase');
    const { verdict } = advised({ ...spec, verdict: { ...memory, grade: 0.6 } });
    expect(verdict.tries[0]?.text).toContain('Send up to 64 requests at once (now 32)');
  });

  it('have the texts of what to try as their plain advice', () => {
    const { phases } = run();
    for (const { verdict } of phases) expect(verdict.advice).toEqual(verdict.tries.map(({ text }) => text));
  });

  it('keep everything else of a verdict', () => {
    const { phases } = run();
    expect(phases[0]).toMatchObject({ from: 0, to: 600, verdict: { bottleneck: 'memory', activity: 'decode', relief: 5, grade: 0.85 } });
  });

  it('know the engine’s limits, the command line and the nodes', () => {
    const eager: PhaseSpec = {
      ...decode,
      bottleneck: 'host',
      shares: { host: 0.4, empty: 0.4 },
      mean: { ...decode.mean, 'engine.generationRate': 3200 },
      verdict: { relief: 1.6, grade: 0.8 },
    };
    const { verdict } = run({ gpus: [{ phases: [eager], engines: [0] }] });
    expect(verdict.tries[0]?.text).toContain('Keep CUDA graphs on');
    const spec = judged({
      gpus: [{ phases: [eager], engines: [0] }],
      engines: [table('engine', 'vllm@?', {})],
      workload: { engine: 'vllm', model: 'meta-llama/Llama-3.1-8B', dtype: 'fp16' },
    });
    const withCommand = advised({ ...spec, processes: [table('process', 'n1/1', {}, { command: 'vllm serve x --enforce-eager' })] });
    expect(withCommand.verdict.tries[0]?.text).toContain('leave out --enforce-eager');
  });

  it('count an engine’s own GPUs, not those of a server beside it', () => {
    const two = { ...decode, verdict: { relief: 5, grade: 0.85 } };
    const { gpus } = run({
      gpus: [
        { phases: [two], engines: [0] },
        { phases: [two], engines: [1] },
      ],
      engines: [table('engine', 'vllm@a', {}), table('engine', 'vllm@b', {})],
      workload: { engine: 'vllm', model: 'meta-llama/Llama-3.1-8B', dtype: 'fp16' },
    });
    // 15.0 GB on the engine's one GPU: not the half of it.
    expect(gpus[0]?.tries.some(({ text }) => text.startsWith('Each step reads 15.0 GB'))).toBe(true);
  });

  it('of an empty run are left as they are', () => {
    expect(advised(judged({ gpus: [] })).phases).toEqual([]);
  });
});
