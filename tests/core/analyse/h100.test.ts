import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { diagnosed } from '../../support/vllm-h100.ts';

const FOLDER = join(import.meta.dirname, 'h100');
const PROC = ['hold', 'adam-offload', 'checkpoint', 'offload', 'tokenise', 'tiny-kernels', 'train-late-loader', 'pageable', 'hf-generate-1b'];

/**
 * Known work on one H100 SXM, recorded for this project (14 s of each): nvidia-smi’s GPM counters every second, --query-gpu every half
 * second, headroom-record every two. Random weights; what each did is known by construction. `right`: what may be said with certainty.
 */
const WORK: readonly { name: string; right: readonly string[]; what: string }[] = [
  { name: 'hold', right: ['idle'], what: '20 GiB held, nothing runs' },
  { name: 'copy', right: ['memory'], what: 'copies within device memory, 2.97 TB/s' },
  { name: 'decode-b1-s512', right: ['memory'], what: 'a 7 B model, batch 1, CUDA graph' },
  { name: 'decode-b16-s2048', right: ['memory'], what: 'batch 16' },
  { name: 'decode-b64-s2048', right: ['memory'], what: 'batch 64' },
  { name: 'decode-b1-eager', right: ['memory', 'host', 'overhead'], what: 'batch 1 without a graph' },
  { name: 'prefill-512', right: ['compute'], what: 'prompts of 512 tokens' },
  { name: 'prefill-2048', right: ['compute'], what: 'prompts of 2,048 tokens' },
  { name: 'prefill-8192', right: ['compute'], what: 'prompts of 8,192 tokens' },
  { name: 'serve-b32', right: ['memory'], what: '30 decode steps of 32, then a prompt' },
  { name: 'alternating', right: ['memory', 'compute', 'balanced'], what: '5 s of decode and 5 s of prefill in turn' },
  { name: 'decode-small-eager', right: ['host', 'overhead'], what: 'a 30 M model, eager' },
  { name: 'train', right: ['compute'], what: '1 B, full' },
  { name: 'train-lora', right: ['compute'], what: '1 B, adapters' },
  { name: 'train-late-loader', right: ['host'], what: 'a step of 0.2 s, then 0.8 s without data' },
  { name: 'adam-offload', right: ['host', 'transfer'], what: 'Adam on the host’s cores' },
  { name: 'tokenise', right: ['host'], what: '150 ms of Python on one core before each step of 8 ms' },
  { name: 'offload', right: ['transfer'], what: 'weights stream from pinned memory, 57 GB/s' },
  { name: 'pageable', right: ['transfer', 'host'], what: '1 GiB from pageable memory a step' },
  { name: 'checkpoint', right: ['storage', 'host'], what: 'torch.save of 2 GiB and sync, again and again' },
  { name: 'bursts', right: ['host'], what: 'batch 8 for a second, nothing for the next' },
  { name: 'short-bursts', right: ['host'], what: 'a tenth of a second of work, three tenths of none' },
  { name: 'matmul-bf16', right: ['compute'], what: 'GEMM' },
  { name: 'matmul-fp32', right: ['compute'], what: 'GEMM without tensor cores' },
  { name: 'matmul-tf32', right: ['compute'], what: 'GEMM' },
  { name: 'matmul-fp64', right: ['compute'], what: 'GEMM' },
  { name: 'tiny-kernels', right: ['host', 'overhead'], what: 'thousands of small kernels a second from Python' },
  { name: 'spin', right: ['overhead'], what: 'kernels that only wait' },
  { name: 'hf-generate-7b', right: ['host', 'overhead', 'memory'], what: 'Transformers’ generate(), batch 4' },
  { name: 'hf-generate-1b', right: ['host', 'overhead'], what: 'Transformers’ generate(), batch 1' },
];

/** Work of the host during which the GPU does nothing at all: of the GPU alone it is true that it rests. */
const EMPTY = ['adam-offload', 'checkpoint'];

const SETS: readonly { set: string; files: (name: string) => string[]; names: readonly string[]; gpu?: 'H100-80' }[] = [
  { set: 'GPM counters, the GPU’s type not known', files: (name) => [`${name}.gpm.txt`], names: WORK.map(({ name }) => name) },
  { set: 'GPM counters', files: (name) => [`${name}.gpm.txt`], names: WORK.map(({ name }) => name), gpu: 'H100-80' },
  { set: '--query-gpu', files: (name) => [`${name}.query.csv`], names: WORK.map(({ name }) => name) },
  { set: '--query-gpu and /proc', files: (name) => [`${name}.query.csv`, `${name}.proc.txt`], names: PROC },
  { set: 'GPM counters and /proc', files: (name) => [`${name}.gpm.txt`, `${name}.proc.txt`], names: PROC },
];

describe.each(SETS)('known work on an H100 by $set', ({ files, names, gpu }) => {
  it.each(WORK.filter(({ name }) => names.includes(name)))('$name ($what) is never called something else with certainty', ({ name, right }) => {
    const { verdict } = diagnosed(FOLDER, files(name), gpu === undefined ? {} : { gpu }).analysis;
    const alone = !files(name).some((file) => file.endsWith('proc.txt'));
    if (verdict.grade > 0.5) expect([...right, ...(alone && EMPTY.includes(name) ? ['idle'] : [])]).toContain(verdict.bottleneck);
  });
});

describe('known work on an H100 that counters can tell', () => {
  const told = (files: readonly string[]) => diagnosed(FOLDER, files, { gpu: 'H100-80' }).analysis.verdict;
  it.each([
    ['copy', 'memory'],
    ['decode-b1-s512', 'memory'],
    ['decode-b64-s2048', 'memory'],
    ['prefill-512', 'compute'],
    ['prefill-8192', 'compute'],
    ['train', 'compute'],
    ['matmul-fp32', 'compute'],
    ['matmul-fp64', 'compute'],
    ['offload', 'transfer'],
    ['spin', 'overhead'],
  ])('%s is %s', (name, bottleneck) => {
    const verdict = told([`${name}.gpm.txt`]);
    expect(verdict.bottleneck).toBe(bottleneck);
    expect(verdict.grade).toBeGreaterThan(0.5);
  });
  it('hold is idle, by nvidia-smi, which shows that memory stays and power is that of rest', () => {
    expect(told(['hold.query.csv'])).toMatchObject({ bottleneck: 'idle', grade: 0.85 });
  });
  it.each(['tokenise', 'tiny-kernels', 'hf-generate-1b'])('%s is the host’s, by /proc beside nvidia-smi', (name) => {
    expect(told([`${name}.query.csv`, `${name}.proc.txt`])).toMatchObject({ bottleneck: 'host' });
  });
  it('copies and an empty GPU are one thing: the reason names the copies and no unknown cause', () => {
    const { why } = told(['offload.gpm.txt']);
    expect(why.join(' ')).not.toMatch(/cause unknown/);
  });
});
