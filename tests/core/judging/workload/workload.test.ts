// Past the door of core/judging/workload: sources are tried against each other before a verdict hides which one won.
import { describe, expect, it } from 'vitest';
import type { EntityKind, FactName, Table } from '../../../../core/readings/index.ts';
import { findModel } from '../../../../core/knowledge/index.ts';
import { detectWorkload } from '../../../../core/judging/workload/index.ts';
import { aWorkload } from '../../../support/analysis.ts';
import { made } from '../../../support/telemetry.ts';

const table = (kind: EntityKind, id: string, facts: Partial<Record<FactName, string>>): Table => made(kind, { id, samples: 0, facts, values: {} });

const ENGINE = table('engine', 'vllm@n1:8000', { model: 'my-chat', dtype: 'torch.float16', tensorParallel: '2' });
const SERVER = table('process', 'n1/400', { command: 'vllm serve meta-llama/Llama-3.1-8B -tp 4 --dtype auto' });

describe('the workload', () => {
  it('is unknown where nothing says it', () => {
    expect(detectWorkload([], {})).toEqual(aWorkload());
  });

  it('takes the command line before the engine’s own words, and says which', () => {
    const workload = detectWorkload([ENGINE, SERVER], {});
    expect(workload).toMatchObject({ engine: 'vllm', model: 'meta-llama/Llama-3.1-8B', tensorParallel: 4 });
    expect(workload.from).toEqual([
      'engine from vllm@n1:8000',
      'model from the command line of process n1/400',
      'dtype from vllm@n1:8000',
      'tensorParallel from the command line of process n1/400',
    ]);
  });

  it('passes over a data type of auto to what the engine chose', () => {
    expect(detectWorkload([SERVER, ENGINE], {}).dtype).toBe('fp16');
  });

  it('is what a person gave, whatever the job says', () => {
    const workload = detectWorkload([ENGINE, SERVER], { model: 'Qwen/Qwen2.5-7B', dtype: 'bf16', tensorParallel: 1, quantization: 'awq' });
    expect(workload).toMatchObject({ model: 'Qwen/Qwen2.5-7B', dtype: 'bf16', tensorParallel: 1, quantization: 'awq' });
    expect(workload.from).toContain('model given');
    expect(workload.from).toContain('tensorParallel given');
  });

  it('prefers a name that means a known model over an alias that means none', () => {
    const alias = table('process', 'n1/1', { command: 'vllm serve /mimer/private/chat --served-model-name chat' });
    const engine = table('engine', 'vllm@?', { model: 'mistralai/Mistral-7B-v0.3' });
    expect(detectWorkload([alias, engine], {}).model).toBe('mistralai/Mistral-7B-v0.3');
    expect(detectWorkload([alias], {}).model).toBe('/mimer/private/chat');
  });

  it('reads quantisation from the model’s name where nobody says it', () => {
    const workload = detectWorkload([table('process', '?/7', { command: 'llama-server -m Meta-Llama-3-8B-Instruct.Q4_K_M.gguf' })], {});
    expect(workload).toMatchObject({ engine: 'llama.cpp', quantization: 'q4_k_m' });
    expect(workload.from).toContain('quantization from the model’s name');
  });

  it('does not take quantisation None for one', () => {
    expect(detectWorkload([table('engine', 'vllm@?', { quantization: 'None', dtype: 'auto' })], {})).toMatchObject({ quantization: null, dtype: null });
  });

  it('of two engines with different models names none: one model’s arithmetic must not judge the other', () => {
    const two = [table('engine', 'vllm@a', { model: 'meta-llama/Llama-3.1-8B' }), table('engine', 'vllm@b', { model: 'Qwen/Qwen2.5-7B' })];
    const workload = detectWorkload(two, {});
    expect(workload.model).toBeNull();
    expect(workload.from.join('; ')).toContain('are served at once: name the one that is meant');
    expect(detectWorkload(two, { model: 'Qwen/Qwen2.5-7B' }).model).toBe('Qwen/Qwen2.5-7B');
  });

  it('of two engines with one model is that model', () => {
    const two = [table('engine', 'vllm@a', { model: 'meta-llama/Llama-3.1-8B' }), table('engine', 'vllm@b', { model: 'Meta-Llama-3.1-8B' })];
    expect(detectWorkload(two, {}).model).toBe('meta-llama/Llama-3.1-8B');
  });

  it('of a trainer behind a launcher joins what both say', () => {
    const tables = [
      table('process', 'n1/10', { command: 'torchrun --nproc-per-node 4 train.py --bf16' }),
      table('process', 'n1/11', { command: '/usr/bin/python -u train.py --bf16 --model_name_or_path Qwen/Qwen2.5-7B' }),
    ];
    expect(detectWorkload(tables, {})).toMatchObject({ engine: 'torchrun', model: 'Qwen/Qwen2.5-7B', dtype: 'bf16', dataParallel: 4 });
  });

  it('hears a server before a trainer beside it', () => {
    const tables = [
      table('process', 'n1/10', { command: 'torchrun --nproc-per-node 4 train.py --bf16' }),
      table('process', 'n1/20', { command: 'vllm serve facebook/opt-1.3b' }),
    ];
    expect(detectWorkload(tables, {})).toMatchObject({ engine: 'vllm', model: 'facebook/opt-1.3b', dtype: null, dataParallel: null });
  });

  it('takes facts of a process whose command line was not recorded', () => {
    expect(detectWorkload([table('process', '?/5', { engine: 'tgi', model: 'tiiuae/falcon-7b', tensorParallel: '2' })], {})).toMatchObject({
      engine: 'tgi',
      model: 'tiiuae/falcon-7b',
      tensorParallel: 2,
    });
  });

  it('names the engine whose counters came, not its cache', () => {
    expect(detectWorkload([table('engine', 'lmcache@?', {}), table('engine', 'llamacpp@?', {})], {}).engine).toBe('llama.cpp');
  });

  it('is found in a log that says which model is loaded', () => {
    const workload = detectWorkload([], {}, [{ at: 1, entity: null, kind: 'loading', text: 'Starting to load model meta-llama/Llama-3.1-8B...' }]);
    expect(workload).toMatchObject({ model: 'meta-llama/Llama-3.1-8B', from: ['model from the log'] });
  });

  it('has the id of an architecture that was given', () => {
    const spec = findModel('Qwen/Qwen2.5-7B')?.model;
    if (spec === undefined) throw new Error('no row');
    expect(detectWorkload([ENGINE, SERVER], { model: 'other', modelSpec: { ...spec, id: 'our/config' } }).model).toBe('our/config');
  });
});
