import { findModel, UNKNOWN_SITE } from '../knowledge/index.ts';
import { planInput, type PlanInput } from './input.ts';
import { MEASURED, type MeasuredRow } from './measured.ts';
import { plan } from './plan.ts';

/** A published rate beside the planner's answer to the same question. */
interface Comparison {
  readonly row: MeasuredRow;
  readonly input: PlanInput;
  readonly ceiling: number;
  /** Measured ÷ ceiling. */
  readonly fraction: number;
  /** The one η of the row: the achievable fraction of the binding peak behind the upper end of the expected range. */
  readonly eta: number;
  readonly low: number;
  readonly high: number;
}

/** Every published rate against its ceiling. A row whose model is not in the table throws: that is a fault of the table. */
export function comparisons(): readonly Comparison[] {
  return MEASURED.map((row) => compare(row));
}

function compare(row: MeasuredRow): Comparison {
  const found = findModel(row.model);
  if (found === null) throw new Error(`measured row ${row.id} names ${row.model}, which is not in the model table`);
  const input = planInput({
    model: found.model,
    gpu: row.gpu,
    mode: row.phase === 'train' ? 'train' : 'serve',
    type: row.type,
    quantization: row.quantization,
    engine: row.engine,
    tensorParallel: row.tensorParallel,
    pipelineParallel: row.pipelineParallel,
    dataParallel: row.dataParallel,
    batch: row.batch,
    context: row.context,
    train: { checkpointing: row.checkpointing ?? true, zero: 3 },
    // The published machines are no site's: eight GPUs a node, networks not stated.
    site: UNKNOWN_SITE,
  });
  const result = plan(input);
  if (!result.ok) throw new Error(`measured row ${row.id}: ${result.errors.join('; ')}`);
  const phase = row.phase === 'train' ? result.train : row.phase === 'prefill' ? result.prefill : result.decode;
  if (phase === null) throw new Error(`measured row ${row.id}: no ${row.phase} in its plan`);
  const { ceiling, low, high } = phase.tokensPerSecond;
  return { row, input, ceiling, fraction: row.tokensPerSecond / ceiling, eta: phase.fractions.high, low, high };
}

/** The comparison as a Markdown table, as it stands in docs/planner.md. */
export function comparisonTable(rows: readonly Comparison[] = comparisons()): string {
  const head =
    '| # | GPU | model | phase | measured tokens/s | ceiling tokens/s | measured ÷ ceiling | η | expected tokens/s | remark |\n|---|---|---|---|---|---|---|---|---|---|';
  return [head, ...rows.map(line)].join('\n');
}

function line({ row, input, ceiling, fraction, eta, low, high }: Comparison): string {
  const gpus = input.tensorParallel * input.pipelineParallel * input.dataParallel;
  const kind = [
    input.quantization ?? row.type,
    ...(input.tensorParallel > 1 ? [`TP ${input.tensorParallel}`] : []),
    ...(input.pipelineParallel > 1 ? [`layers over ${input.pipelineParallel}`] : []),
    ...(row.phase === 'train' && row.checkpointing === true ? ['recompute'] : []),
  ].join(', ');
  const phase = row.phase === 'decode' ? `decode, batch ${row.batch}` : `${row.phase}, ${row.context} tokens`;
  return `| ${[
    row.id,
    gpus > 1 ? `${gpus} × ${row.gpu}` : row.gpu,
    `${row.model} ${kind}`,
    phase,
    figure(row.tokensPerSecond),
    figure(ceiling),
    fraction.toFixed(2),
    eta.toFixed(2),
    `${figure(low)}–${figure(high)}`,
    row.remark ?? '',
  ].join(' | ')} |`;
}

function figure(rate: number): string {
  return rate >= 100 ? rate.toFixed(0) : rate.toPrecision(3);
}
