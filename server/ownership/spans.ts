import type { Job } from '../../core/contract/index.ts';
import { type EntityRef, lowerBound, type Table } from '../../core/readings/index.ts';
import type { JobIndex } from './job-index.ts';

/** A stretch of time: from ≤ t < to, seconds UTC. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** An entity and when its readings are whose they are asked for: spans in order, apart from each other. */
export interface Held {
  readonly entity: EntityRef;
  readonly spans: readonly Span[];
}

/** The spans within a time in which an entity's readings were among those of a job that `wanted` accepts. */
export function spansOf(index: JobIndex, entity: EntityRef, { from, to, wanted }: Span & { readonly wanted: (job: Job) => boolean }): Span[] {
  const changes = index.changesOf(entity).filter((at) => at > from && at < to);
  const edges = [...new Set([from, ...changes])].sort((a, b) => a - b);
  const spans: { from: number; to: number }[] = [];
  edges.forEach((edge, number) => {
    if (!index.ownersAt(entity, edge).some(wanted)) return;
    const last = spans.at(-1);
    const end = edges[number + 1] ?? to;
    if (last?.to === edge) last.to = end;
    else spans.push({ from: edge, to: end });
  });
  return spans;
}

/** True where an instant (seconds UTC) is in one of the spans. */
export function covers(spans: readonly Span[], at: number): boolean {
  return spans.some(({ from, to }) => from <= at && at < to);
}

/** The entities by the spans that they are held in, cut to a time: what is asked of the store together. */
export function bySpan<T extends Held>(held: readonly T[], within: Span): { readonly span: Span; readonly held: readonly T[] }[] {
  const groups = new Map<string, { span: Span; held: T[] }>();
  for (const one of held) {
    for (const { from, to } of one.spans) {
      const span = { from: Math.max(from, within.from), to: Math.min(to, within.to) };
      if (!(span.from < span.to)) continue;
      const key = `${span.from} ${span.to}`;
      const group = groups.get(key) ?? { span, held: [] };
      groups.set(key, group);
      group.held.push(one);
    }
  }
  return [...groups.values()].sort((a, b) => a.span.from - b.span.from);
}

/** The rows of a table that lie in the spans; the table itself where all do. */
export function rowsInSpans(table: Table, spans: readonly Span[]): Table {
  const parts = spans.map(({ from, to }) => [lowerBound(table.t, from), lowerBound(table.t, to)] as const);
  const rows = parts.reduce((sum, [start, end]) => sum + end - start, 0);
  if (rows === table.t.length) return table;
  const cut = (column: Float64Array): Float64Array => {
    const out = new Float64Array(rows);
    let row = 0;
    for (const [start, end] of parts) {
      out.set(column.subarray(start, end), row);
      row += end - start;
    }
    return out;
  };
  return { ...table, t: cut(table.t), columns: new Map([...table.columns].map(([id, column]) => [id, cut(column)])) };
}
