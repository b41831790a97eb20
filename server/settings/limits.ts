/** A bound of the service: what is counted, how far, who sets it, and what happens there. */
interface Bound {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The variable that sets it; null where it is fixed. */
  readonly setting: string | null;
  readonly beyond: string;
  /** Who is told. */
  readonly told: string;
}

/** What senders may bring, per token and in all. A cluster of 2,000 GPUs and 500 nodes with its processes and engines needs a tenth. */
export const INTAKE_BOUNDS = {
  entities: {
    name: 'entities',
    value: 200_000,
    unit: 'measured things in all, those of the last days included',
    setting: 'HEADROOM_MOST_ENTITIES',
    beyond: 'new ones are refused, readings of known ones are stored',
    told: 'the sender (429, or its rejected rows), the log',
  },
  entitiesPerToken: {
    name: 'entities per token',
    value: 100_000,
    unit: 'new measured things of one token in an hour',
    setting: 'HEADROOM_MOST_ENTITIES_PER_TOKEN',
    beyond: 'new ones are refused, readings of known ones are stored',
    told: 'the sender (429, or its rejected rows), the log',
  },
  values: {
    name: 'values a minute',
    value: 60_000_000,
    unit: 'values in a minute of all senders',
    setting: 'HEADROOM_MOST_VALUES_PER_MINUTE',
    beyond: 'batches are refused until the minute is over; nothing of them is stored',
    told: 'the sender (429 with Retry-After), the log',
  },
  valuesPerToken: {
    name: 'values a minute per token',
    value: 60_000_000,
    unit: 'values in a minute of one token',
    setting: 'HEADROOM_MOST_VALUES_PER_MINUTE_PER_TOKEN',
    beyond: 'batches are refused until the minute is over; nothing of them is stored',
    told: 'the sender (429 with Retry-After), the log',
  },
} as const satisfies Record<string, Bound>;

/** The bounds of what comes in, as they are set. */
export type IntakeBounds = Readonly<Record<keyof typeof INTAKE_BOUNDS, number>>;

/** Every bound of the service: docs and tests walk this list. */
export const BOUNDS: readonly Bound[] = Object.values(INTAKE_BOUNDS);
