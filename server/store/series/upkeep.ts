import { entityKey } from '../../../core/readings/index.ts';
import { mergeSmall, wantsMerging } from './compact.ts';
import { DAY, limits } from './limits.ts';
import { dayToRoll, rollDay } from './rollup.ts';
import { isEverybodys, sealDue } from './seal.ts';
import { loadExtents, rawKeptFrom, type SeriesState } from './state.ts';

export interface UpkeepStep {
  readonly sealed: number;
  readonly expired: number;
  /** False when there is nothing left to do. */
  readonly more: boolean;
}

/** One short piece of upkeep, so that appends and reads get their turn between: sealing first, then merging, roll-ups, expiry. */
export async function upkeepStep(state: SeriesState, now: number): Promise<UpkeepStep> {
  const { sealed, more } = await sealDue(state, { now, pressed: false });
  if (sealed > 0 || more) return { sealed, expired: 0, more: true };
  for (const [no, extent] of state.extents) {
    if (!wantsMerging(extent) || isSkipped(state, no, now)) continue;
    await alone(state, { no, now }, () => mergeSmall(state, no));
    return { sealed: 0, expired: 0, more: true };
  }
  for (const entity of state.catalog.entities.values()) {
    const day = dayToRoll(state, entity, now);
    if (day === null || isSkipped(state, entity.no, now)) continue;
    await alone(state, { no: entity.no, now }, () => rollDay(state, entity, day));
    return { sealed: 0, expired: 0, more: true };
  }
  return expireStep(state, now);
}

function isSkipped({ skipped }: SeriesState, no: number, now: number): boolean {
  return now < (skipped.get(no) ?? Number.NEGATIVE_INFINITY);
}

/** Work on one entity that fails costs that entity its upkeep for a while, nobody else theirs. */
async function alone(state: SeriesState, { no, now }: { no: number; now: number }, work: () => Promise<void>): Promise<void> {
  try {
    await work();
    state.skipped.delete(no);
  } catch (error) {
    if (isEverybodys(error)) throw error;
    const entity = state.catalog.entities.get(no);
    const reason = error instanceof Error ? error.message : String(error);
    if (!state.skipped.has(no)) state.notes.add(`chunks of ${entity === undefined ? no : entityKey(entity)} could not be merged or rolled up: ${reason}`);
    state.skipped.set(no, now + limits.sealRetry);
  }
}

async function expireStep(state: SeriesState, now: number): Promise<UpkeepStep> {
  const most = 500;
  const raw = await state.file.expire(true, rawKeptFrom(state, now), most);
  const rolled = await state.file.expire(false, now - state.retention.rollupDays * DAY, most);
  if (raw + rolled > 0) await loadExtents(state);
  if (raw === most || rolled === most) return { sealed: 0, expired: raw + rolled, more: true };
  await forget(state, now);
  return { sealed: 0, expired: raw + rolled, more: false };
}

/** Drops senders that are long silent, and entities of which nothing is left: processes come and go by the thousand. */
async function forget(state: SeriesState, now: number): Promise<void> {
  const before = now - limits.sourceMemory;
  if (state.sources.forget(before) > 0) await state.file.db.source.deleteMany({ where: { heard: { lt: before } } });
  const kept = new Set(await state.file.entitiesWithChunks());
  const gone = [...state.catalog.entities.values()]
    .filter((entity) => !state.catalog.unwritten.has(entity) && !kept.has(entity.no) && !state.heads.has(entity.no))
    .map((entity) => entity.no);
  for (let at = 0; at < gone.length; at += 500) await state.file.db.entity.deleteMany({ where: { id: { in: gone.slice(at, at + 500) } } });
  for (const no of gone) state.catalog.remove(no);
}
