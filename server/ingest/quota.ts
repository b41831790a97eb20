import { ENTITY_KINDS, entityMap, type EntityRef, type Intake } from '../../core/readings/index.ts';
import { Problem } from '../http/index.ts';
import { INTAKE_BOUNDS, type IntakeBounds, MIB } from '../settings/index.ts';
import type { KnownIds } from '../store/index.ts';
import type { Reject } from './check-table.ts';

const MINUTE = 60;

/** Counts what senders bring, per token and in all. */
export interface Quota {
  /**
   * Counts anew: these are what the store knows. Called at the start and every hour, since what is long silent is forgotten there: its
   * sender has that room again.
   */
  restore(...ids: readonly KnownIds[]): void;
  /** Counts bytes before they are read. Throws a Problem (429) where the minute is full. */
  receive(bytes: number, sender: string): void;
  /**
   * The intake without what would be one thing too many; each such block is rejected with the bound's name. Throws a Problem (429)
   * where nothing is left, or where the minute is full.
   */
  admit(intake: Intake, sender: string, reject: Reject): Intake;
}

interface QuotaOptions {
  readonly bounds: IntakeBounds;
  /** Seconds UTC. */
  readonly now: () => number;
  readonly log: { warn(about: object, text: string): void };
}

/** Nothing counted yet. */
export function openQuota({ bounds, now, log }: QuotaOptions): Quota {
  /** Who was the first to name a thing; nobody who could be told of what was known before the start. */
  const known = entityMap<string | null>();
  const named = new Map<string, number>();
  const told = new Map<string, number>();
  const values = meterOf(now);
  const bytes = meterOf(now);

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

  const warn = (name: string, sender: string): void => {
    const last = told.get(name) ?? Number.NEGATIVE_INFINITY;
    if (now() - last < MINUTE) return;
    told.set(name, now());
    log.warn({ limit: name, sender }, 'a sender met a limit');
  };

  /** Takes so much of the minute; `unit`: what one of the bounds' numbers stands for. */
  const spend = (meter: Meter, amount: number, sender: string, unit: number, ofAll: keyof IntakeBounds, ofOne: keyof IntakeBounds): void => {
    const spent = meter.of(sender);
    const full =
      spent.mine > 0 && spent.mine + amount > bounds[ofOne] * unit ? ofOne : spent.all > 0 && spent.all + amount > bounds[ofAll] * unit ? ofAll : null;
    // One batch is always let in: a bound below its size would keep it out for ever.
    if (full === null) return meter.add(amount, sender);
    warn(INTAKE_BOUNDS[full].name, sender);
    throw tooMuch(full, spent.left);
  };

  const setNamer = (entity: EntityRef, sender: string | null): void => {
    known.set(entity, sender);
    if (sender !== null) named.set(sender, (named.get(sender) ?? 0) + 1);
  };

  /** The bound that one more new thing of this sender would go over; null where there is room. */
  const full = (sender: string): 'entities' | 'entitiesPerToken' | null => {
    if (known.size >= bounds.entities) return 'entities';
    return (named.get(sender) ?? 0) >= bounds.entitiesPerToken ? 'entitiesPerToken' : null;
  };

  return {
    restore(...all) {
      const before = [...known.entries()];
      known.clear();
      named.clear();
      for (const ids of all) for (const kind of ENTITY_KINDS) for (const id of ids[kind]) known.set({ kind, id }, null);
      for (const [entity, sender] of before) if (known.get(entity) !== undefined) setNamer(entity, sender);
    },
    receive: (amount, sender) => spend(bytes, amount, sender, MIB, 'megabytes', 'megabytesPerToken'),
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
        setNamer(entity, sender);
        return true;
      };
      const tables = intake.tables.filter(({ entity }, index) => isIn(entity, `blocks/${index}/entity`));
      const facts = intake.facts.filter(({ entity }, index) => isIn(entity, `facts/${index}/entity`));
      const events = intake.events.filter(({ entity }, index) => entity === null || isIn(entity, `events/${index}/entity`));
      for (const bound of over) {
        warn(INTAKE_BOUNDS[bound].name, sender);
        if (tables.length + facts.length + events.length === 0) throw tooMuch(bound, 600);
      }
      const amount = tables.reduce((sum, { t, columns }) => sum + t.length * columns.size, facts.length + events.length);
      spend(values, amount, sender, 1, 'values', 'valuesPerToken');
      return over.size === 0 ? intake : { ...intake, tables, facts, events };
    },
  };
}

/** What a minute has brought so far, in all and of each sender. */
interface Meter {
  /** Seconds that are left of the minute, at least one. */
  of(sender: string): { readonly all: number; readonly mine: number; readonly left: number };
  add(amount: number, sender: string): void;
}

function meterOf(now: () => number): Meter {
  let began = Number.NEGATIVE_INFINITY;
  let all = 0;
  const bySender = new Map<string, number>();
  return {
    of: (sender) => {
      const at = now();
      if (at - began >= MINUTE || at < began) {
        began = at;
        all = 0;
        bySender.clear();
      }
      return { all, mine: bySender.get(sender) ?? 0, left: Math.max(1, Math.ceil(began + MINUTE - at)) };
    },
    add: (amount, sender) => {
      all += amount;
      bySender.set(sender, (bySender.get(sender) ?? 0) + amount);
    },
  };
}
