import type { GpuNow as GpuRow, NodeRow } from '../../core/contract/index.ts';
import { busyOf, type GpuNow, isSilent, type NodeNow } from '../nodes/index.ts';
import { jobName, type JobIndex } from '../ownership/index.ts';

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
