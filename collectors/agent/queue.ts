import { AGENT_BOUNDS } from '../bounds/index.ts';
import type { Spool } from './spool.ts';
import { parcelFrom } from './parcel.ts';
import type { Parcel } from './types.ts';

/** How many batches are held in memory where there is no disk to put them. */
export const MAX_IN_MEMORY = AGENT_BOUNDS.batches;

/** Batches that wait to be sent, oldest first: in memory while sending works, on disk while it does not. */
export interface Queue {
  push(parcel: Parcel): Promise<void>;
  /** The oldest; null when there is none. It stays the oldest until it is dropped. */
  head(): Promise<Parcel | null>;
  /** This one, which was the oldest, was dealt with. */
  drop(parcel: Parcel): Promise<void>;
  /** The receiver is away: what is in memory goes to disk, and so does what comes. */
  spill(): Promise<void>;
  count(): number;
}

/** `told` says what is wrong with the disk; `lost` counts batches that had to go. */
export function queueOn(spool: Spool | null, lost: (batches: number, why: string) => void): Queue {
  // Whatever is in memory is younger than whatever is on disk; while the disk holds anything, memory takes nothing.
  const memory: Parcel[] = [];
  let spilling = false;
  let writing = 0; // on the way to the disk: the spool does not count them yet
  let onDisk: { readonly record: Buffer; readonly parcel: Parcel } | null = null;

  const keep = (parcel: Parcel): void => {
    memory.push(parcel);
    if (memory.length <= MAX_IN_MEMORY) return;
    memory.shift();
    lost(1, `more than ${MAX_IN_MEMORY} batches wait in memory`);
  };
  const toDisk = async (disk: Spool, parcel: Parcel): Promise<void> => {
    writing += 1;
    try {
      await disk.append(parcel.bytes());
    } catch (error) {
      lost(1, `the spool cannot be written: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      writing -= 1;
    }
  };

  return {
    async push(parcel) {
      if (spool !== null && (spilling || writing > 0 || spool.count() > 0)) await toDisk(spool, parcel);
      else keep(parcel);
    },
    async head() {
      const first = (await spool?.head()) ?? null;
      if (first !== null) {
        if (onDisk?.record !== first) onDisk = { record: first, parcel: parcelFrom(first) };
        return onDisk.parcel;
      }
      spilling = false;
      return memory[0] ?? null;
    },
    async drop(parcel) {
      if (parcel === memory[0]) memory.shift();
      else if (onDisk?.parcel === parcel) await spool?.drop(onDisk.record);
    },
    async spill() {
      if (spool === null) return;
      spilling = true;
      // All at once: one that is pushed meanwhile must come after them.
      await Promise.all(memory.splice(0).map((parcel) => toDisk(spool, parcel)));
    },
    count: () => memory.length + (spool?.count() ?? 0),
  };
}
