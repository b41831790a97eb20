import { AGENT_ROWS, TEXT_ROWS } from './agent.ts';
import type { Bound, Bounds } from './bound.ts';
import { BATCH_BOUNDS, INTAKE_BOUNDS, JOB_BOUNDS, STREAM_BOUNDS } from './coming-in.ts';
import { ACCESS_BOUNDS, CONNECTION_BOUNDS } from './connections.ts';
import { LIVE_BOUNDS, READ_BOUNDS } from './going-out.ts';
import { ANALYSIS_BOUNDS, OWNERSHIP_BOUNDS, STORE_BOUNDS } from './kept.ts';

export { type Bound, MIB } from './bound.ts';
export {
  ACCESS_BOUNDS,
  ANALYSIS_BOUNDS,
  BATCH_BOUNDS,
  CONNECTION_BOUNDS,
  INTAKE_BOUNDS,
  JOB_BOUNDS,
  LIVE_BOUNDS,
  OWNERSHIP_BOUNDS,
  READ_BOUNDS,
  STORE_BOUNDS,
  STREAM_BOUNDS,
};

/** The bounds of what comes in, as they are set. */
export type IntakeBounds = Readonly<Record<keyof typeof INTAKE_BOUNDS, number>>;

const CHAPTERS = {
  Connections: CONNECTION_BOUNDS,
  Access: ACCESS_BOUNDS,
  'What senders bring': INTAKE_BOUNDS,
  Batches: BATCH_BOUNDS,
  Jobs: JOB_BOUNDS,
  Streams: STREAM_BOUNDS,
  'Text of tools': TEXT_ROWS,
  Questions: READ_BOUNDS,
  'Live pages': LIVE_BOUNDS,
  Store: STORE_BOUNDS,
  Verdicts: ANALYSIS_BOUNDS,
  Ownership: OWNERSHIP_BOUNDS,
  Agent: AGENT_ROWS,
} as const satisfies Readonly<Record<string, Bounds>>;

/** The name of a row where it is unique: its chapter and its key, such as `Connections.pipelined`. */
export type BoundKey = { [C in keyof typeof CHAPTERS]: `${C}.${keyof (typeof CHAPTERS)[C] & string}` }[keyof typeof CHAPTERS];

/** Every bound of the product, in chapters: docs/limits.md and a test walk this list. */
export const BOUNDS: readonly { readonly chapter: string; readonly key: string; readonly bound: Bound }[] = Object.entries<Bounds>(CHAPTERS).flatMap(
  ([chapter, rows]) => Object.entries(rows).map(([name, bound]) => ({ chapter, key: `${chapter}.${name}`, bound })),
);
