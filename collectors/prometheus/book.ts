import { type EntityRef, type Fact, formatLimits, plausible } from '../../core/readings/index.ts';
import type { Output } from '../text/index.ts';
import { engineNames } from './engine-names.ts';
import { type Folder, openFolder } from './fold.ts';
import { isNameless, type Scope } from './owner.ts';
import { resolveSeries, scaled, type Slot, type Target } from './resolve.ts';
import type { Labels } from './names/index.ts';

/** Where a sample stands, for a rejection. */
export interface Place {
  readonly line: number;
  readonly text: string;
}

/** Facts held until the next flush, and hosts and endpoints remembered: hostile labels name any number of them. */
const MAX_FACTS = 100_000;
const MAX_NAMES = 10_000;

/** Collects the samples of any recorded or live form and makes readings of them by the name tables. */
export interface Book {
  /** What a series means, and notes its facts. Null where no table knows it. Keep it: looking up is the slow part. */
  open(name: string, labels: Labels, scope: Scope): Target | null;
  /** Adds a sample in the exporter's unit. NaN and infinities are no values; an impossible one is reported once per series. */
  add(target: Target, at: number, value: number, place: Place): void;
  /** Hands readings and facts over; `timeOf` puts each time on the batch's clock, null drops the row. */
  flush(timeOf?: (at: number) => number | null): void;
  readonly held: number;
}

/** An empty book; readings in SI units, facts and rejections go to `out`. */
export function openBook(out: Output): Book {
  const folder: Folder = openFolder();
  let facts: Fact[] = [];
  const hostNames = new Map<string, string>();
  const engines = new Map<string, Set<string>>(); // instance → engines other than LMCache seen there
  const apart = engineNames();
  let overflown = false;

  const known = (entity: EntityRef): EntityRef => {
    if (entity.kind === 'host') {
      const name = isNameless(entity.id) ? hostNames.get(entity.id) : undefined;
      return name === undefined ? entity : { ...entity, id: name };
    }
    if (entity.kind !== 'engine' || !entity.id.startsWith('lmcache@')) return entity;
    const there = engines.get(instanceOf(entity));
    const [only] = there ?? [];
    return there?.size === 1 && only !== undefined ? { ...entity, id: `${only}@${instanceOf(entity)}` } : entity;
  };

  return {
    get held() {
      return folder.held;
    },
    open(name, labels, scope) {
      const target = resolveSeries(name, labels, { ...scope, engines: apart });
      if (target === null) return null;
      if (facts.length < MAX_FACTS) facts.push(...target.facts);
      const { entity, hostName } = target;
      if (entity?.kind === 'host' && hostName !== null && hostNames.size < MAX_NAMES) hostNames.set(entity.id, hostName);
      if (entity?.kind === 'engine') noteEngine(engines, entity);
      return target;
    },
    add(target, at, value, place) {
      const sample = target.constant ?? value;
      if (!Number.isFinite(sample)) return;
      for (const slot of target.slots) {
        const { rule } = slot;
        if (slot.table.blank?.(sample) === true || (rule.min !== undefined && sample < rule.min)) continue;
        const fault = faultOf(slot, sample);
        if (fault !== null) {
          if (!slot.complained) out.reject(place.line, `${rule.to}: ${fault}, got ${sample} in ${slot.table.exporter}'s unit`, place.text);
          slot.complained = true;
        } else if (!folder.add(slot, at, sample) && !overflown) {
          overflown = true;
          out.reject(
            place.line,
            'too much at once (4,000,000 values, 1,000,000 rows, 20,000 entities): the rest is left out; export fewer series or a shorter time',
            place.text,
          );
        }
      }
    },
    flush(timeOf = (at) => at) {
      for (const reading of folder.flush({ timeOf, entityOf: known })) out.reading(reading);
      for (const fact of facts) out.fact(known(fact.entity), fact.name, fact.value);
      facts = [];
      overflown = false;
    },
  };
}

function faultOf(slot: Slot, sample: number): string | null {
  switch (slot.rule.fold) {
    case 'parts':
    case 'count':
    case 'port':
      return null;
    case 'busiest':
    case 'core':
      return sample < 0 ? 'is negative' : null;
    default:
      return plausible(slot.rule.to, scaled(slot.rule, sample)) ? null : `out of range, expected ${formatLimits(slot.rule.to)}`;
  }
}

function instanceOf(entity: EntityRef): string {
  const apart = entity.id.indexOf(';');
  return entity.id.slice(entity.id.indexOf('@') + 1, apart < 0 ? undefined : apart);
}

function noteEngine(engines: Map<string, Set<string>>, entity: EntityRef): void {
  const engine = entity.id.slice(0, entity.id.indexOf('@'));
  if (engine === 'lmcache') return;
  const instance = instanceOf(entity);
  let there = engines.get(instance);
  if (there === undefined && engines.size < MAX_NAMES) engines.set(instance, (there = new Set()));
  there?.add(engine);
}
