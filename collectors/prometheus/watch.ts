import type { Slot } from './resolve.ts';
import type { Values } from '../text/index.ts';

/** Values of the series of one instant that are judged together: cores, disks, ports. */
type Together = ReadonlyMap<Slot, number>;
/** What an entity's watch remembers between two instants. */
export interface Watch {
  /** Adds to `values` what this instant says in the light of the one before it. Instants must come in order. */
  settle(now: Together, values: Values): void;
}

/**
 * Three things that cannot be told from one instant, or from one series:
 * - busiest: which disk was busiest since the last instant. The largest cumulative counter may belong to an idle disk, so the largest
 *   *growth* is summed up into a counter of our own. It starts at 0 with the first instant that has one before it.
 * - core: the busy share of the busiest core, of all cores, and the shares of iowait and steal, from the growth of every mode.
 * - port: the summed line rate of the InfiniBand ports that are up (state 4), or of all where no state is printed.
 */
export function openWatch(): Watch {
  let before: Together = new Map();
  let busiest = 0;
  return {
    settle(now, values) {
      const growth = growthSince(before, now);
      const most = largestGrowth(growth);
      if (most !== null) {
        busiest += most;
        values['host.diskBusyTime'] = busiest;
      }
      addCores(growth, values);
      const speed = portSpeed(now);
      if (speed !== null) values['host.ibSpeed'] = speed;
      before = now;
    },
  };
}

/** Growth of every counter that is there at both instants and did not fall back. */
function growthSince(before: Together, now: Together): Map<Slot, number> {
  const growth = new Map<Slot, number>();
  for (const [slot, value] of now) {
    if (slot.rule.fold === 'port') continue;
    const last = before.get(slot);
    if (last !== undefined && value >= last) growth.set(slot, value - last);
  }
  return growth;
}

function largestGrowth(growth: ReadonlyMap<Slot, number>): number | null {
  let most: number | null = null;
  for (const [slot, value] of growth) if (slot.rule.fold === 'busiest' && (most === null || value > most)) most = value;
  return most;
}

const IDLE: ReadonlySet<string> = new Set(['idle', 'iowait']);

function addCores(growth: ReadonlyMap<Slot, number>, values: Values): void {
  const cores = new Map<string, { busy: number; total: number }>();
  let busy = 0;
  let total = 0;
  let iowait = 0;
  let steal = 0;
  for (const [slot, value] of growth) {
    if (slot.rule.fold !== 'core') continue;
    const [cpu = '', mode = ''] = slot.by;
    let core = cores.get(cpu);
    if (core === undefined) cores.set(cpu, (core = { busy: 0, total: 0 }));
    core.total += value;
    total += value;
    if (!IDLE.has(mode)) {
      core.busy += value;
      busy += value;
    }
    if (mode === 'iowait') iowait += value;
    if (mode === 'steal') steal += value;
  }
  if (total <= 0) return;
  let hottest = 0;
  for (const core of cores.values()) if (core.total > 0) hottest = Math.max(hottest, core.busy / core.total);
  values['host.cpuMaxCore'] = hottest;
  values['host.cpu'] = busy / total;
  values['host.iowait'] = iowait / total;
  values['host.steal'] = steal / total;
}

const ACTIVE = 4; // IB_PORT_ACTIVE

function portSpeed(now: Together): number | null {
  const states = new Map<string, number>();
  for (const [slot, value] of now) if (slot.rule.fold === 'port' && slot.rule.part === 'state') states.set(slot.by.join('/'), value);
  let speed: number | null = null;
  for (const [slot, value] of now) {
    if (slot.rule.fold !== 'port' || slot.rule.part !== 'rate') continue;
    const state = states.get(slot.by.join('/'));
    if (state === undefined || state === ACTIVE) speed = speed === null ? value : speed + value;
  }
  return speed;
}
