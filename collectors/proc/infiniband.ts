import { parseDecimal } from '../text/index.ts';

/** One InfiniBand or RoCE port under `/sys/class/infiniband`. */
export interface IbPort {
  /** `mlx5_0/1`. */
  readonly name: string;
  readonly active: boolean | null;
  /** `InfiniBand` or `Ethernet` (RoCE). */
  readonly layer: string | null;
  /** Bytes per second of one direction. */
  readonly rate: number | null;
  /** Cumulative bytes. */
  readonly rx: number | null;
  readonly tx: number | null;
  readonly wait: number | null;
}

/** The kernel counts port data in words of four bytes (ib_pma counters; node_exporter multiplies likewise). */
const WORD = 4;
const PORT = /^\/sys\/class\/infiniband\/([^/]+)\/ports\/(\d+)\/(.+)$/;

/** All ports in a set of files under `/sys/class/infiniband`, in the order of the files. */
export function infinibandPorts(files: ReadonlyMap<string, string>): IbPort[] {
  const ports = new Map<string, Map<string, string>>();
  for (const [path, text] of files) {
    if (!path.startsWith('/sys/class/infiniband/')) continue;
    const match = PORT.exec(path);
    if (match === null) continue;
    const name = `${match[1]}/${match[2]}`;
    const own = ports.get(name) ?? new Map<string, string>();
    own.set(match[3] ?? '', text.trim());
    ports.set(name, own);
  }
  return [...ports].map(([name, own]) => portOf(name, own));
}

function portOf(name: string, own: ReadonlyMap<string, string>): IbPort {
  const state = own.get('state');
  return {
    name,
    active: state === undefined ? null : /ACTIVE/.test(state),
    layer: own.get('link_layer') ?? null,
    rate: rateOf(own.get('rate')),
    rx: words(own.get('counters/port_rcv_data')),
    tx: words(own.get('counters/port_xmit_data')),
    wait: parseDecimal(own.get('counters/port_xmit_wait') ?? ''),
  };
}

/** `100 Gb/sec (4X EDR)` → bytes/s. */
function rateOf(text: string | undefined): number | null {
  const gigabits = parseDecimal(/^([\d.]+) Gb\/sec/.exec(text ?? '')?.[1] ?? '');
  return gigabits === null || gigabits <= 0 ? null : (gigabits * 1e9) / 8;
}

function words(text: string | undefined): number | null {
  const count = parseDecimal(text ?? '');
  return count === null ? null : count * WORD;
}
