import { parseDecimal, sumOf } from '../text/index.ts';

export interface Mount {
  readonly source: string;
  readonly point: string;
  readonly type: string;
  /** `major:minor` of the device under it (mountinfo only). */
  readonly number: string | null;
}

/** `/proc/self/mountinfo` or `/proc/mounts`, whichever the text is. `\040` and its like are decoded. */
export function parseMounts(text: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split('\n')) {
    const mount = /^\d+ \d+ \d+:\d+ /.test(line) ? fromMountInfo(line) : fromMounts(line);
    if (mount !== null) mounts.push(mount);
  }
  return mounts;
}

/** The mount that a path lies in: the longest mount point, the latest of equal ones (it covers the earlier). */
export function mountOf(mounts: readonly Mount[], path: string): Mount | null {
  let best: Mount | null = null;
  for (const mount of mounts) {
    const root = mount.point === '/' ? '/' : `${mount.point}/`;
    if (path !== mount.point && !path.startsWith(root)) continue;
    if (best === null || mount.point.length >= best.point.length) best = mount;
  }
  return best;
}

const NETWORK_TYPES: ReadonlySet<string> = new Set([
  'nfs',
  'nfs4',
  'wekafs',
  'lustre',
  'beegfs',
  'gpfs',
  'ceph',
  'fuse.ceph',
  'cifs',
  'smb3',
  'panfs',
  'fuse.juicefs',
  'fuse.sshfs',
  '9p',
]);

/** True for a file system whose data come over the network. */
export function isNetworkMount(mount: Pick<Mount, 'type'>): boolean {
  return NETWORK_TYPES.has(mount.type);
}

/**
 * `/proc/self/mountstats`: bytes that NFS clients read from and wrote to their servers, page cache hits left out; null without an NFS mount.
 * A file system mounted at several places repeats the same counters: it is counted once.
 */
export function parseNfsBytes(text: string): { read: number | null; write: number | null } {
  const seen = new Set<string>();
  const reads: (number | null)[] = [];
  const writes: (number | null)[] = [];
  let device: string | null = null;
  for (const line of text.split('\n')) {
    const head = /^device (\S+) mounted on .* with fstype (\S+)/.exec(line);
    if (head !== null) device = head[2]?.startsWith('nfs') === true ? (head[1] ?? null) : null;
    const bytes = device === null ? null : /^\s*bytes:\s+(\S.*)$/.exec(line);
    if (device === null || bytes === null) continue;
    const key = `${device} ${bytes[1]}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const cells = (bytes[1] ?? '').split(/\s+/).map(parseDecimal);
    reads.push(cells[4] ?? null); // serverreadbytes
    writes.push(cells[5] ?? null); // serverwritebytes
  }
  return { read: sumOf(reads), write: sumOf(writes) };
}

/** A Lustre client's `llite/<file system>/stats`: `read_bytes N samples [bytes] MIN MAX SUM`. A mount that has not read yet has no line. */
export function parseLustreBytes(text: string): { read: number | null; write: number | null } {
  const sum = (name: string): number | null => {
    const match = new RegExp(`^${name}_bytes\\s+\\d+ samples \\[bytes\\] \\d+ \\d+ (\\d+)`, 'm').exec(text);
    return parseDecimal(match?.[1] ?? '');
  };
  return { read: sum('read'), write: sum('write') };
}

// 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue   (proc(5))
function fromMountInfo(line: string): Mount | null {
  const split = line.indexOf(' - ');
  if (split < 0) return null;
  const [, , number, , point] = line.slice(0, split).split(' ');
  const [type, source] = line.slice(split + 3).split(' ');
  if (number === undefined || point === undefined || type === undefined || source === undefined) return null;
  return { source: decode(source), point: decode(point), type, number };
}

function fromMounts(line: string): Mount | null {
  const [source, point, type] = line.split(' ');
  if (source === undefined || point === undefined || type === undefined || !point.startsWith('/')) return null;
  return { source: decode(source), point: decode(point), type, number: null };
}

function decode(text: string): string {
  return !text.includes('\\') ? text : text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
