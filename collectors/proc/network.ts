import { parseDecimal, splitBlanks } from '../text/index.ts';

/** One interface of `/proc/net/dev`: cumulative bytes, and errors and drops of both directions together. */
export interface NetCounters {
  readonly name: string;
  readonly rx: number;
  readonly tx: number;
  readonly errors: number;
}

/** `/proc/net/dev`. The name ends at the colon, which old kernels print without a blank after it. */
export function parseNetDev(text: string): NetCounters[] {
  const found: NetCounters[] = [];
  for (const line of text.split('\n')) {
    const colon = line.lastIndexOf(':');
    if (colon < 0) continue;
    const cells = splitBlanks(line.slice(colon + 1)).map(parseDecimal);
    const [rx, , rxErrors, rxDrops, , , , , tx, , txErrors, txDrops] = cells;
    if (rx === undefined || rx === null || tx === undefined || tx === null) continue;
    const errors = [rxErrors, rxDrops, txErrors, txDrops].reduce<number>((sum, value) => sum + (value ?? Number.NaN), 0);
    if (Number.isNaN(errors)) continue;
    found.push({ name: line.slice(0, colon).trim(), rx, tx, errors });
  }
  return found;
}

// Bridges, bonds, VLANs and virtual pairs carry bytes that a physical interface counts too; ib* is counted at its InfiniBand port.
const NOT_ETHERNET =
  /^(?:lo|veth.*|docker.*|br-.*|br\d+|virbr.*|cni.*|cali.*|flannel.*|vxlan.*|geneve.*|tun.*|tap.*|wg.*|tailscale.*|bond\d+|team\d+|dummy.*|ifb.*|sit\d+|gre.*|ip6.*|ovs.*|nodelocaldns|kube-.*|ib.*|.*\.\d+|vlan\d+)$/;

/** True for a physical Ethernet interface, judged by its name. */
export function isEthernet(name: string): boolean {
  return !NOT_ETHERNET.test(name);
}

/** `/sys/class/net/<if>/speed` (Mbit/s; −1 where unknown) as bytes/s; null where the kernel does not know it. */
export function parseNetSpeed(text: string): number | null {
  const megabits = parseDecimal(text.trim());
  return megabits === null || megabits <= 0 ? null : (megabits * 1e6) / 8;
}
