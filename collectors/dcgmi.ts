import { formatLimits, type MetricId, plausible } from '../core/readings/index.ts';
import type { Collector, ParseContext, Session } from './collector/index.ts';
import { dcgmField, type DcgmField } from './dcgmi-fields.ts';
import { gpuScope, isUuid, REASON_BITS, sweepCounter } from './nvidia-smi/index.ts';
import { hasAny, isAbsent, lineSession, output, type Output, parseDecimal, splitBlanks, toSi, type Values } from './text/index.ts';

/** `dcgmi dmon -e …`: rows by GPU under a header of short names, or under none where the command or a field list says what they are. No time. */
export const dcgmi: Collector = {
  id: 'dcgmi-dmon',
  title: 'dcgmi dmon',
  entities: ['gpu'],
  sniff(head) {
    const lines = head.split('\n').filter((line) => line.trim() !== '');
    const at = lines.findIndex((line) => HEADER.test(line) || commandFields(line) !== undefined);
    if (at < 0) return 0;
    const rows = lines.slice(at + 1, at + 4).filter((line) => ROW.test(line) || /^\s*id\s*$/i.test(line)).length;
    if (rows === 0) return HEADER.test(lines[at] ?? '') ? 0.7 : 0;
    return at < 5 ? 0.95 : 0.6;
  },
  open: openDcgmi,
};

const HEADER = /^\s*#\s*Entity\s+(\S.*)$/;
const COMMAND_FIELDS = /\s(?:-e|--field-id)[ =]*(\d+(?:,\d+)*)/g;
/** A whole GPU, or an instance of MIG (a compute instance of one): of that the number is DCGM's own, and which GPU it is on is not said. */
const ROW = /^\s*(GPU|GPU-I|GPU-CI)\s+(\d{1,4})\s+(\S.*)$/;
/** NVSwitches, CPUs: rows of other things than GPUs. */
const OTHER_ROW = /^\s*(?:Switch|Link|CPU|CPU Core|CORE)\s+\d+\s/;

/** DCGM's blanks (dcgm_structs.h): 0x7ffffff0 and above as 32 bits, 2^47 and above as 64 bits or floating point. */
function isBlank(value: number): boolean {
  return value >= 140737488355328 || (value >= 2147483632 && value <= 2147483647);
}

interface Tools {
  readonly out: Output;
  readonly text: string;
  readonly number: number;
}

function openDcgmi(context: ParseContext): Session {
  const out = output('ordinal');
  const scope = gpuScope(context);
  const sweeps = sweepCounter();
  let fields: readonly (DcgmField | undefined)[] | null = context.fields?.map(dcgmField) ?? null;
  let told = false;
  let alone: boolean | null = null; // the whole text is dcgmi's: a line that is not is an error; in notes it is not

  const begin = (names: readonly string[]): void => {
    const found = names.map(dcgmField);
    const same = fields !== null && found.length === fields.length && found.every((field, index) => field === fields?.[index]);
    if (!same) sweeps.next(); // dmon repeats its header now and then, in the middle of a sweep too
    fields = found;
  };

  const row = ([, kind = '', index = '', rest = '']: RegExpExecArray, text: string, number: number): void => {
    if (fields === null) return out.reject(number, 'expected a header (# Entity …) before the rows, or the fields in their order', text);
    const cells = cellsOf(rest, fields.length);
    if (cells === null) return out.reject(number, `row has ${splitBlanks(rest).length} values, expected ${fields.length} as in the header`, text);
    const uuid = cells.find((cell, at) => fields?.[at]?.fact === 'uuid' && isUuid(cell));
    const isWhole = kind === 'GPU';
    if (uuid !== undefined && isWhole) scope.learn({ index, uuid });
    const entity = isWhole ? scope.byIndex(index) : scope.byUuid(uuid ?? `MIG-${kind === 'GPU-I' ? 'I' : 'CI'}${index}`);
    if (isWhole) out.fact(entity, 'index', index);
    else out.fact(entity, 'migMode', `Enabled: ${kind === 'GPU-I' ? 'GPU' : 'compute'} instance ${index} of DCGM`);
    fields.forEach((field, at) => {
      const cell = cells[at] ?? '';
      if (field?.fact !== undefined && !isAbsent(cell)) out.fact(entity, field.fact, cell);
    });
    const values = valuesOf(fields, cells, { out, text, number });
    const at = sweeps.of(entity.id);
    if (at !== null && hasAny(values)) out.reading({ entity, at, values });
  };

  return lineSession(out, {
    line(text, number) {
      if (text.trim() === '') return;
      alone ??= ROW.test(text) || HEADER.test(text) || commandFields(text) !== undefined;
      const match = ROW.exec(text);
      if (match !== null) return row(match, text, number);
      const header = HEADER.exec(text);
      if (header !== null) return begin(splitBlanks(header[1] ?? ''));
      const command = commandFields(text);
      if (command !== undefined) return begin(command.split(','));
      if (/^\s*#/.test(text) || /^\s*id\s*$/i.test(text)) return;
      if (OTHER_ROW.test(text)) {
        if (!told)
          out.event({ at: null, entity: null, kind: 'collector', text: 'rows of switches and CPUs are left out: only GPUs and MIG instances are read' });
        told = true;
      } else if (/^\s*error\b/i.test(text)) out.event({ at: null, entity: null, kind: 'collector', text });
      else if (alone) out.reject(number, 'expected a row of dcgmi dmon (GPU 0 …, GPU-I 0 …)', text);
    },
  });
}

/** The field numbers of a `dcgmi dmon -e 155,203` that a line holds. */
function commandFields(line: string): string | undefined {
  const at = line.search(/\bdcgmi dmon\b/);
  return at < 0 ? undefined : [...line.slice(at).matchAll(COMMAND_FIELDS)].at(-1)?.[1];
}

/** Names hold single blanks, columns are two apart; where that does not fit, any blank parts them. */
function cellsOf(rest: string, count: number): string[] | null {
  const words = splitBlanks(rest);
  if (words.length === count) return words;
  const wide = rest.trim().split(/\s{2,}/);
  return wide.length === count ? wide : null;
}

function valuesOf(fields: readonly (DcgmField | undefined)[], cells: readonly string[], place: Tools): Values {
  const values: Values = {};
  const ranks = new Map<MetricId, number>();
  fields.forEach((field, index) => {
    const cell = cells[index] ?? '';
    if (field === undefined || field.fact !== undefined || isAbsent(cell)) return;
    const plain = parseDecimal(cell);
    if (plain === null) return reject(field, cell, 'expected a number or N/A', place);
    if (isBlank(plain)) return;
    if (field.mask === true) {
      for (const [bit, metric] of REASON_BITS) values[metric] = (plain & bit) === 0 ? 0 : 1;
      return;
    }
    if (field.metric === undefined || field.unit === undefined) return;
    const rank = field.rank ?? 0;
    const before = ranks.get(field.metric);
    if (before !== undefined && before <= rank) return;
    const value = toSi(plain, field.unit);
    if (!plausible(field.metric, value)) return reject(field, cell, `out of range, expected ${formatLimits(field.metric)}`, place);
    ranks.set(field.metric, rank);
    values[field.metric] = value;
  });
  return values;
}

function reject(field: DcgmField, cell: string, reason: string, { out, text, number }: Tools): void {
  out.reject(number, `${field.short} (${field.id}): ${reason}, got "${cell}"`, text, text.indexOf(cell) + 1);
}
