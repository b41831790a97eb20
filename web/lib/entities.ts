import { indexIn } from '../../collectors/entities.ts';
import type { JobDetail } from '../../core/contract/index.ts';

/** What to call each GPU, by id: `GPU 0` on one node, `alvis4-12 GPU 0` on several; a short UUID where no index was told. */
export function gpuNames(entities: readonly Pick<JobDetail['entities'][number], 'kind' | 'id' | 'node' | 'facts'>[]): Map<string, string> {
  const gpus = entities.filter((entity) => entity.kind === 'gpu');
  const several = new Set(gpus.map((gpu) => gpu.node)).size > 1;
  return new Map(
    gpus.map((gpu) => {
      const index = gpu.facts['minor'] ?? gpu.facts['index'] ?? indexIn(gpu.id);
      const name = index === null ? shortId(gpu.id) : `GPU ${index}`;
      return [gpu.id, several && gpu.node !== null ? `${gpu.node} ${name}` : name];
    }),
  );
}

/** `GPU-3f2a…` for a UUID; other ids as they are. */
export function shortId(id: string): string {
  return id.length > 16 ? `${id.slice(0, 12)}…` : id;
}
