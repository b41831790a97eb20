import { gunzipSync, gzipSync } from 'node:zlib';
import { batchFromIntake, type Intake, intakeFromBatch, type WireBatch } from '../../core/readings/index.ts';
import type { Parcel } from './types.ts';

/** An intake that becomes a batch and is compressed when it has to be, once. */
export function parcelOf(intake: Intake): Parcel {
  let packed: Buffer | null = null;
  return { intake: () => intake, bytes: () => (packed ??= gzipSync(JSON.stringify(batchFromIntake(intake)), { level: 6 })) };
}

/** A batch as it was kept on disk. */
export function parcelFrom(bytes: Buffer): Parcel {
  const batch = (): WireBatch => JSON.parse(gunzipSync(bytes, { maxOutputLength: 64 * 1024 * 1024 }).toString()) as WireBatch; // a parse boundary: what parcelOf wrote, its checksum verified
  return { bytes: () => bytes, intake: () => intakeFromBatch(batch()) };
}
