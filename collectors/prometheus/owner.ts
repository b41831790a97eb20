import type { EntityRef, FactName } from '../../core/readings/index.ts';
import { type ParseContext, processOf, UNNAMED } from '../collector/index.ts';
import type { EngineNames } from './engine-names.ts';
import type { Labels, Owner } from './names/index.ts';

/** What a page's caller or its comments say of where it comes from. */
export interface Scope extends Pick<ParseContext, 'node' | 'instance' | 'uuids'> {
  /** Tells apart the engines of one address; without it they are one. */
  readonly engines?: EngineNames;
}

const HOST_LABELS = ['Hostname', 'hostname', 'nodename', 'node', 'kubernetes_node', 'host'] as const;
const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|\[?[0-9a-f]*:[0-9a-f:]+\]?)$/i;

/** Whose series it is: a GPU by UUID, a host by name, an engine by instance. Null where the labels name none. */
export function ownerOf(owner: Owner, labels: Labels, scope: Scope): EntityRef | null {
  switch (owner.kind) {
    case 'gpu':
      return gpuOf(owner, labels, scope);
    case 'host':
      return {
        kind: 'host',
        id: hostName(labels, scope) ?? hostAddress(labels) ?? (owner.host === undefined ? undefined : filled(labels.get(owner.host))) ?? UNNAMED,
      };
    case 'engine': {
      const instance = labels.get('instance') ?? scope.instance ?? filled(labels.get('pod')) ?? UNNAMED;
      const base = `${owner.engine}@${instance}`;
      return { kind: 'engine', id: scope.engines?.idOf(base, labels) ?? base, ...nodeOf(hostName(labels, scope)) };
    }
    case 'process': {
      const pid = labels.get(owner.pid);
      if (pid === undefined) return null;
      const node = hostName(labels, scope);
      return processOf(node ?? UNNAMED, pid);
    }
  }
}

/** True for a host that the series name only by address or not at all: a `…_uname_info` of the same page may give its name. */
export function isNameless(hostId: string): boolean {
  return hostId === UNNAMED || ADDRESS.test(hostId);
}

/** The host part of `host:port`, without the port. */
function withoutPort(instance: string): string {
  return instance.replace(/:\d+$/, '');
}

function gpuOf(owner: Extract<Owner, { kind: 'gpu' }>, labels: Labels, scope: Scope): EntityRef | null {
  const host = (owner.host === undefined ? undefined : filled(labels.get(owner.host))) ?? hostName(labels, scope);
  const index = owner.index === undefined ? undefined : filled(labels.get(owner.index));
  const uuid = filled(labels.get(owner.uuid)) ?? (index === undefined ? undefined : scope.uuids?.[index]);
  const slice = owner.slice === undefined ? undefined : filled(labels.get(owner.slice));
  if (uuid === undefined) {
    // An index means something only on its own host: of a fleet's export the host keeps two "GPU 0" apart.
    if (index === undefined) return null;
    const whole = host === undefined ? `#${index}` : `#${index}@${host}`;
    return { kind: 'gpu', id: slice === undefined ? whole : `MIG-${whole}/${slice}`, ...nodeOf(host) };
  }
  const full = /^(GPU|MIG)-/.test(uuid) ? uuid : `GPU-${uuid}`;
  // DCGM names a MIG slice by its GPU and instance number: the older form of NVIDIA's own MIG UUID without the compute instance.
  return { kind: 'gpu', id: slice === undefined ? full : `MIG-${full}/${slice}`, ...nodeOf(host) };
}

/** What the labels of a MIG slice say of it: which GPU it is a part of, and how large a part; nothing of a whole GPU. */
export function sliceFacts(owner: Owner, labels: Labels, { id }: EntityRef): readonly { readonly name: FactName; readonly value: string }[] {
  const slice = owner.kind !== 'gpu' || owner.slice === undefined ? undefined : filled(labels.get(owner.slice));
  if (slice === undefined || !id.endsWith(`/${slice}`)) return [];
  const profile = filled(labels.get('GPU_I_PROFILE'));
  return [
    { name: 'parent', value: id.slice('MIG-'.length, -slice.length - 1) },
    { name: 'migMode', value: `Enabled: GPU instance ${slice}${profile === undefined ? '' : `, profile ${profile.slice(0, 40)}`}` },
  ];
}

/**
 * A page that a node's own agent fetched belongs to that node, whatever name a container prints. Where a Prometheus server has put
 * its `instance` label the text speaks of many hosts, and the labels decide.
 */
function hostName(labels: Labels, scope: Scope): string | undefined {
  const instance = filled(labels.get('instance'));
  if (instance === undefined && scope.node !== undefined) return scope.node;
  for (const label of HOST_LABELS) {
    const name = filled(labels.get(label));
    if (name !== undefined) return withoutPort(name);
  }
  const host = withoutPort(instance ?? scope.instance ?? '');
  return host === '' || host === 'localhost' || ADDRESS.test(host) ? scope.node : host;
}

function hostAddress(labels: Labels): string | undefined {
  const host = withoutPort(labels.get('instance') ?? '');
  return host === '' || host === 'localhost' || /^127\./.test(host) ? undefined : host;
}

function filled(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text;
}

function nodeOf(node: string | undefined): { node?: string } {
  return node === undefined ? {} : { node };
}
