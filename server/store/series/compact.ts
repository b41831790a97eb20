import { mergeColumns } from '../../../core/readings/index.ts';
import type { Columns } from './columns.ts';
import { limits } from './limits.ts';
import { columnsOf } from './read.ts';
import { chunksOf, grow } from './seal.ts';
import type { Extent, SeriesState } from './state.ts';

/** True where an entity's small chunks fill a whole one together, or are many. */
export function wantsMerging(extent: Extent): boolean {
  return extent.small > 1 && (extent.smallRows >= limits.chunkRows || extent.small >= limits.smallChunks);
}

/** Merges an entity's small chunks into whole ones: larger blocks take fewer bytes per value and fewer reads. */
export async function mergeSmall(state: SeriesState, entity: number): Promise<void> {
  const all = state.file.chunks.rows(entity, 0, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  const parts: Columns[] = [];
  const merged: number[] = [];
  let wal = 0;
  for (const chunk of all) {
    const table = chunk.rows < limits.smallRows ? columnsOf(state, chunk, { level: 0 }) : null;
    // A damaged one is left as it is.
    if (table === null) continue;
    parts.push(table);
    merged.push(chunk.id);
    wal = Math.max(wal, chunk.wal);
  }
  const table = mergeColumns(parts);
  const chunks = await chunksOf(state, { entity, wal, table });
  await state.file.transaction([...state.file.addChunks(chunks), ...state.file.dropChunks(merged)]);
  const kept = all.filter((chunk) => !merged.includes(chunk.id));
  state.extents.delete(entity);
  for (const chunk of [...kept, ...chunks]) grow(state.extents, chunk);
  const extent = state.extents.get(entity);
  // What cannot be merged (damaged, or a rest) must not be tried again and again: it counts anew with the next chunk.
  if (extent !== undefined && wantsMerging(extent)) state.extents.set(entity, { ...extent, small: 0, smallRows: 0 });
}
