import type { EntityRef } from '../../core/readings/index.ts';
import type { ParseContext } from '../collector/index.ts';
import { cellColumn, hasAny, type Output, type RowClock, splitCsv, type Values } from '../text/index.ts';
import { gpuError } from './errors.ts';
import { sweepCounter, type SweepCounter } from './ordinal.ts';
import { processCounter } from './process-count.ts';
import { guessPlan } from './query-guess.ts';
import { headerOf, isFieldLike, type Plan, planOf } from './query-header.ts';
import { type CellFaults, valuesOf } from './query-row.ts';
import { busIdIn, type GpuScope, isUuid } from './scope.ts';
import { sweepSplitter } from './sweep.ts';

/** Reads the lines of `--query-gpu` (or `--query-compute-apps`) CSV. */
export interface QueryReader {
  /** `whole` is false for a last line that may have been cut off. */
  line(text: string, number: number, whole?: boolean): void;
  end(): void;
}

interface Row {
  readonly plan: Plan;
  readonly cells: readonly string[];
  readonly values: Values;
}

export interface QueryTools {
  readonly out: Output;
  readonly scope: GpuScope;
  readonly clock: RowClock;
  /** Given where several readers share one text. */
  readonly sweeps?: SweepCounter;
}

export function queryReader({ out, scope, clock, sweeps = sweepCounter() }: QueryTools, context: ParseContext): QueryReader {
  let plan: Plan | null = context.fields === undefined ? null : planOf(context.fields);
  const processes = processCounter(out);
  const facts = new Map<EntityRef, readonly string[]>();
  let row = 0;
  let lastCell = '';
  let here: { columns: Plan; cells: readonly string[]; text: string; number: number; gpu: EntityRef | null; at: number | null } | null = null; // the row being read, for messages

  const splitter = sweepSplitter<Row>((slot, at, held) => emit(scope.byIndex(String(slot)), at, held));

  const emitAt = (entity: EntityRef, at: number | null, held: Row): void => {
    if (at !== null) emit(entity, at, held);
  };

  const emit = (entity: EntityRef, at: number, { plan: columns, cells, values }: Row): void => {
    tellFacts(entity, columns, cells);
    if (columns.asksUtil && values['gpu.util'] === undefined) values['gpu.present'] = 1; // MIG and some drivers hide it: the GPU is there all the same
    if (hasAny(values)) out.reading({ entity, at, values });
  };

  const tellFacts = (entity: EntityRef, columns: Plan, cells: readonly string[]): void => {
    const told = facts.get(entity);
    const now = columns.facts.map(({ index }) => cells[index] ?? '');
    if (told !== undefined && now.every((value, index) => value === told[index])) return;
    if (facts.size > 10_000) facts.clear();
    facts.set(entity, now);
    const say = (name: Parameters<Output['fact']>[1], value: string | undefined) => {
      if (value !== undefined && value !== '' && !value.startsWith('[') && value !== 'N/A') out.fact(entity, name, value);
    };
    columns.facts.forEach(({ fact }, index) => say(fact, now[index]));
    if (isUuid(entity.id)) say('uuid', entity.id);
    say('index', indexIn(cells[columns.index]) ?? undefined);
    say('pciBusId', busIdIn(cells[columns.busId] ?? '') ?? undefined);
  };

  /** The GPU that a row names; undefined where it names none, null where the cell that should is unreadable. */
  const gpuOf = (columns: Plan, cells: readonly string[], text: string, number: number): EntityRef | null | undefined => {
    const uuid = cells[columns.uuid];
    const index = indexIn(cells[columns.index]);
    const busId = columns.busId < 0 ? null : busIdIn(cells[columns.busId] ?? '');
    if (uuid !== undefined && isUuid(uuid)) {
      scope.learn({ uuid, ...(index === null ? {} : { index }), ...(busId === null ? {} : { busId }) });
      return scope.byUuid(uuid);
    }
    const named = cells[columns.index];
    if (index !== null) return scope.byIndex(index);
    if (named !== undefined && isUuid(named)) return scope.byUuid(named);
    if (busId !== null) return scope.byBusId(busId);
    if (columns.index < 0 && columns.uuid < 0) return undefined;
    const cell = columns.index >= 0 ? columns.index : columns.uuid;
    out.reject(number, 'expected a GPU index or UUID', text, cellColumn(text, cell, columns.separator));
    return null;
  };

  const timeOf = (columns: Plan, cells: readonly string[], text: string, number: number): number | null => {
    const at = clock.at(cells[columns.time] ?? '', columns.tick);
    if (at === null) out.reject(number, clock.fault(), text, cellColumn(text, columns.time, columns.separator));
    return at;
  };

  const faults: CellFaults = {
    bad(cell, reason) {
      if (here !== null) out.reject(here.number, `${reason}, got "${here.cells[cell] ?? ''}"`, here.text, cellColumn(here.text, cell, here.columns.separator));
    },
    error(cell) {
      if (here !== null) trouble(here.gpu, here.cells[cell] ?? '', here.at);
    },
  };

  const readRow = (columns: Plan, cells: readonly string[], text: string, number: number): void => {
    const timed = columns.time >= 0 ? timeOf(columns, cells, text, number) : undefined;
    if (timed === null) return;
    const gpu = gpuOf(columns, cells, text, number);
    if (gpu === null) return;
    here = { columns, cells, text, number, gpu: gpu ?? null, at: timed ?? null };
    const values = valuesOf(columns, cells, faults);
    if (columns.pid >= 0) readProcess(columns, cells, values, gpu, timed);
    else if (gpu !== undefined) emitAt(gpu, timed ?? sweeps.of(gpu.id), { plan: columns, cells, values });
    else if (timed !== undefined) splitter.push(timed, { plan: columns, cells, values });
    else unnamed(columns, cells, values);
  };

  /** Neither time nor name: `count` says how many rows make a sweep; without it there is one GPU. */
  const unnamed = (columns: Plan, cells: readonly string[], values: Values): void => {
    const printed = Number.parseInt(cells[columns.count] ?? '', 10);
    const gpus = printed >= 1 && printed <= 64 ? printed : 1;
    emit(scope.byIndex(String(row % gpus)), Math.floor(row / gpus), { plan: columns, cells, values });
    row += 1;
  };

  const readProcess = (columns: Plan, cells: readonly string[], values: Values, gpu: EntityRef | undefined, timed: number | undefined): void => {
    const pid = cells[columns.pid] ?? '';
    if (columns.metrics.length === 0 || !/^\d+$/.test(pid)) return; // accounting of past processes; `[N/A]`: none
    const entity = scope.process(pid);
    const at = timed ?? sweeps.of(entity.id);
    if (at === null) return;
    if (gpu !== undefined) processes.add(at, gpu);
    if (hasAny(values)) out.reading({ entity, at, values });
    const command = cells[columns.processName];
    if (command !== undefined && command !== '' && !command.startsWith('[')) out.fact(entity, 'command', command);
    if (gpu !== undefined) out.fact(entity, 'gpu', gpu.id);
  };

  const trouble = (entity: EntityRef | null, text: string, at: number | null): void => out.event({ at: at ?? clock.last(), entity, kind: 'gpu-error', text });

  const remember = (cells: string[]): string[] => {
    lastCell = cells[cells.length - 1] ?? '';
    return cells;
  };

  /** Of a row that may be cut off: where the rows before end in a unit, `9` may be what is left of `95 %`. */
  const trusted = (cells: string[]): string[] => {
    const cell = cells[cells.length - 1] ?? '';
    if (endsInDigit(cell) && !endsInDigit(lastCell) && / /.test(lastCell)) cells[cells.length - 1] = '';
    return cells;
  };

  const begin = (found: Plan): void => {
    plan = found;
    sweeps.next();
    splitter.end();
  };

  return {
    line(text, number, whole = true) {
      if (text === '' || text.trim() === '') return;
      const cells = splitCsv(text, plan?.separator ?? ',');
      const first = cells[0] ?? '';
      if (plan === null || first === plan.first || startsLikeHeader(first)) {
        const header = headerOf(text);
        if (header !== null) return begin(header);
      }
      if (plan !== null && cells.length === plan.cells) return readRow(plan, whole ? remember(cells) : trusted(cells), text, number);
      const error = gpuError(text, scope, clock.last());
      if (error !== null) return out.event(error);
      if (plan !== null) {
        const header = headerOf(text);
        if (header !== null) return begin(header);
        return out.reject(number, `row has ${cells.length} cells, expected ${plan.cells} as in the header`, text);
      }
      const guess = guessPlan(cells);
      if (guess === null) return out.reject(number, 'expected a header, or name the fields in their order (--fields)', text);
      out.event({
        at: null,
        entity: null,
        kind: 'collector',
        text: `no header: columns taken by their look (${guess.said}); the others were left out, name the fields to have them`,
      });
      begin(guess.plan);
      readRow(guess.plan, cells, text, number);
    },
    end() {
      splitter.end();
      processes.end();
    },
  };
}

/** `0`, `GPU 0`, `gpu0` → `0`; null for anything else. */
function indexIn(cell: string | undefined): string | null {
  if (cell === undefined) return null;
  const match = /^(?:gpu ?)?(\d{1,4})$/i.exec(cell);
  return match?.[1] ?? null;
}

function endsInDigit(text: string): boolean {
  const code = text.charCodeAt(text.length - 1);
  return code >= 48 && code <= 57;
}

/** Field names begin with a small letter; what stands first in a row hardly ever does. */
function startsLikeHeader(cell: string): boolean {
  const code = cell.charCodeAt(0);
  return code >= 97 && code <= 122 && isFieldLike(cell);
}
