import { GPUS, onTensorCores } from '../../core/knowledge/index.ts';
import { BOTTLENECK_LABELS } from '../../core/contract/index.ts';
import { type Allocation, type Estimate, type Link, type LinkKind, type MemoryPlan, type PhasePlan, type Plan, plural } from '../../core/planner/index.ts';
import { formatDuration, formatValue } from '../../core/readings/index.ts';
import { bar, type Painter, section } from '../terminal/style.ts';

const MODES = { serve: 'Serve', train: 'Train', lora: 'Fine-tune (LoRA)' } as const;

/** A plan for people: does it fit, how fast, what limits it; then the price of other ways. */
export function planReport(plan: Plan, paint: Painter): string {
  return [
    paint.bold(title(plan)),
    paint.dim(subtitle(plan)),
    '',
    ...fit(plan, paint),
    '',
    ...speed(plan, paint),
    ...loading(plan),
    ...section(plan.memory.fits ? 'The range is modelled; it assumes' : 'Assumed', plan.assumed, paint),
    ...section('Communication per step, at line rate', trafficLines(plan), paint),
    ...section(
      'If it does not fit',
      plan.options
        .filter((option) => option.needed)
        .map(
          (option) =>
            `${option.id === 'mmap' ? 'memory-mapped weights' : 'CPU offload'}: ${option.text}${option.tokensPerSecond === null ? '' : `; at most ${tokens(option.tokensPerSecond)}`}`,
        ),
      paint,
    ),
    ...section(
      'Mind',
      plan.warnings.map((warning) => warning.text),
      paint,
    ),
    ...section(`Smallest on ${plan.input.site.name}`, allocationLines(plan.allocations, plan), paint),
    ...section('About the model', plan.input.model.notes, paint),
    '',
  ].join('\n');
}

function title({ input, card }: Plan): string {
  const gpus = input.tensorParallel * input.pipelineParallel * input.dataParallel;
  return `${MODES[input.mode]} ${input.model.id} (${formatValue(input.model.parameters, 'count').replace(/ G$/, ' B')}) as ${input.quantization ?? input.type} on ${gpus} × ${GPUS[card.gpu].label}`;
}

function subtitle({ input, placement, compute }: Plan): string {
  const parallel = [
    ['tensor', input.tensorParallel],
    ['pipeline', input.pipelineParallel],
    ['data', input.dataParallel],
  ] as const;
  const pipe = onTensorCores(input.gpu, compute.math) ? 'tensor cores' : 'CUDA cores';
  return [
    input.mode === 'serve'
      ? `${plural(input.batch, 'request')} at once, ${input.context} tokens each`
      : `${plural(input.batch, 'sequence')} of ${input.context} tokens per replica and step`,
    ...parallel.flatMap(([name, n]) => (n > 1 ? [`${name} ${n} over ${linkName(placement[name])}`] : [])),
    plural(placement.nodes, 'node'),
    `${compute.math} on ${pipe}, ${formatValue(compute.peak, 'flop/s')}`,
  ].join(' · ');
}

function fit({ memory, input, binding }: Plan, paint: Painter): string[] {
  const limit = `Limited by ${paint.bold(paint.as(binding, BOTTLENECK_LABELS[binding].toLowerCase()))}.`;
  const sizes = `${formatValue(memory.total, 'bytes')} of ${formatValue(memory.usable, 'bytes')} usable per GPU`;
  const room = memory.maxSequences === null ? '' : `; up to ${memory.maxSequences} sequences of ${input.context} tokens at once`;
  const head = memory.fits
    ? `${paint.bold('Fits')}: ${sizes}, ${formatValue(memory.free, 'bytes')} to spare${room}. ${limit}`
    : `${paint.bold('Does not fit')}: ${sizes}, ${formatValue(-memory.free, 'bytes')} too much${room}. ${limit}`;
  return [head, ...memoryLines(memory, paint)];
}

function memoryLines(memory: MemoryPlan, paint: Painter): string[] {
  const rows = [
    ['weights', memory.weights],
    ['KV cache', memory.kvCache],
    ['gradients', memory.gradients],
    ['optimiser', memory.optimizer],
    ['activations', memory.activations],
    ['workspace', memory.workspace],
  ] as const;
  const scale = Math.max(memory.total, memory.usable);
  return rows
    .filter(([, bytes]) => bytes > 0)
    .map(([name, bytes]) => `  ${name.padEnd(12)}${bar(bytes / scale, paint)} ${formatValue(bytes, 'bytes').padStart(9)}`);
}

function speed(plan: Plan, paint: Painter): string[] {
  const { input, memory, train, prefill, decode } = plan;
  if (!memory.fits) return ['  No speed is given for what does not fit.'];
  const head = paint.dim(`  ${''.padEnd(18)}${'ceiling'.padStart(16)}${'expected, modelled'.padStart(26)}   limited by${where(plan)}`);
  if (train !== null) {
    return [head, row('throughput', train.tokensPerSecond, tokens, BOTTLENECK_LABELS[train.binding]), row('one step', train.stepSeconds, formatDuration, '')];
  }
  const phase = (name: string, of: PhasePlan | null): string[] => (of === null ? [] : [row(name, of.tokensPerSecond, tokens, BOTTLENECK_LABELS[of.binding])]);
  const requests = input.batch * input.dataParallel;
  const each = decode === null || requests === 1 ? [] : [row('decode, each', per(decode.tokensPerSecond, requests), tokens, '')];
  return [head, ...phase('prefill', prefill), ...phase('decode', decode), ...each];
}

/** Over how many of the site's nodes the rates are, where it is more than one. */
function where({ placement, input }: Plan): string {
  return placement.nodes > 1 ? ` (over ${placement.nodes} nodes of ${placement.node === null ? `${placement.gpusPerNode} GPUs` : input.site.name})` : '';
}

function per(estimate: Estimate, by: number): Estimate {
  return { ceiling: estimate.ceiling / by, low: estimate.low / by, high: estimate.high / by };
}

function row(name: string, { ceiling, low, high }: Estimate, format: (value: number) => string, limit: string): string {
  return `  ${name.padEnd(18)}${format(ceiling).padStart(16)}${`${format(low)} – ${format(high)}`.padStart(26)}   ${limit}`.trimEnd();
}

function tokens(rate: number): string {
  return `${rate >= 100 ? Math.round(rate) : rate.toPrecision(3)} tok/s`;
}

const COPIED = { apart: 'over PCIe', coherent: 'over NVLink-C2C', shared: 'within the shared memory' } as const;

function loading({ load, placement, card }: Plan): string[] {
  const network = placement.between === null ? '' : ` over ${formatValue(placement.between.rate, 'bytes/s')} ${LINK_NAMES[placement.between.kind]}`;
  const read = load.readSeconds === null ? 'reading from storage: rate not known' : `${formatDuration(load.readSeconds)} from ${load.storage}${network}`;
  return [
    `  ${'first load'.padEnd(18)}${formatDuration(load.totalSeconds).padStart(16)}   at best: ${read}, then ${formatDuration(load.copySeconds)} ${COPIED[card.unified?.kind ?? 'apart']}`,
  ];
}

function allocationLines(rows: readonly Allocation[], plan: Plan): string[] {
  if (rows.length === 0) return ['on none: fewer tokens, a smaller batch, quantised weights or LoRA instead of full training'];
  const { prices } = plan.input.site;
  return rows.map((found) => {
    const split = (
      [
        ['TP', found.tensorParallel],
        ['PP', found.pipelineParallel],
        ['DP', found.dataParallel],
      ] as const
    )
      .filter(([, n]) => n > 1)
      .map(([name, n]) => `${name} ${n}`);
    const price = found.pricePerHour === null || prices === null ? '' : `, ${Number(found.pricePerHour.toPrecision(4))} ${prices.currency} per hour`;
    const type = found.type === plan.input.type ? '' : `, as ${found.type}`;
    const nodes = found.nodes > 1 ? ` on ${found.nodes} nodes` : '';
    return `${found.gpus} × ${found.nodeType}${nodes}${split.length > 0 ? ` (${split.join(', ')})` : ''}${type}: ${formatValue(found.memory.total, 'bytes')} of ${formatValue(found.memory.usable, 'bytes')} per GPU${price}`;
  });
}

const LINK_NAMES: Readonly<Record<LinkKind, string>> = { nvlink: 'NVLink', pcie: 'PCIe', infiniband: 'InfiniBand', ethernet: 'Ethernet' };
const KINDS = { tensor: 'tensor parallel', pipeline: 'pipeline', data: 'gradients' } as const;

/** What each kind of traffic would take on each link; the one that the plan uses is marked. */
function trafficLines({ communication, links }: Plan): string[] {
  return communication.map((row) => {
    const cells = links.flatMap((link) => {
      const { kind } = link;
      const seconds = row.seconds[kind];
      return seconds === undefined ? [] : [`${kind === row.uses ? '→ ' : ''}${nameOf(link)} ${formatDuration(seconds)}`];
    });
    return `${KINDS[row.kind].padEnd(16)}${formatValue(row.bytes, 'bytes').padStart(9)}   ${cells.join(' · ')}`;
  });
}

/** A link with what it is on this machine, where that is known. */
function linkName({ kind, via }: Link): string {
  return `${LINK_NAMES[kind]}${via === null ? '' : ` (${via})`}`;
}

/** A link inside the node by its kind, a network by its rate as well. */
function nameOf(link: Link): string {
  const { kind, rate } = link;
  return kind === 'nvlink' || kind === 'pcie' ? linkName(link) : `${LINK_NAMES[kind]} ${((rate * 8) / 1e9).toFixed(0)} Gbit`;
}
