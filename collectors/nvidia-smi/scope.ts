import type { EntityRef } from '../../core/readings/index.ts';
import { type ParseContext, processOf, UNNAMED } from '../collector/index.ts';

/** Names the GPUs of one source: a UUID where one is printed or known for the index, else `#<index>`. */
export interface GpuScope {
  /** By the index that the tool prints. */
  byIndex(index: string): EntityRef;
  byUuid(uuid: string): EntityRef;
  /** By PCI bus id, of a GPU that this text named before; otherwise the bus id itself is the name. */
  byBusId(busId: string): EntityRef;
  /** A MIG slice: by its UUID where `-L` listed the device before, else in the old form `MIG-GPU-…/<GPU instance>/<compute instance>`. */
  slice(parent: EntityRef, slice: { gpuInstance: string; computeInstance: string; device: string }): EntityRef;
  /** What `-L` says about a MIG device of a GPU. */
  learnSlice(parent: EntityRef, device: string, uuid: string): void;
  process(pid: string): EntityRef;
  /** What a text says about a GPU; used for later lines that say less. */
  learn(gpu: { index?: string; uuid?: string; busId?: string }): void;
}

/** A text can name any number of things; this many are remembered at a time. */
const MAX_REMEMBERED = 20_000;

/** Knows the UUIDs by index that the context gives, and learns from the text; without a node in the context the GPUs have none. */
export function gpuScope(context: ParseContext): GpuScope {
  const given = context.uuids ?? {};
  const refs = { gpu: new Map<string, EntityRef>(), process: new Map<string, EntityRef>() };
  const uuidOfIndex = new Map<string, string | null>(); // null: two UUIDs were printed for one index (two nodes in one log)
  const nameOfBus = new Map<string, string>();
  const uuidOfSlice = new Map<string, string>();

  const gpuOf = (id: string): EntityRef => ({ kind: 'gpu', id, ...(context.node === undefined ? {} : { node: context.node }) });
  const ref = (kind: 'gpu' | 'process', id: string): EntityRef => {
    const known = refs[kind].get(id);
    if (known !== undefined) return known;
    if (refs[kind].size >= MAX_REMEMBERED) refs[kind].clear();
    const made = kind === 'gpu' ? gpuOf(id) : processOf(context.node ?? UNNAMED, id);
    refs[kind].set(id, made);
    return made;
  };
  const nameOfIndex = (index: string): string => given[index] ?? uuidOfIndex.get(index) ?? `#${index}`;

  return {
    byIndex: (index) => ref('gpu', nameOfIndex(index)),
    byUuid: (uuid) => ref('gpu', uuid),
    byBusId: (busId) => ref('gpu', nameOfBus.get(busId) ?? busId),
    slice(parent, { gpuInstance, computeInstance, device }) {
      const uuid = uuidOfSlice.get(`${parent.id} ${device}`);
      return ref('gpu', uuid ?? `${parent.id.startsWith('GPU-') ? 'MIG-' : ''}${parent.id}/${gpuInstance}/${computeInstance}`);
    },
    learnSlice(parent, device, uuid) {
      if (uuidOfSlice.size < MAX_REMEMBERED) uuidOfSlice.set(`${parent.id} ${device}`, uuid);
    },
    process: (pid) => ref('process', pid),
    learn({ index, uuid, busId }) {
      if (index !== undefined && uuid !== undefined && uuidOfIndex.size < MAX_REMEMBERED) {
        const known = uuidOfIndex.get(index);
        uuidOfIndex.set(index, known === undefined || known === uuid ? uuid : null);
      }
      const name = uuid ?? (index === undefined ? undefined : nameOfIndex(index));
      if (busId !== undefined && name !== undefined && nameOfBus.size < MAX_REMEMBERED) nameOfBus.set(busId, name);
    },
  };
}

/** True for `GPU-…` and `MIG-…` as NVIDIA prints them. */
export function isUuid(text: string): boolean {
  return (text.startsWith('GPU-') || text.startsWith('MIG-')) && text.length >= 8 && text.length <= 100;
}

const BUS_ID = /([0-9a-f]{3,8}):([0-9a-f]{2}):([0-9a-f]{2})(?:\.([0-9a-f]))?(?![0-9a-f])/i;

/** The PCI bus id in a text, in nvidia-smi's long form `00000000:3B:00.0`; null where there is none. */
export function busIdIn(text: string): string | null {
  const match = BUS_ID.exec(text);
  if (match === null) return null;
  const [, domain = '', bus = '', device = '', fn = '0'] = match;
  return `${domain.padStart(8, '0')}:${bus}:${device}.${fn}`.toUpperCase();
}
