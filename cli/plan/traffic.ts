import type { LinkKind, Plan } from '../../core/planner/index.ts';
import { formatDuration, formatValue } from '../../core/readings/index.ts';

export const LINK_NAMES: Readonly<Record<LinkKind, string>> = { nvlink: 'NVLink', pcie: 'PCIe', infiniband: 'InfiniBand', ethernet: 'Ethernet' };
const COLUMNS: readonly (readonly [LinkKind, string])[] = [
  ['nvlink', 'NVLink'],
  ['pcie', 'PCIe'],
  ['infiniband', 'InfiniBand 100 Gbit'],
  ['ethernet', 'Ethernet 25 Gbit'],
];
const KINDS = { tensor: 'tensor parallel', pipeline: 'pipeline', data: 'gradients' } as const;

/** What each kind of traffic would take on each link; the one that the plan uses is marked. */
export function trafficLines({ communication }: Plan): string[] {
  return communication.map((row) => {
    const cells = COLUMNS.flatMap(([kind, name]) => {
      const seconds = row.seconds[kind];
      return seconds === undefined ? [] : [`${kind === row.uses ? '→ ' : ''}${name} ${formatDuration(seconds)}`];
    });
    return `${KINDS[row.kind].padEnd(16)}${formatValue(row.bytes, 'bytes').padStart(9)}   ${cells.join(' · ')}`;
  });
}
