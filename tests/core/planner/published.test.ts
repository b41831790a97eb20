import { describe, expect, it } from 'vitest';
import { type NodeType, UNKNOWN_SITE } from '../../../core/knowledge/index.ts';
import { type Estimate, plan, type PlanQuestion } from '../../../core/planner/index.ts';
import { heldOut, type Published, PUBLISHED } from './published.ts';

/** Machines of eight GPUs with 1600 Gbit/s between them, as llm-foundry's. */
const node = (gpu: Published['gpu']): NodeType => ({
  id: gpu, gpu, gpusPerNode: 8, nodes: null, cores: 96, cpu: null, hostMemory: [1e12], networks: [{ kind: 'infiniband', rate: 200e9 }], scratchBytes: null, notes: [], source: 'llm-foundry',
});

function planned(row: Published, changed: Partial<PlanQuestion> = {}) {
  const { phase, type, quantization, engine, tensorParallel, pipelineParallel, dataParallel, batch, context, microBatch, checkpointing, cacheBytes, gpu, model } = row;
  const result = plan({
    model, gpu, type, quantization, engine: phase === 'train' ? undefined : engine, mode: phase === 'train' ? 'train' : 'serve', tensorParallel, pipelineParallel, dataParallel, batch, context,
    serve: { cacheBytes, ...(engine === 'graphs' ? { chunkTokens: 8192 } : {}) },
    train: { microBatch, checkpointing, zero: dataParallel > 1 ? 3 : 1 },
    site: { ...UNKNOWN_SITE, nodeTypes: [node(gpu)] },
    ...changed,
  });
  if (!result.ok) throw new Error(`${row.id}: ${result.errors.join('; ')}`);
  return result;
}

/** What the planner says to a row. A whole run of prompts and answers is put together of both phases. */
function expected(row: Published): Estimate {
  if (row.lengths === null) {
    const result = planned(row);
    const phase = row.phase === 'train' ? result.train : row.phase === 'prefill' ? result.prefill : result.decode;
    if (phase === null) throw new Error(row.id);
    return phase.tokensPerSecond;
  }
  const [prompt, answer] = row.lengths;
  const [decode, prefill] = [planned(row).decode?.tokensPerSecond, planned(row, { context: prompt }).prefill?.tokensPerSecond];
  if (decode === undefined || prefill === undefined) throw new Error(row.id);
  // Prefill that is interleaved hides behind the reading of weights at best; a static batch has it first.
  const interleaved = row.id.startsWith('gap');
  const both = (end: keyof Estimate, hidden: boolean) => answer / (hidden ? Math.max(answer / decode[end], prompt / prefill[end]) : answer / decode[end] + prompt / prefill[end]);
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
  return { rows: of.length, inside: of.filter(inside).length / of.length, above: of.filter(({ row, ceiling }) => row.tokensPerSecond > ceiling).length, width: median(of.map(({ low, high }) => high / low)) };
}

const chosen = rows.filter(({ held }) => !held);
const held = rows.filter((one) => one.held);

describe('published rates', () => {
  it('score', () => {
    const shown = process.env.HELD === '1' ? rows : chosen;
    for (const one of shown.filter((row) => !inside(row)))
      console.log(`${one.held ? 'H ' : ''}${one.row.id}: ${(one.row.tokensPerSecond / one.ceiling).toFixed(2)} of ceiling, ${(one.row.tokensPerSecond / one.low).toFixed(2)} of low, ${(one.row.tokensPerSecond / one.high).toFixed(2)} of high, width ${(one.high / one.low).toFixed(2)}`);
    const groups = [...new Set(rows.map(({ row }) => `${row.phase} ${row.engine}`))];
    for (const name of groups) console.log(name, scoreOf(shown.filter(({ row }) => `${row.phase} ${row.engine}` === name)));
    console.log('chosen', scoreOf(chosen));
    if (process.env.HELD === '1') console.log('held', scoreOf(held));
    expect(rows.length).toBeGreaterThan(250);
  });
});
