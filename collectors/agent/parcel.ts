import { gunzipSync, gzipSync } from 'node:zlib';
import type { IngestBatch } from '../../core/contract/index.ts';
import type { Parcel } from './types.ts';

/** A batch that is compressed when it has to be, once. */
export function parcelOf(batch: IngestBatch): Parcel {
  let packed: Buffer | null = null;
  return { batch: () => batch, bytes: () => (packed ??= gzipSync(JSON.stringify(batch), { level: 6 })) };
}

/** A batch as it was kept on disk. */
export function parcelFrom(bytes: Buffer): Parcel {
  return { bytes: () => bytes, batch: () => JSON.parse(gunzipSync(bytes, { maxOutputLength: 64 * 1024 * 1024 }).toString()) as IngestBatch }; // a parse boundary: what parcelOf wrote, its checksum verified
}
