import type { GpuNow, NodeRow } from '../../core/contract/index.ts';
import type { Viewer } from '../auth/index.ts';
import { busyNow, isSilent, type KnownGpu, type KnownNode } from '../nodes/index.ts';
import { READ_BOUNDS } from '../settings/index.ts';
import { jobName, type JobIndex, maySeeEntity, visibleOwnersAt } from '../ownership/index.ts';

/** For whom a row is made, and when: seconds UTC. */
interface Sight {
  readonly viewer: Viewer;
  readonly index: JobIndex;
  readonly now: number;
}

/** A node as the API shows it at `now`: GPUs and jobs that the viewer may see, and the host, which is everybody's who has a job there. */
export function nodeRow(node: KnownNode, sight: Sight): NodeRow {
  const { viewer, index, now } = sight;
  const gpuAt = (uuid: string) => ({ entity: { kind: 'gpu' as const, id: uuid, node: node.node }, at: now });
  return {
    node: node.node,
    gpus: heardLast(node)
      .filter(({ uuid }) => maySeeEntity(viewer, index, gpuAt(uuid)))
      .map((gpu) => gpuRow(gpu, visibleOwnersAt(viewer, index, gpuAt(gpu.uuid)).map(jobName), now)),
    cpu: node.host?.get('host.cpu') ?? null,
    cores: node.host?.get('host.cores') ?? null,
    memUsed: node.host?.get('host.memUsed') ?? null,
    memTotal: node.host?.get('host.memTotal') ?? null,
    jobs: visibleOwnersAt(viewer, index, { entity: { kind: 'host', id: node.node, node: node.node }, at: now }).map(jobName),
    lastReadingAt: node.at,
    silent: isSilent(node.at, now),
  };
}

/** The node's GPUs in the order in which they were first heard; of very many those that were heard last. */
function heardLast({ gpus }: KnownNode): KnownGpu[] {
  const all = [...gpus.values()];
  const most = READ_BOUNDS.partsOfNode.value;
  return all.length <= most ? all : all.sort((a, b) => (b.latest.at ?? Number.NEGATIVE_INFINITY) - (a.latest.at ?? Number.NEGATIVE_INFINITY)).slice(0, most);
}

function gpuRow(gpu: KnownGpu, jobs: string[], now: number): GpuNow {
  return {
    uuid: gpu.uuid,
    name: gpu.name,
    busy: busyNow(gpu),
    power: gpu.latest.get('gpu.power') ?? null,
    powerLimit: gpu.latest.get('gpu.powerLimit') ?? null,
    memUsed: gpu.latest.get('gpu.memUsed') ?? null,
    memTotal: gpu.latest.get('gpu.memTotal') ?? null,
    temp: gpu.latest.get('gpu.temp') ?? null,
    jobs,
    lastReadingAt: gpu.latest.at,
    silent: isSilent(gpu.latest.at, now),
  };
}
