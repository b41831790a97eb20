import type { EntityRef, MetricId, SourceEvent, Table } from '../../core/readings/index.ts';

/** A source of a run, on the run's clock. */
interface Source {
  readonly file: string;
  readonly collector: string | null;
  readonly tables: readonly Table[];
  readonly events: readonly SourceEvent[];
}

/** An engine that its source could not name: `vllm@?`, and `vllm@?;engine=1` for another of the same page. */
const UNNAMED = /^([^@]+)@\?/;

/**
 * Gives engines that no source could name (bare pages, logs) names of their own where they cannot be one (§7.8.1): two sources of
 * one kind that tell of the same time, and not the same. What follows one another is one engine, what is equal is counted once, a
 * log beside a page is the same engine's, and the only named engine of its kind is meant by a source that names none.
 */
export function enginesApart<S extends Source>(sources: readonly S[]): S[] {
  const owners = new Map<string, { readonly name: string; readonly collector: string | null; readonly tables: Table[] }[]>();
  const named = sources.flatMap(({ tables }) => tables.flatMap(({ entity }) => (entity.kind === 'engine' && !UNNAMED.test(entity.id) ? [entity] : [])));
  const renamed = (entity: EntityRef, table: Table | null, source: S): EntityRef => {
    const kind = entity.kind === 'engine' ? UNNAMED.exec(entity.id)?.[1] : undefined;
    if (kind === undefined) return entity;
    const alike = new Map(named.filter(({ id }) => id.startsWith(`${kind}@`)).map((one) => [one.id, one]));
    const [only] = alike.values();
    if (alike.size === 1 && only !== undefined) return only;
    const known = owners.get(entity.id) ?? [];
    owners.set(entity.id, known);
    if (table === null) return withName(entity, known.find(({ tables }) => tables.some((one) => source.tables.includes(one)))?.name ?? null);
    const same = known.find(({ collector, tables }) => collector !== source.collector || tables.every((other) => isSame(other, table)));
    if (same !== undefined) {
      same.tables.push(table);
      return withName(entity, same.name);
    }
    const name =
      known.length === 0
        ? '?'
        : unique(
            baseName(source.file),
            known.map((one) => one.name),
          );
    known.push({ name, collector: source.collector, tables: [table] });
    return withName(entity, name);
  };
  return sources.map((source) => ({
    ...source,
    tables: source.tables.map((table) => ({ ...table, entity: renamed(table.entity, table, source) })),
    events: source.events.map((event) => (event.entity === null ? event : { ...event, entity: renamed(event.entity, null, source) })),
  }));
}

function withName(entity: EntityRef, name: string | null): EntityRef {
  return name === null ? entity : { ...entity, id: entity.id.replace('@?', `@${name}`) };
}

function unique(name: string, taken: readonly string[]): string {
  let text = name;
  for (let k = 2; taken.includes(text); k += 1) text = `${name} (${k})`;
  return text;
}

function baseName(file: string): string {
  return file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
}

/** Values that are there at one instant in both, at most so many looked at. */
const COMPARED = 200;

/** Whether two tables may be one engine's: of different times, or with the same values at the same instants. */
function isSame(a: Table, b: Table): boolean {
  if (a.t.length === 0 || b.t.length === 0) return true; // facts alone
  const models = [a, b].map(({ facts }) => facts.get('model'));
  if (models[0] !== undefined && models[1] !== undefined && models[0] !== models[1]) return false;
  const overlap = (a.t[0] ?? 0) <= (b.t[b.t.length - 1] ?? 0) && (b.t[0] ?? 0) <= (a.t[a.t.length - 1] ?? 0); // neither is empty
  return !overlap || isCopy(a, b);
}

function isCopy(a: Table, b: Table): boolean {
  const rows = new Map([...b.t].map((at, row) => [at, row]));
  let compared = 0;
  for (let row = 0; row < a.t.length && compared < COMPARED; row += 1) {
    const other = rows.get(a.t[row] ?? Number.NaN);
    if (other === undefined) continue;
    for (const id of a.columns.keys()) {
      const [x, y] = [valueAt(a, id, row), valueAt(b, id, other)];
      if (Number.isNaN(x) || Number.isNaN(y)) continue;
      if (x !== y) return false;
      compared += 1;
    }
  }
  return compared > 0;
}

function valueAt({ columns }: Table, id: MetricId, row: number): number {
  return columns.get(id)?.[row] ?? Number.NaN;
}
