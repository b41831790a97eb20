import { ENTITY_KINDS, entityMap, type EntityRef, type Intake } from '../../core/readings/index.ts';
import { Problem } from '../http/index.ts';
import { INTAKE_BOUNDS, type IntakeBounds } from '../settings/index.ts';
import type { KnownIds } from '../store/index.ts';
import type { Reject } from './check-table.ts';

const MINUTE = 60;

export interface Quota {
  /** Counts anew: these are what the store knows. Called at the start and every hour, since what is long silent is forgotten there. */
  restore(...ids: readonly KnownIds[]): void;
  /**
   * The intake without what would be one thing too many; each such block is rejected with the bound's name. Throws a Problem (429)
   * where nothing is left, or where the minute is full.
   */
  admit(intake: Intake, sender: string, reject: Reject): Intake;
}

interface Minute {
  began: number;
  values: number;
  readonly byToken: Map<string, number>;
}

/** Counts what senders bring, per token and in all. `now` in seconds UTC. */
export function openQuota({ bounds, now, log }: { bounds: IntakeBounds; now: () => number; log: { warn(about: object, text: string): void } }): Quota {
  const known = entityMap<true>();
  const news = new Map<string, number>();
  const minute: Minute = { began: Number.NEGATIVE_INFINITY, values: 0, byToken: new Map() };
  const told = new Map<string, number>();

  const warn = (name: string, sender: string): void => {
    const last = told.get(name) ?? Number.NEGATIVE_INFINITY;
    if (now() - last < MINUTE) return;
    told.set(name, now());
    log.warn({ limit: name, sender }, 'a sender met a limit');
  };

  const spend = (values: number, sender: string): void => {
    const at = now();
    if (at - minute.began >= MINUTE || at < minute.began) {
      minute.began = at;
      minute.values = 0;
      minute.byToken.clear();
    }
    const mine = minute.byToken.get(sender) ?? 0;
    const left = Math.max(1, Math.ceil(minute.began + MINUTE - at));
    // One batch is always let in: a bound below its size would keep it out for ever.
    if (mine > 0 && mine + values > bounds.valuesPerToken) throw tooMuch('valuesPerToken', left);
    if (minute.values > 0 && minute.values + values > bounds.values) throw tooMuch('values', left);
    minute.values += values;
    minute.byToken.set(sender, mine + values);
  };

  const tooMuch = (which: keyof IntakeBounds, seconds: number): Problem => {
    const { name, setting } = INTAKE_BOUNDS[which];
    return new Problem(
      429,
      {
        error: `the limit “${name}” (${bounds[which]}) is reached`,
        where: 'body',
        remedy: `keep it and send it again after the time in Retry-After; whoever runs the server may raise ${setting}`,
      },
      seconds,
    );
  };

  /** The bound that one more new thing of this sender would go over; null where there is room. */
  const full = (sender: string): 'entities' | 'entitiesPerToken' | null => {
    if (known.size >= bounds.entities) return 'entities';
    return (news.get(sender) ?? 0) >= bounds.entitiesPerToken ? 'entitiesPerToken' : null;
  };

  return {
    restore(...all) {
      known.clear();
      news.clear();
      for (const ids of all) for (const kind of ENTITY_KINDS) for (const id of ids[kind]) known.set({ kind, id }, true);
    },
    admit(intake, sender, reject) {
      const over = new Set<'entities' | 'entitiesPerToken'>();
      // What is only spoken of is a thing too: it is kept, listed and judged like what is measured.
      const isIn = (entity: EntityRef, at: string): boolean => {
        if (known.get(entity) !== undefined) return true;
        const bound = full(sender);
        if (bound !== null) {
          over.add(bound);
          reject(at, `the limit “${INTAKE_BOUNDS[bound].name}” (${bounds[bound]}) is reached: nothing new is taken in`);
          return false;
        }
        known.set(entity, true);
        news.set(sender, (news.get(sender) ?? 0) + 1);
        return true;
      };
      const tables = intake.tables.filter(({ entity }, index) => isIn(entity, `blocks/${index}/entity`));
      const facts = intake.facts.filter(({ entity }, index) => isIn(entity, `facts/${index}/entity`));
      const events = intake.events.filter(({ entity }, index) => entity === null || isIn(entity, `events/${index}/entity`));
      for (const bound of over) {
        warn(INTAKE_BOUNDS[bound].name, sender);
        if (tables.length + facts.length + events.length === 0) throw tooMuch(bound, 600);
      }
      const values = tables.reduce((sum, { t, columns }) => sum + t.length * columns.size, facts.length + events.length);
      try {
        spend(values, sender);
      } catch (error) {
        if (error instanceof Problem) warn(error.error, sender);
        throw error;
      }
      return over.size === 0 ? intake : { ...intake, tables, facts, events };
    },
  };
}
