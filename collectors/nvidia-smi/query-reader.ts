import type { EntityRef } from '../../core/readings/index.ts';
import type { ParseContext } from '../collector/index.ts';
import { tellCommand } from '../command-line/index.ts';
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

/** A row of the table, and where it stands in its text. */
interface Row {
  readonly plan: Plan;
  readonly cells: readonly string[];
  readonly text: string;
  readonly number: number;
}

export interface QueryTools {
  readonly out: Output;
  readonly scope: GpuScope;
  readonly clock: RowClock;
  /** Given where several readers share one text. */
  readonly sweeps?: SweepCounter;
}

/** Rows go to `out` as readings in SI units. The fields in the context stand for a header where the text has none. */
export function queryReader({ out, scope, clock, sweeps = sweepCounter() }: QueryTools, context: ParseContext): QueryReader {
  let plan: Plan | null = context.fields === undefined ? null : planOf(context.fields);
  const rows = rowEmitter({ out, scope, clock, sweeps });
  const cut = lastCells();

  const begin = (found: Plan): void => {
    plan = found;
    sweeps.next();
    rows.pause();
  };
  const guessed = (cells: readonly string[], text: string, number: number): void => {
    const guess = guessPlan(cells);
    if (guess === null) return out.reject(number, 'expected a header; where there is none, the field names in their order have to be given', text);
    const said = `no header: columns taken by their look (${guess.said}); the others were left out, name the fields to have them`;
    out.event({ at: null, entity: null, kind: 'collector', text: said });
    begin(guess.plan);
    rows.row({ plan: guess.plan, cells, text, number });
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
      if (plan !== null && cells.length === plan.cells) return rows.row({ plan, cells: whole ? cut.remember(cells) : cut.trusted(cells), text, number });
      const error = gpuError(text, scope, clock.last());
      if (error !== null) return out.event(error);
      if (plan === null) return guessed(cells, text, number);
      const header = headerOf(text);
      if (header !== null) return begin(header);
      out.reject(number, `row has ${cells.length} cells, expected ${plan.cells} as in the header`, text);
    },
    end: () => rows.end(),
  };
}

/** What becomes of the rows: readings of a GPU or a process at a time, or at a sweep where they have none. */
function rowEmitter(tools: Required<QueryTools>): { row(row: Row): void; pause(): void; end(): void } {
  const { out, scope, clock, sweeps } = tools;
  const processes = processCounter(out);
  const tellFacts = factTeller(out);
  let unnamed = 0;
  let here: { row: Row; gpu: EntityRef | undefined; timed: number | undefined } | null = null; // the row being read, for messages

  const faults: CellFaults = {
    bad(cell, reason) {
      if (here !== null) refuse(here.row, cell, `${reason}, got "${here.row.cells[cell] ?? ''}"`, out);
    },
    error(cell) {
      if (here !== null) out.event({ at: here.timed ?? clock.last(), entity: here.gpu ?? null, kind: 'gpu-error', text: here.row.cells[cell] ?? '' });
    },
  };
  const emit = (entity: EntityRef, at: number, { row, values }: { row: Row; values: Values }): void => {
    tellFacts(entity, row);
    if (row.plan.asksUtil && values['gpu.util'] === undefined) values['gpu.present'] = 1; // MIG and some drivers hide it: the GPU is there all the same
    if (hasAny(values)) out.reading({ entity, at, values });
  };
  const splitter = sweepSplitter<{ row: Row; values: Values }>((slot, at, held) => emit(scope.byIndex(String(slot)), at, held));

  const emitProcess = ({ plan, cells }: Row, values: Values, { gpu, timed }: { gpu: EntityRef | undefined; timed: number | undefined }): void => {
    const pid = cells[plan.pid] ?? '';
    if (plan.metrics.length === 0 || !/^\d+$/.test(pid)) return; // accounting of past processes; `[N/A]`: none
    const entity = scope.process(pid);
    const at = timed ?? sweeps.of(entity.id);
    if (at === null) return;
    if (gpu !== undefined) processes.add(at, gpu);
    if (hasAny(values)) out.reading({ entity, at, values });
    const command = cells[plan.processName];
    if (command !== undefined && command !== '' && !command.startsWith('[')) tellCommand(out, entity, command);
    if (gpu !== undefined) out.fact(entity, 'gpu', gpu.id);
  };
  /** Neither time nor name: `count` says how many rows make a sweep; without it there is one GPU. */
  const emitUnnamed = (row: Row, values: Values): void => {
    const printed = Number.parseInt(row.cells[row.plan.count] ?? '', 10);
    const gpus = printed >= 1 && printed <= 64 ? printed : 1;
    emit(scope.byIndex(String(unnamed % gpus)), Math.floor(unnamed / gpus), { row, values });
    unnamed += 1;
  };

  return {
    row(row) {
      const timed = row.plan.time >= 0 ? timeOf(row, tools) : undefined;
      if (timed === null) return;
      const gpu = gpuOf(row, tools);
      if (gpu === null) return;
      here = { row, gpu, timed };
      const values = valuesOf(row.plan, row.cells, faults);
      if (row.plan.pid >= 0) return emitProcess(row, values, { gpu, timed });
      if (gpu !== undefined) {
        const at = timed ?? sweeps.of(gpu.id);
        if (at !== null) emit(gpu, at, { row, values });
      } else if (timed !== undefined) splitter.push(timed, { row, values });
      else emitUnnamed(row, values);
    },
    pause: () => splitter.end(),
    end() {
      splitter.end();
      processes.end();
    },
  };
}

/** The GPU that a row names; undefined where it names none, null where the cell that should is unreadable. */
function gpuOf(row: Row, { out, scope }: Pick<QueryTools, 'out' | 'scope'>): EntityRef | null | undefined {
  const { plan, cells } = row;
  const uuid = cells[plan.uuid];
  const index = indexIn(cells[plan.index]);
  const busId = plan.busId < 0 ? null : busIdIn(cells[plan.busId] ?? '');
  if (uuid !== undefined && isUuid(uuid)) {
    scope.learn({ uuid, ...(index === null ? {} : { index }), ...(busId === null ? {} : { busId }) });
    return scope.byUuid(uuid);
  }
  const named = cells[plan.index];
  if (index !== null) return scope.byIndex(index);
  if (named !== undefined && isUuid(named)) return scope.byUuid(named);
  if (busId !== null) return scope.byBusId(busId);
  if (plan.index < 0 && plan.uuid < 0) return undefined;
  refuse(row, plan.index >= 0 ? plan.index : plan.uuid, 'expected a GPU index or UUID', out);
  return null;
}

function timeOf(row: Row, { out, clock }: Pick<QueryTools, 'out' | 'clock'>): number | null {
  const at = clock.at(row.cells[row.plan.time] ?? '', row.plan.tick);
  if (at === null) refuse(row, row.plan.time, clock.fault(), out);
  return at;
}

function refuse({ plan, text, number }: Row, cell: number, reason: string, out: Output): void {
  out.reject(number, reason, text, cellColumn(text, cell, plan.separator));
}

/** States what a row says of its GPU in words, where it says something new. */
function factTeller(out: Output): (entity: EntityRef, row: Row) => void {
  const facts = new Map<EntityRef, readonly string[]>();
  return (entity, { plan, cells }) => {
    const told = facts.get(entity);
    const now = plan.facts.map(({ index }) => cells[index] ?? '');
    if (told !== undefined && now.every((value, index) => value === told[index])) return;
    if (facts.size > 10_000) facts.clear();
    facts.set(entity, now);
    const say = (name: Parameters<Output['fact']>[1], value: string | undefined) => {
      if (value !== undefined && value !== '' && !value.startsWith('[') && value !== 'N/A') out.fact(entity, name, value);
    };
    plan.facts.forEach(({ fact }, index) => say(fact, now[index]));
    if (isUuid(entity.id)) say('uuid', entity.id);
    say('index', indexIn(cells[plan.index]) ?? undefined);
    say('pciBusId', busIdIn(cells[plan.busId] ?? '') ?? undefined);
  };
}

/** Of a row that may be cut off: where the rows before end in a unit, `9` may be what is left of `95 %`. */
function lastCells(): { remember(cells: string[]): string[]; trusted(cells: string[]): string[] } {
  let lastCell = '';
  return {
    remember(cells) {
      lastCell = cells[cells.length - 1] ?? '';
      return cells;
    },
    trusted(cells) {
      const cell = cells[cells.length - 1] ?? '';
      if (endsInDigit(cell) && !endsInDigit(lastCell) && / /.test(lastCell)) cells[cells.length - 1] = '';
      return cells;
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
