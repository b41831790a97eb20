import type { Table } from './columns.ts';
import type { Fact, SourceEvent } from './reading.ts';

/** What one sender hands over at a time, typed: tables on UTC's clock, and what is said beside numbers. (source, seq) is taken once. */
export interface Intake {
  readonly source: string;
  readonly seq: number;
  /** The node of entities that name none. */
  readonly node?: string;
  /** `cluster/id` of the job that all of it belongs to. */
  readonly job?: string;
  readonly tables: readonly Table[];
  readonly facts: readonly Fact[];
  readonly events: readonly SourceEvent[];
}
