/** File systems over a network: SQLite's locks and write-ahead log do not hold on them. */
const networkTypes = new Set([
  'nfs',
  'nfs4',
  'cifs',
  'smb3',
  'smbfs',
  'lustre',
  'beegfs',
  'gpfs',
  'mmfs',
  'wekafs',
  'ceph',
  'fuse.ceph',
  'fuse.sshfs',
  'fuse.glusterfs',
  'glusterfs',
  '9p',
  'afs',
  'panfs',
  'orangefs',
  'pvfs2',
  'fuse.juicefs',
  'fuse.s3fs',
  'davfs',
  'fuse.rclone',
]);

/** The file system type that holds a path, after /proc/self/mountinfo; null where none of its lines does. */
export function mountType(mountinfo: string, path: string): string | null {
  let longest = -1;
  let type: string | null = null;
  for (const line of mountinfo.split('\n')) {
    // id parent major:minor root mountpoint options optional… - type source superoptions
    const [before, after] = line.split(' - ');
    const point = before?.split(' ')[4];
    const found = after?.split(' ')[0];
    if (point === undefined || found === undefined) continue;
    const plain = point.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
    const holds = path === plain || path.startsWith(plain.endsWith('/') ? plain : `${plain}/`);
    // Of two mounts at one point the later one covers the earlier.
    if (holds && plain.length >= longest) {
      longest = plain.length;
      type = found;
    }
  }
  return type;
}

/** True for a file system that other machines share: SQLite's file must not lie there. */
export function isNetworkType(type: string): boolean {
  return networkTypes.has(type);
}
