// Small inputs after public bug reports, each with what must come out of it. They are not part of the project: $HEADROOM_CASES names their folder.
import { describe, expect } from 'vitest';
import { itReads } from '../support/cases.ts';

describe('results, which hold no series', () => {
  itReads('06-seff', 'seff is named, with its efficiencies and what it does not know', ({ diagnosis, printed }) => {
    expect(diagnosis.analysis).toBeNull();
    expect(printed).toMatch(/^This is seff’s output/);
    expect(printed).toContain('CPU efficiency 35.7 %');
    expect(printed).toContain('Memory efficiency 1.7 %');
    expect(printed).toContain('There is no GPU in it');
    expect(printed).not.toContain('unknown format');
  });

  itReads('07-reportseff-gpu', 'GPU efficiency of each job; 13 s are too short to call it waste', ({ diagnosis, printed }) => {
    expect(printed).toMatch(/^This is reportseff’s output/);
    expect(printed).toMatch(/649436: [^\n]*GPU 0\.0 %[^\n]*\n[^\n]*13 s: too short/);
    expect(printed).toMatch(/649440: [^\n]*GPU 91\.4 %/);
    expect(diagnosis.sources[0]?.statements[0]?.figures).toContainEqual({ name: 'job.649440.gpuEfficiency', value: 0.914, unit: 'ratio' });
  });

  itReads('38-ollama-verbose', 'prompt and generation rate of one request', ({ printed }) => {
    expect(printed).toMatch(/^This is ollama’s/);
    expect(printed).toContain('Prompt 512 tokens/s (1119 tokens');
    expect(printed).toContain('Generation 10.6 tokens/s (9 tokens');
  });

  itReads('22-topo', 'the topology says that NVLink joins the GPUs, and that it holds no readings', ({ diagnosis, printed }) => {
    expect(printed).toMatch(/^This is nvidia-smi’s topology/);
    expect(printed).toContain('NVLink (NV18) joins every pair');
    expect(printed).toContain('holds no readings');
    expect(diagnosis.sources[0]).toMatchObject({ collector: 'nvidia-smi-topo', readings: 0 });
  });

  itReads('40-rocm-smi', 'AMD’s GPUs are named with their numbers, and no verdict is made', ({ diagnosis, printed }) => {
    expect(diagnosis.analysis).toBeNull();
    expect(printed).toMatch(/^This is rocm-smi’s output: AMD GPUs/);
    expect(printed).toContain('GPU 0: 100 % busy, 612 W of 750 W, memory 93 % full');
    expect(printed).toContain('GPU 1: 0 % busy, 139 W of 750 W, memory 0 % full');
  });

  itReads('62-llama-bench', 'prompt and generation rate, and the weights that were read as an upper bound', ({ printed }) => {
    expect(printed).toMatch(/^This is llama-bench’s result/);
    expect(printed).toContain('prompt (pp512) 1932 tokens/s');
    expect(printed).toContain('generation (tg128) 57.1 tokens/s');
    expect(printed).toMatch(/4\.58 GiB × 57\.1 tokens\/s = 281 GB\/s of memory bandwidth as an upper bound \(the input embedding is looked up/);
  });

  itReads('66-nsys-stats-text', 'nsys stats: share of communication and of GEMM, the rest not listed', ({ diagnosis, printed }) => {
    expect(printed).toMatch(/^This is nsys stats’ output/);
    expect(printed).toContain('collective communication (NCCL) 41 %, GEMM 33 %, not listed 26 %');
    const figures = diagnosis.sources[0]?.statements[0]?.figures ?? [];
    expect(figures.find(({ name }) => name === 'kernelShare.collective')?.value).toBeCloseTo(0.412, 3);
  });
});
