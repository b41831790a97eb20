import type { LinkKind, Plan } from '../../core/planner/index.ts';
import { formatDuration, formatValue } from '../../core/readings/index.ts';

export const LINK_NAMES: Readonly<Record<LinkKind, string>> = { nvlink: 'NVLink', pcie: 'PCIe', infiniband: 'InfiniBand', ethernet: 'Ethernet' };
const KINDS = { tensor: 'tensor parallel', pipeline: 'pipeline', data: 'gradients' } as const;

/** What each kind of traffic would take on each link; the one that the plan uses is marked. */
export function trafficLines({ communication, links }: Plan): string[] {
  return communication.map((row) => {
    const cells = links.flatMap(({ kind, rate }) => {
      const seconds = row.seconds[kind];
      return seconds === undefined ? [] : [`${kind === row.uses ? '→ ' : ''}${nameOf(kind, rate)} ${formatDuration(seconds)}`];
    });
    return `${KINDS[row.kind].padEnd(16)}${formatValue(row.bytes, 'bytes').padStart(9)}   ${cells.join(' · ')}`;
  });
}

/** A link inside the node by its kind, a network by its rate as well. */
function nameOf(kind: LinkKind, rate: number): string {
  return kind === 'nvlink' || kind === 'pcie' ? LINK_NAMES[kind] : `${LINK_NAMES[kind]} ${((rate * 8) / 1e9).toFixed(0)} Gbit`;
}
