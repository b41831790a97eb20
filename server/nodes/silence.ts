import type { Logger } from 'pino';
import { SILENT } from './latest.ts';
import type { NodeRegistry } from './registry.ts';

/** Logs each node once when it falls silent and once when it speaks again. */
export function tellSilence(nodes: NodeRegistry, now: number, log: Pick<Logger, 'info' | 'warn'>): void {
  for (const node of nodes.all()) {
    const silent = isSilent(node.at, now);
    if (silent === node.toldSilent) continue;
    node.toldSilent = silent;
    if (silent) log.warn({ node: node.node, since: node.at }, 'a node has fallen silent: no reading for three minutes');
    else log.info({ node: node.node }, 'a node speaks again');
  }
}

/** True where the latest reading is too old to speak for now. */
export function isSilent(at: number | null, now: number): boolean {
  return at === null || now - at > SILENT;
}
