import type { EntityRef } from '../../core/readings/index.ts';
import type { Output } from '../text/session.ts';
import type { GpuScope } from './scope.ts';

const GPU = /^GPU (\d{1,3}): (.+?) \(UUID: (GPU-[0-9a-zA-Z-]+)\)\s*$/;
const SLICE = /^\s+MIG (\S+)\s+Device\s+(\d+): \(UUID: (MIG-[0-9a-zA-Z/-]+)\)\s*$/;

/** Reads `nvidia-smi -L`: links index, name and UUID for the rest of the text. `line` is false for any other line. */
export function listReader({ out, scope }: { out: Output; scope: GpuScope }): { line(text: string): boolean } {
  let parent: EntityRef | null = null; // the GPU whose MIG devices follow
  return {
    line(text) {
      if (!text.includes('(UUID: ')) return false;
      const gpu = GPU.exec(text);
      if (gpu !== null) {
        const [, index = '', name = '', uuid = ''] = gpu;
        scope.learn({ index, uuid });
        parent = scope.byUuid(uuid);
        tell(parent, { index, name, uuid }, out);
        return true;
      }
      const slice = SLICE.exec(text);
      if (slice === null) return false;
      const [, profile = '', device = '', uuid = ''] = slice;
      if (parent !== null) scope.learnSlice(parent, device, uuid);
      tell(scope.byUuid(uuid), { name: `MIG ${profile}`, uuid, migMode: `Enabled: device ${device}`, ...(parent === null ? {} : { parent: parent.id }) }, out);
      return true;
    },
  };
}

function tell(entity: EntityRef, facts: { index?: string; name: string; uuid: string; migMode?: string; parent?: string }, out: Output): void {
  out.fact(entity, 'name', facts.name);
  out.fact(entity, 'uuid', facts.uuid);
  if (facts.index !== undefined) out.fact(entity, 'index', facts.index);
  if (facts.migMode !== undefined) out.fact(entity, 'migMode', facts.migMode);
  if (facts.parent !== undefined) out.fact(entity, 'parent', facts.parent);
}
