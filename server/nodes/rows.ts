import type { GpuNow as GpuRow, NodeRow } from '../../core/contract/nodes.ts';
import { jobName, type JobIndex } from '../ownership/job-index.ts';
import type { GpuNow, NodeNow } from './registry.ts';

/** Seconds without a reading after which a GPU or node counts as silent: three periods of the slowest collector. */
export const SILENT = 180;

/** A node as the API shows it at `now`. */
export function nodeRow(node: NodeNow, index: JobIndex, now: number): NodeRow {
  const jobs = index.ownersAt({ kind: 'host', id: node.node, node: node.node }, now).map(jobName);
  return {
    node: node.node,
    gpus: [...node.gpus.values()].map((gpu) => gpuRow(gpu, node.node, index, now)),
    cpu: node.host.get('host.cpu') ?? null,
    cores: node.host.get('host.cores') ?? null,
    memUsed: node.host.get('host.memUsed') ?? null,
    memTotal: node.host.get('host.memTotal') ?? null,
    jobs,
    lastReadingAt: node.at,
    silent: isSilent(node.at, now),
  };
}

function gpuRow(gpu: GpuNow, node: string, index: JobIndex, now: number): GpuRow {
  return {
    uuid: gpu.uuid,
    name: gpu.name,
    busy: busyOf(gpu),
    power: gpu.latest.get('gpu.power') ?? null,
    powerLimit: gpu.latest.get('gpu.powerLimit') ?? null,
    memUsed: gpu.latest.get('gpu.memUsed') ?? null,
    memTotal: gpu.latest.get('gpu.memTotal') ?? null,
    temp: gpu.latest.get('gpu.temp') ?? null,
    jobs: index.ownersAt({ kind: 'gpu', id: gpu.uuid, node }, now).map(jobName),
    lastReadingAt: gpu.at,
    silent: isSilent(gpu.at, now),
  };
}

/** How busy a GPU was in its latest reading, 0–1; null where no source says. */
export function busyOf(gpu: GpuNow): number | null {
  return gpu.latest.get('gpu.grActive') ?? gpu.latest.get('gpu.util') ?? null;
}

/** True where the latest reading is too old to speak for now. */
export function isSilent(at: number | null, now: number): boolean {
  return at === null || now - at > SILENT;
}
