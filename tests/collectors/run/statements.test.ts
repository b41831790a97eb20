import { describe, expect, it } from 'vitest';
import { diagnosing, type Diagnosis, toJson } from '../../../collectors/run/index.ts';

const BUSY = `# gpu    pwr  gtemp  mtemp     sm    mem\n# Idx      W      C      C      %      %\n${'    0    250     50      -     95     60\n'.repeat(60)}`;
const QUERY = `timestamp, uuid, name, utilization.gpu [%], power.draw [W]\n${Array.from({ length: 60 }, (_, s) => `2026/11/22 10:00:${String(s).padStart(2, '0')}.000, GPU-11111111-2222-3333-4444-555555555555, NVIDIA A40, 95 %, 250.00 W\n`).join('')}`;
const TOPO = '\tGPU0\tGPU1\tCPU Affinity\nGPU0\t X \tSYS\t0-15\nGPU1\tSYS\t X \t16-31\n';
const OLLAMA = 'total duration: 2s\neval count: 80 token(s)\neval duration: 2s\neval rate: 40.00 tokens/s\n';
const BENCH =
  '============ Serving Benchmark Result ============\nSuccessful requests: 10\nBenchmark duration (s): 2.00\nRequest throughput (req/s): 5.00\nOutput token throughput (tok/s): 100.00\n==================================================\n';

function diagnose(files: Readonly<Record<string, string>>): Diagnosis {
  const work = diagnosing({ tz: 'UTC' });
  for (const [name, text] of Object.entries(files)) {
    const source = work.open(name);
    source.feed(text);
    source.end();
  }
  return work.finish({});
}

describe('results among the files of a run', () => {
  it('alone are told without an analysis, and are no unknown format', () => {
    const { analysis, sources, run } = diagnose({ 'a.txt': OLLAMA });
    expect(analysis).toBeNull();
    expect(sources).toMatchObject([{ collector: 'ollama', readings: 0, rejectedCount: 0 }]);
    expect(run.statements).toEqual(sources[0]?.statements);
    expect(sources[0]?.statements[0]?.figures).toContainEqual({ name: 'generationRate', value: 40, unit: 'tokens/s' });
  });

  it('beside readings change no verdict and no GPU, and go to programs with their figures', () => {
    const plain = diagnose({ 'dmon.txt': BUSY });
    const both = diagnose({ 'dmon.txt': BUSY, 'topo.txt': TOPO });
    expect(both.analysis?.verdict).toEqual(plain.analysis?.verdict);
    expect(both.analysis?.gpus.map(({ id }) => id)).toEqual(['#0']);
    expect(JSON.stringify(toJson(both))).toContain('{"name":"gpuPairs.withoutNvlink","value":1,"unit":"ratio"}');
    expect(toJson(both)['beside']).toEqual([]);
  });

  it('a topology of the whole node does not keep two names of one card apart', () => {
    const { run } = diagnose({ 'query.csv': QUERY, 'dmon.txt': BUSY, 'topo.txt': TOPO });
    const gpus = run.tables.filter(({ entity, t }) => entity.kind === 'gpu' && t.length > 0);
    expect(gpus.map(({ entity, facts }) => [entity.id, facts.get('nvlink')])).toEqual([['GPU-11111111-2222-3333-4444-555555555555', 'none']]);
  });

  it('inside a job’s log are found between its lines', () => {
    const log = `INFO 11-22 10:00:01 [loggers.py:118] Engine 000: Avg prompt throughput: 100.0 tokens/s, Avg generation throughput: 50.0 tokens/s, Running: 1 reqs, Waiting: 0 reqs, GPU KV cache usage: 1.0%, Prefix cache hit rate: 0.0%\nstep 1\n${BENCH}${TOPO}done\n`;
    const { sources } = diagnose({ 'slurm-1.out': log });
    expect(sources.map(({ collector }) => collector)).toEqual(['job-log', 'results-in-log']);
    expect(sources[1]?.statements.map(({ tool }) => tool)).toEqual(['nvidia-smi’s topology (topo -m)', 'the result of a serving benchmark (vllm bench serve)']);
    expect(sources[1]?.entities).toEqual([]);
  });

  it('a database that a caller opened is told as it found it, or with the reason why it said nothing', () => {
    const work = diagnosing({});
    work.told('run.sqlite', 'nsys-sqlite', [{ tool: 'nsys', says: ['x'.repeat(1_000)], figures: [], instead: null }]);
    work.told('other.sqlite', 'nsys-sqlite', 'no table of nsys');
    const { sources } = work.finish({});
    expect(sources[0]?.statements[0]?.says[0]).toHaveLength(601);
    expect(sources[1]).toMatchObject({ statements: [], rejected: [{ reason: 'no table of nsys' }] });
  });
});
