import type { Batch, EntityKind } from '../../core/readings/index.ts';

/** What the caller knows of a source, since a parser reads no clock and no environment. */
export interface ParseContext {
  /** The node whose tool printed the text. Without it, `?`. */
  readonly node?: string;
  /** GPU UUIDs by the index that the tool prints: a scope for sources that print only an index. */
  readonly uuids?: Readonly<Record<string, string>>;
  /** IANA zone or `±HH:MM` for stamps that name none. Default `UTC`. */
  readonly tz?: string;
  /** Field names for a headerless `--query-gpu` CSV, in order. */
  readonly fields?: readonly string[];
  /** `host:port` of the endpoint whose page this is, for pages that do not name it themselves (an engine's `/metrics`). */
  readonly instance?: string;
  /** The file's name, for hints in names (never for identity). */
  readonly file?: string;
}

/**
 * One reading of one source, fed in pieces cut anywhere (network chunks, file blocks). Pure state: no clock, no I/O.
 * `feed` returns what the new text completed; `end` what was left. Bounded memory: a line over 256 KiB is rejected, not kept.
 */
export interface Session {
  feed(text: string): Batch;
  end(): Batch;
}

/** One tool or format. A registry row: adding a tool is one file and one row in registry.ts. */
export interface Collector {
  readonly id: string;
  readonly title: string;
  readonly entities: readonly EntityKind[];
  /** True where it finds its own lines in other text (a job's log): several such read one source side by side. */
  readonly embedded?: boolean;
  /** 0–1: how sure the first 64 KiB of text (BOM removed) look like this format. Above 0.5 means "mine". */
  sniff(head: string, file?: string): number;
  open(context: ParseContext): Session;
}

/** Parses a whole text at once: the tests' and the page's short way. Batches are joined in order. */
export function parseAll(collector: Pick<Collector, 'open'>, text: string, context: ParseContext = {}): Batch {
  const session = collector.open(context);
  return joinBatches([session.feed(text), session.end()]);
}

/** Joins batches of one session. The clock is that of the first batch with readings; without any, of the first with events. */
export function joinBatches(batches: readonly Batch[]): Batch {
  const statements = batches.flatMap((batch) => batch.statements ?? []);
  const first = batches.find((batch) => batch.readings.length > 0) ?? batches.find((batch) => batch.events.length > 0) ?? batches[0];
  return {
    clock: first?.clock ?? 'ordinal',
    zoneless: batches.some((batch) => batch.zoneless),
    readings: batches.flatMap((batch) => batch.readings),
    facts: batches.flatMap((batch) => batch.facts),
    events: batches.flatMap((batch) => batch.events),
    rejected: batches.flatMap((batch) => batch.rejected),
    ...(statements.length === 0 ? {} : { statements }),
  };
}
