import type { EntityRef } from '../../core/readings/index.ts';
import type { ParseContext } from '../collector.ts';
import { processOf, UNNAMED } from '../entities.ts';
import type { Labels, Owner } from './rule.ts';

/** What a page's caller or its comments say of where it comes from. */
export type Scope = Pick<ParseContext, 'node' | 'instance' | 'uuids'>;

const HOST_LABELS = ['Hostname', 'hostname', 'nodename', 'node', 'kubernetes_node', 'host'] as const;
const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|\[?[0-9a-f]*:[0-9a-f:]+\]?)$/i;

/** Whose series it is: a GPU by UUID, a host by name, an engine by instance. Null where the labels name none. */
export function ownerOf(owner: Owner, labels: Labels, scope: Scope): EntityRef | null {
  switch (owner.kind) {
    case 'gpu':
      return gpuOf(owner, labels, scope);
    case 'host':
      return { kind: 'host', id: hostName(labels, scope) ?? hostAddress(labels) ?? UNNAMED };
    case 'engine': {
      const instance = labels.get('instance') ?? scope.instance ?? UNNAMED;
      return { kind: 'engine', id: `${owner.engine}@${instance}`, ...nodeOf(hostName(labels, scope)) };
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
export function withoutPort(instance: string): string {
  return instance.replace(/:\d+$/, '');
}

function gpuOf(owner: Extract<Owner, { kind: 'gpu' }>, labels: Labels, scope: Scope): EntityRef | null {
  const host = (owner.host === undefined ? undefined : filled(labels.get(owner.host))) ?? hostName(labels, scope);
  const index = owner.index === undefined ? undefined : filled(labels.get(owner.index));
  const uuid = filled(labels.get(owner.uuid)) ?? (index === undefined ? undefined : scope.uuids?.[index]);
  if (uuid === undefined) {
    // An index means something only on its own host: of a fleet's export the host keeps two "GPU 0" apart.
    return index === undefined ? null : { kind: 'gpu', id: host === undefined ? `#${index}` : `#${index}@${host}`, ...nodeOf(host) };
  }
  const full = /^(GPU|MIG)-/.test(uuid) ? uuid : `GPU-${uuid}`;
  const slice = owner.slice === undefined ? undefined : filled(labels.get(owner.slice));
  // DCGM names a MIG slice by its GPU and instance number: the older form of NVIDIA's own MIG UUID without the compute instance.
  return { kind: 'gpu', id: slice === undefined ? full : `MIG-${full}/${slice}`, ...nodeOf(host) };
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
