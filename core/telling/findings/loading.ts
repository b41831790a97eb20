import type { Finding } from '../../contract/index.ts';
import {
  hostBytesPerSecond,
  isServer,
  loadSeconds,
  parseQuantization,
  parseWeightType,
  pcieBytesPerSecond,
  scratchName,
  siteLine,
  typeAtWork,
  weightBytes,
} from '../../knowledge/index.ts';
import { type JudgedGpu, type JudgedRun, type Stretch, stretchesOf } from '../../judging/index.ts';
import { formatDuration, formatFactor, formatValue, HOT_THREAD, lowerBound } from '../../readings/index.ts';
import { finding, siteOf } from './finding.ts';
import { meanOver } from './stretches.ts';
import { LOADED, SLOW_LOAD } from './limits.ts';

interface Load {
  readonly gpu: JudgedGpu;
  readonly stretch: Stretch;
  readonly bytes: number;
  readonly seconds: number;
}

/** Loads that took far longer than line rates allow (§1.6), node by node: GPUs of one node share its network. */
export function findSlowLoading(judged: JudgedRun): Finding[] {
  const loads = judged.gpus.flatMap((gpu) =>
    stretchesOf(gpu.phases, judged.period, ({ verdict }) => verdict.activity === 'loading')
      .map((stretch) => loadOf(judged, gpu, stretch))
      .filter((load) => load !== null),
  );
  const groups: Load[][] = [];
  for (const load of loads) {
    const group = groups.find(
      ([first]) =>
        first !== undefined && nodeOf(first.gpu) === nodeOf(load.gpu) && first.stretch.from < load.stretch.to && load.stretch.from < first.stretch.to,
    );
    if (group === undefined) groups.push([load]);
    else group.push(load);
  }
  return groups.flatMap((group) => slow(judged, group));
}

function nodeOf(gpu: JudgedGpu): string {
  return gpu.entity.node ?? `${gpu.host ?? ''}`;
}

function slow(judged: JudgedRun, group: readonly Load[]): Finding[] {
  const [first] = group;
  if (first === undefined) return [];
  const from = Math.min(...group.map(({ stretch }) => stretch.from));
  const to = Math.max(...group.map(({ stretch }) => stretch.to));
  const seconds = Math.max(...group.map((load) => load.seconds));
  const bytes = group.reduce((sum, load) => sum + load.bytes, 0);
  const line = lineOf(judged, first.gpu);
  const { ceilings } = first.gpu;
  const host = ceilings === null ? pcieBytesPerSecond(3, 16) : hostBytesPerSecond(ceilings);
  // PCIe alone is no floor: the bytes came over some line.
  if (host === null || line === null) return [];
  const floor = loadSeconds({ nodeBytes: bytes, gpuBytes: Math.max(...group.map((load) => load.bytes)), network: line.rate, storage: null, host }).total;
  if (seconds < SLOW_LOAD.seconds || seconds < SLOW_LOAD.factor * floor) return [];
  const site = siteOf(judged);
  const cause = first.stretch.phases[0]?.verdict.why.find((text) => text.startsWith('loading'));
  const phases = group.flatMap(({ stretch }) => stretch.phases);
  const thread = meanOver(phases, 'host.cpuMaxThread');
  return [
    finding(
      judged,
      {
        id: 'loading-slow',
        text:
          `Loading ${formatValue(bytes, 'bytes')} took ${formatDuration(seconds)} (${formatValue(bytes / seconds, 'bytes/s')}); the node's links would do it in ${formatDuration(floor)}, ${formatFactor(seconds / floor)} faster. ` +
          `Keep the weights as safetensors on ${site.storage.name}, not in a home folder, load them once per node and not once per rank, and stage them to ${scratchName(site)} where the job loads them again.`,
        evidence: [
          `floor: ${formatValue(line.rate, 'bytes/s')} ${line.from} and ${formatValue(host, 'bytes/s')} ${(ceilings?.unified ?? null) === null ? 'PCIe' : 'to the GPU'} at line rate`,
          ...(cause === undefined ? [] : [cause]),
          ...(thread >= HOT_THREAD ? [`a thread at ${(thread * 100).toFixed(0)} % of a core: unpacking, not reading, may be the limit`] : []),
        ],
      },
      { entity: nodeOf(first.gpu) === '' ? null : (first.gpu.entity.node ?? null), from, to },
    ),
  ];
}

/** What came into a GPU's memory, at most its part of the weights (engines take the rest for their cache), and how long it rose. */
function loadOf(judged: JudgedRun, gpu: JudgedGpu, stretch: Stretch): Load | null {
  const { series } = gpu;
  const used = series.columns.get('gpu.memUsed');
  if (used === undefined) return null;
  const start = Math.max(0, lowerBound(series.t, stretch.from) - 1);
  const rows = [...used.subarray(start, lowerBound(series.t, stretch.to) + 1)]
    .map((value, i) => ({ value, at: series.t[start + i] ?? Number.NaN }))
    .filter(({ value }) => !Number.isNaN(value));
  const least = Math.min(...rows.map(({ value }) => value));
  const bytes = Math.min(Math.max(...rows.map(({ value }) => value)) - least, weightsPerGpu(judged, gpu));
  const reached = (part: number) => rows.find(({ value }) => value >= least + part * bytes)?.at ?? Number.NaN;
  const seconds = Math.min(stretch.to - stretch.from, (reached(LOADED.to) - reached(LOADED.from)) / LOADED.part);
  return bytes > 0 && seconds > 0 ? { gpu, stretch, bytes, seconds } : null;
}

function weightsPerGpu({ model, workload }: JudgedRun, gpu: JudgedGpu): number {
  if (model === null) return Number.POSITIVE_INFINITY;
  const type =
    (workload.dtype === null ? null : parseWeightType(workload.dtype)) ?? typeAtWork(model.nativeType, { gpu: gpu.type, serving: isServer(workload.engine) });
  const quantization = workload.quantization === null ? model.nativeQuantization : parseQuantization(workload.quantization);
  return weightBytes(model, { type, quantization }) / ((workload.tensorParallel ?? 1) * (workload.pipelineParallel ?? 1));
}

/** The node's fastest line: as the host reports it, else as the site's nodes with that card have it. */
function lineOf(judged: JudgedRun, gpu: JudgedGpu): { rate: number; from: string } | null {
  const host = gpu.host === null ? undefined : judged.hosts[gpu.host];
  const speeds = (['host.ibSpeed', 'host.netSpeed'] as const).flatMap((id) => [...(host?.columns.get(id) ?? [])]).filter((value) => value > 0);
  if (speeds.length > 0) return { rate: Math.max(...speeds), from: 'network, as the host reports it' };
  const line = gpu.type === null ? null : siteLine(siteOf(judged), gpu.type);
  return line === null ? null : { rate: line.network.rate, from: `network, as nodes of type ${line.node.id} have it` };
}
