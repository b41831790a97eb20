import { describe, expect, it } from 'vitest';
import { parseAll } from '../../../collectors/collector/index.ts';
import * as results from '../../../collectors/results/index.ts';
import { collectors } from '../../../collectors/registry.ts';
import { sniff } from '../../../collectors/sniff.ts';

const { llamaBench, resultsInLog, servingBenchJson, topology } = results;

describe('results in forms that hold no second kind of line', () => {
  it('llama-bench’s JSON is read as a list over many lines', () => {
    const test = {
      build_commit: '5e8c7b3',
      gpu_info: 'NVIDIA A40',
      backends: 'CUDA',
      model_type: 'llama 8B Q8_0',
      model_size: 8e9,
      n_gpu_layers: 99,
      n_depth: 0,
    };
    const text = JSON.stringify(
      [
        { ...test, n_prompt: 512, n_gen: 0, avg_ts: 3000 },
        { ...test, n_prompt: 0, n_gen: 128, avg_ts: 50 },
      ],
      null,
      2,
    );
    expect(sniff(text)?.collector).toBe(llamaBench);
    const figures = parseAll(llamaBench, text).statements?.[0]?.figures;
    expect(figures).toEqual([
      { name: 'promptRate.pp512', value: 3000, unit: 'tokens/s' },
      { name: 'generationRate.tg128', value: 50, unit: 'tokens/s' },
      { name: 'weightBandwidth', value: 4e11, unit: 'bytes/s' },
      { name: 'weightBandwidthShare', value: 4e11 / 696e9, unit: 'ratio' },
    ]);
  });

  it('llama-bench of a mixture of experts, of a CPU and above the card’s peak gives no share of the card', () => {
    const row = (model: string, backend: string, rate: number) => `| ${model} | 10.00 GiB | 8.00 B | ${backend} | 99 | tg128 | ${rate}.00 ± 0.01 |`;
    const shares = [row('qwen3moe 30B.A3B Q8_0', 'CUDA', 30), row('llama 8B Q8_0', 'CPU', 10), row('llama 8B Q8_0', 'CUDA', 90)].map((line) => {
      const text = `  Device 0: NVIDIA A40, compute capability 8.6, VMM: yes\n| model | size | params | backend | ngl | test | t/s |\n| --- | --- | --- | --- | --- | --- | --- |\n${line}\n`;
      return parseAll(llamaBench, text).statements?.[0]?.figures.map(({ name }) => name);
    });
    expect(shares).toEqual([['generationRate.tg128'], ['generationRate.tg128', 'weightBandwidth'], ['generationRate.tg128']]);
  });

  it('a saved benchmark with the times of every request is read at its start and its end', () => {
    const lists = Array.from({ length: 400_000 }, () => '0.0123').join(', ');
    const text = `{"date": "x", "backend": "vllm", "duration": 10.0, "completed": 5, "total_input_tokens": 50, "request_throughput": 0.5, "output_throughput": 6.0, "itls": [[${lists}]], "mean_ttft_ms": 80.0}`;
    expect(text.length).toBeGreaterThan(2 ** 20);
    expect(sniff(text)?.collector).toBe(servingBenchJson);
    expect(parseAll(servingBenchJson, text).statements?.[0]?.figures).toEqual([
      { name: 'requests', value: 5, unit: 'count' },
      { name: 'duration', value: 10, unit: 'seconds' },
      { name: 'requestThroughput', value: 0.5, unit: '1/s' },
      { name: 'outputThroughput', value: 6, unit: 'tokens/s' },
      { name: 'timeToFirstToken.mean', value: 0.08, unit: 'seconds' },
    ]);
  });

  it('a topology whose columns are the network cards’ own names, in colour, tells the nearest of them', () => {
    const text = '\u001b[4m\tGPU0\tmlx5_0\tmlx5_1\tCPU Affinity\u001b[0m\nGPU0\t X \tSYS\tPIX\t0-7\nmlx5_0\tSYS\t X \tNODE\nmlx5_1\tPIX\tNODE\t X \n';
    expect(sniff(text)?.collector).toBe(topology);
    expect(parseAll(topology, text).statements?.[0]?.says).toContain(
      'Nearest network card: GPU0 mlx5_1 (PIX). Traffic to another card crosses more of the node.',
    );
  });

  it('a log that holds none is told of by nobody, whatever its brackets and bars', () => {
    const log = '[rank0]: step 1\n{"loss": 1.0}\n| a | table | of | something |\nGPU0 is mine\nState: fine\nJob ID: none\n=== done ===\n'.repeat(200);
    expect(parseAll(resultsInLog, log).statements).toBeUndefined();
  });
});

describe('hostile texts', () => {
  const told = new Set<unknown>(Object.values(results));
  const kinds = collectors.filter((collector) => told.has(collector));
  const line = 64 * 1024;
  it.each([
    ['line ends', '\n'.repeat(line)],
    ['blanks', ' '.repeat(line)],
    ['a header without an end', `GPU0 ${'\t'.repeat(line)}`],
    ['bars', '|'.repeat(line)],
    ['equals signs', '='.repeat(line)],
    ['dashes', `JobID\n${'- '.repeat(line / 2)}`],
    ['hashes', '# '.repeat(line / 2)],
    ['brackets', '[{"a":'.repeat(line / 6)],
    ['quotes', '"'.repeat(line)],
    ['digits', '1,'.repeat(line / 2)],
    ['colons', 'eval rate: '.repeat(line / 11)],
  ])('cost no more time than their length: %s', (_what, text) => {
    expect(kinds.length).toBeGreaterThan(15);
    for (const kind of kinds) {
      // This process's own time: the machine may have other work.
      const before = process.cpuUsage();
      kind.sniff(text, 'a.txt');
      parseAll(kind, text.repeat(4));
      const { user, system } = process.cpuUsage(before);
      expect((user + system) / 1e6, kind.id).toBeLessThan(2);
    }
  });
});
