import { parseDecimal, splitBlanks } from '../text/index.ts';

/** The kernel counts in sectors of 512 bytes whatever the device's own sector is (Documentation/admin-guide/iostats.rst). */
const SECTOR = 512;

/** One line of `/proc/diskstats`: cumulative bytes, and seconds with at least one request under way. */
export interface DiskCounters {
  readonly name: string;
  /** `major:minor`, as in mountinfo. */
  readonly number: string;
  readonly read: number;
  readonly written: number;
  readonly busy: number;
}

/** `/proc/diskstats`, every device: whole disks, partitions, device mapper. Lines of another shape are left out. */
export function parseDiskStats(text: string): DiskCounters[] {
  const disks: DiskCounters[] = [];
  for (const line of text.split('\n')) {
    const cells = splitBlanks(line);
    const [major, minor, name] = cells;
    const read = parseDecimal(cells[5] ?? '');
    const written = parseDecimal(cells[9] ?? '');
    const millis = parseDecimal(cells[12] ?? '');
    if (major === undefined || minor === undefined || name === undefined) continue;
    if (read === null || written === null || millis === null) continue;
    disks.push({ name, number: `${major}:${minor}`, read: read * SECTOR, written: written * SECTOR, busy: millis / 1000 });
  }
  return disks;
}

const WHOLE_DISK = /^(?:sd[a-z]+|hd[a-z]+|vd[a-z]+|xvd[a-z]+|nvme\d+n\d+|mmcblk\d+|pmem\d+|dasd[a-z]+)$/;

/** True for a whole local disk: its partitions, and the mapper and RAID devices on top of it, count the same bytes again. */
export function isWholeDisk(name: string): boolean {
  return WHOLE_DISK.test(name);
}
