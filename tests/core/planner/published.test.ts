import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type NodeType, UNKNOWN_SITE } from '../../../core/knowledge/index.ts';
import { type Estimate, plan, type PlanQuestion } from '../../../core/planner/index.ts';
import { FRESH, heldOut, LATER, type Published, PUBLISHED, UNSEEN } from './published.ts';

/** Machines of eight GPUs with 1600 Gbit/s between them, as llm-foundry's. */
const node = (gpu: Published['gpu']): NodeType => ({
  id: gpu,
  gpu,
  gpusPerNode: 8,
  nodes: null,
  cores: 96,
  cpu: null,
  hostMemory: [1e12],
  networks: [{ kind: 'infiniband', rate: 200e9 }],
  scratchBytes: null,
  notes: [],
  source: 'llm-foundry',
});

// TensorRT-LLM 0.5 and 0.6 had no kernel for grouped heads: XQA came with 0.8.
function planned(row: Published, cachePerHead: boolean, changed: Partial<PlanQuestion> = {}) {
  const {
    phase,
    type,
    quantization,
    engine,
    tensorParallel,
    pipelineParallel,
    dataParallel,
    batch,
    context,
    microBatch,
    checkpointing,
    cacheBytes,
    gpu,
    model,
  } = row;
  const result = plan({
    model,
    gpu,
    type,
    quantization,
    engine: phase === 'train' ? undefined : engine,
    mode: phase === 'train' ? 'train' : 'serve',
    tensorParallel,
    pipelineParallel,
    dataParallel,
    batch,
    context,
    serve: { cacheBytes, cachePerHead, ...(engine === 'graphs' ? { chunkTokens: 8192 } : {}) },
    train: { microBatch, checkpointing, zero: dataParallel > 1 ? 3 : 1 },
    site: { ...UNKNOWN_SITE, nodeTypes: [node(gpu)] },
    ...changed,
  });
  if (!result.ok) throw new Error(`${row.id}: ${result.errors.join('; ')}`);
  return result;
}

/** What the planner says to a row. A whole run of prompts and answers is put together of both phases. */
function expected(row: Published, cachePerHead = row.id.startsWith('trt')): Estimate {
  if (row.lengths === null) {
    const result = planned(row, cachePerHead);
    const phase = row.phase === 'train' ? result.train : row.phase === 'prefill' ? result.prefill : result.decode;
    if (phase === null) throw new Error(row.id);
    return phase.tokensPerSecond;
  }
  const [prompt, answer] = row.lengths;
  const [decode, prefill] = [planned(row, cachePerHead).decode?.tokensPerSecond, planned(row, cachePerHead, { context: prompt }).prefill?.tokensPerSecond];
  if (decode === undefined || prefill === undefined) throw new Error(row.id);
  // Prefill that is interleaved hides behind the reading of weights at best; a static batch has it first.
  const interleaved = row.id.startsWith('gap');
  const both = (end: keyof Estimate, hidden: boolean) =>
    answer / (hidden ? Math.max(answer / decode[end], prompt / prefill[end]) : answer / decode[end] + prompt / prefill[end]);
  return { ceiling: both('ceiling', interleaved), low: both('low', false), high: both('high', interleaved) };
}

const rows = PUBLISHED.map((row) => ({ row, held: heldOut(row.id), ...expected(row) }));
type Row = (typeof rows)[number];

const inside = ({ row, low, high }: Row) => row.tokensPerSecond >= low && row.tokensPerSecond <= high;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return ((sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? NaN)) / 2;
}

function scoreOf(of: readonly Row[]) {
  return {
    rows: of.length,
    inside: of.filter(inside).length / of.length,
    above: of.filter(({ row, ceiling }) => row.tokensPerSecond > ceiling).length,
    width: median(of.map(({ low, high }) => high / low)),
  };
}

const chosen = rows.filter(({ held }) => !held);
const held = rows.filter((one) => one.held);

/** A kind of work in a kind of program, as the table of docs/method.md names it. */
const KINDS: readonly (readonly [string, (row: Published) => boolean])[] = [
  ['decoding, llama.cpp', ({ phase, engine }) => phase === 'decode' && engine === 'llama.cpp'],
  ['prefill, llama.cpp', ({ phase, engine }) => phase === 'prefill' && engine === 'llama.cpp'],
  ['decoding, gpt-fast', ({ phase, engine }) => phase === 'decode' && engine === 'graphs'],
  ['first token, TensorRT-LLM', ({ phase, engine }) => phase === 'prefill' && engine === 'graphs'],
  ['whole answers, TensorRT-LLM and vLLM', ({ phase }) => phase === 'serve'],
  ['decoding, Transformers', ({ engine, phase }) => engine === 'eager' && phase === 'decode'],
  ['training, llm-foundry and Megatron-LM', ({ phase }) => phase === 'train'],
];

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

function line(name: string, of: readonly Row[]): string {
  const all = scoreOf(of);
  const split = [of.filter((one) => !one.held), of.filter((one) => one.held)].map((some) =>
    some.length === 0 ? '–' : `${some.filter(inside).length} of ${some.length}`,
  );
  return `| ${name} | ${all.rows} | ${split.join(' | ')} | ${percent(all.inside)} | ${all.above} | ${all.width.toFixed(2)} × |`;
}

const table = [
  '| kind of work | rows | inside, of those that were looked at | inside, of those held out | inside | above the ceiling | median width |',
  '|---|---|---|---|---|---|---|',
  ...KINDS.map(([name, is]) =>
    line(
      name,
      rows.filter(({ row }) => is(row)),
    ),
  ),
  line('all', rows),
].join('\n');

describe('published rates', () => {
  it('are 302, each once, in one kind, and a third of them was held out', () => {
    expect(rows.length).toBe(302);
    expect(new Set(PUBLISHED.map(({ id }) => id)).size).toBe(302);
    for (const { row } of rows) expect(KINDS.filter(([, is]) => is(row)).length, row.id).toBe(1);
    expect(held.length).toBe(103);
  });

  it('stay under the ceiling, every one', () => {
    expect(rows.filter(({ row, ceiling }) => row.tokensPerSecond > ceiling).map(({ row }) => row.id)).toEqual([]);
  });

  it.each([
    ['looked at while the model was made', chosen],
    ['held out until it was fixed', held],
  ] as const)('lie in the range nine times of ten, at a width of 1.8 at most: those %s', (_, of) => {
    const { inside: share, width } = scoreOf(of);
    expect(share).toBeGreaterThanOrEqual(0.9);
    expect(width).toBeLessThanOrEqual(1.8);
  });

  it('of prefill over four cards, which came later, stay under the ceiling, and three of five lie in the range', () => {
    const later = LATER.map((row) => ({ row, held: true, ...expected(row) }));
    const score = scoreOf(later);
    console.log('later', score);
    expect([score.rows, score.above]).toEqual([28, 0]);
    expect(score.inside).toBeGreaterThanOrEqual(0.6);
  });

  it.each([
    ['of GPT-J and of the release before, which came after the second revision', FRESH, 27, 1.8],
    ['of H200, which were looked at once when all else stood', UNSEEN, 9, 1.8],
  ] as const)('%s, lie in the range nine times of ten', (_, of, count, widest) => {
    const score = scoreOf(of.map((row) => ({ row, held: true, ...expected(row) })));
    console.log(of[0]?.source, score);
    expect([score.rows, score.above]).toEqual([count, 0]);
    expect(score.inside).toBeGreaterThanOrEqual(0.9);
    expect(score.width).toBeLessThanOrEqual(widest);
  });

  it('of grouped heads that each read the cache lie in the range only where that is said', () => {
    const grouped = rows.filter(({ row }) => row.id.startsWith('trt') && row.lengths?.[1] === 2048 && row.model.heads !== row.model.kvHeads);
    const together = grouped.map(({ row }) => ({ row, held: false, ...expected(row, false) }));
    expect([grouped.filter(inside).length, together.filter(inside).length, grouped.length]).toEqual([6, 0, 6]);
  });

  it('score as docs/method.md says', () => {
    console.log(table);
    expect(readFileSync(new URL('../../../docs/method.md', import.meta.url), 'utf8')).toContain(table);
  });
});
