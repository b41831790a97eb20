import type { Collector, ParseContext, Session } from '../collector/index.ts';
import { jobLogByName, lineSession, output, type Output, parseTime, rowClock, type RowClock, splitCsv } from '../text/index.ts';
import { throughScreen } from '../host/index.ts';
import { gpuError, gpuIn, hasGpuError } from './errors.ts';
import { datedErrors, kernelSentences } from './kernel-errors.ts';
import { monitorHeader } from './monitor-header.ts';
import { monitorReader, type MonitorReader } from './monitor-reader.ts';
import { sweepCounter, type SweepCounter } from './ordinal.ts';
import { headerOf, ownColumns, type Plan } from './query-header.ts';
import { queryReader, type QueryReader } from './query-reader.ts';
import { queryTextReader } from './query-text.ts';
import { gpuScope, type GpuScope } from './scope.ts';
import { tableReader } from './table.ts';
import type { EntityRef } from '../../core/readings/index.ts';

/**
 * nvidia-smi's output inside other text: the plain table, `-q`, `-L`, stretches of CSV, dmon and pmon, error messages. A job's log, a
 * terminal's copy, a collection of captures. Everything else in the text is somebody else's and is passed over in silence.
 */
export const nvidiaSmiLog: Collector = {
  id: 'nvidia-smi-log',
  title: 'nvidia-smi output in a log (table, -q, errors)',
  entities: ['gpu', 'process'],
  embedded: true,
  sniff(head, file) {
    if (/\|\s+NVIDIA-SMI \d|(?<!=)={10,}NVSMI LOG={10,}|^GPU \d+: .* \(UUID: GPU-/m.test(head)) return 0.9;
    if (hasGpuError(head)) return 0.85;
    const lines = head.split('\n');
    if (lines.some((line) => line.startsWith('#') && monitorHeader(line) !== null)) return 0.7;
    if (lines.some((line) => isQueryHeader(line))) return 0.7;
    return jobLogByName(head, file);
  },
  open: throughScreen(openLog),
};

interface Readers {
  readonly out: Output;
  readonly clock: RowClock;
  readonly scope: ReturnType<typeof gpuScope>;
  readonly sweeps: SweepCounter;
}

function openLog(context: ParseContext): Session {
  const out = output('ordinal');
  const clock = rowClock(out, context.tz ?? 'UTC');
  const sweeps = undatedSweeps(out, clock);
  const readers: Readers = { out, clock, scope: gpuScope(context), sweeps };
  const { scope } = readers;
  const table = tableReader(readers);
  const list = listReader(readers);
  const report = queryTextReader(readers);
  const csv = csvStretch(readers, context);
  const kernel = kernelSentences();
  const errors = datedErrors({ out, clock, tz: context.tz ?? 'UTC', undated: sweeps.used });
  let monitor: MonitorReader | null = null;

  return lineSession(out, {
    line(raw, number) {
      const text = raw.charCodeAt(0) === 32 ? raw : withoutLabel(raw);
      if (report.line(text, number) || table.line(text, number)) return;
      if (text === '') return;
      if (isDateLine(text)) return table.stamp(text.trim());
      if (list.line(text)) return;
      if (text.charCodeAt(0) === 35 && monitorHeader(text) !== null) monitor ??= monitorReader(readers, {}); // #
      if (isMonitorLine(text) && monitor?.line(text, number) === true) return;
      if (csv.line(text, number)) return;
      const sentence = kernel.line(text);
      if (sentence === true) return;
      const error =
        sentence === null
          ? gpuError(text, scope, clock.last())
          : { at: clock.last(), entity: gpuIn(sentence, scope), kind: 'gpu-error' as const, text: sentence };
      if (error !== null) errors.add(error);
    },
    end() {
      report.end();
      table.end();
      csv.end();
      monitor?.end();
      errors.end();
    },
  });
}

/** Sweeps of a text without dates. Once the text has dates, a stretch without one cannot be laid beside them and is left out. */
function undatedSweeps(out: Output, clock: RowClock): SweepCounter & { used(): boolean } {
  const counter = sweepCounter();
  let told = false;
  let used = false;
  return {
    used: () => used,
    next: counter.next,
    of(id) {
      if (out.clock !== 'ordinal') {
        if (!told) out.event({ at: null, entity: null, kind: 'collector', text: 'rows without a time stand among output with dates: they were left out' });
        told = true;
        return null;
      }
      used = true;
      clock.undated();
      return counter.of(id);
    },
  };
}

/** CSV in a log: from a header on, the lines that fit it; a job's own lines may stand between them. */
function csvStretch(readers: Readers, context: ParseContext): { line(text: string, number: number): boolean; end(): void } {
  let plan: Plan | null = null;
  let reader: QueryReader | null = null;
  let header = '';
  return {
    line(text, number) {
      if (!text.includes(',')) return false;
      if (text === header) return true; // once more, as each call of a script prints it
      if (isQueryHeader(text)) {
        header = text;
        reader?.end();
        plan = headerOf(text);
        reader = queryReader(readers, { ...(context.tz === undefined ? {} : { tz: context.tz }) });
        reader.line(text, number);
        return true;
      }
      if (plan === null || reader === null) return false;
      const cells = splitCsv(text, plan.separator);
      if (cells.length !== plan.cells || !fits(plan, cells)) return false;
      reader.line(text, number);
      return true;
    },
    end: () => reader?.end(),
  };
}

/** Only nvidia-smi's own header, with a dotted name, is looked for among a job's lines. */
function isQueryHeader(line: string): boolean {
  return (
    /\b(?:utilization|memory|power|clocks|temperature|pci|clocks_event_reasons)\.[a-z]|\bgpu_(?:name|uuid|bus_id)\b|^(?:timestamp|name|uuid|index),/.test(
      line,
    ) &&
    line.includes(',') &&
    ownColumns(line) >= 1
  );
}

function fits(plan: Plan, cells: readonly string[]): boolean {
  if (plan.time >= 0) {
    const cell = cells[plan.time] ?? '';
    return /^\d+(?:\.\d+)?$/.test(cell) || parseTime(cell) !== null;
  }
  if (plan.index >= 0) return /^\d{1,3}$/.test(cells[plan.index] ?? '');
  return plan.uuid >= 0 ? /^(?:GPU|MIG)-/.test(cells[plan.uuid] ?? '') : true;
}

/** dmon and pmon set a blank before every row; a job's own numbers stand at the line's start. */
function isMonitorLine(text: string): boolean {
  const code = text.charCodeAt(0);
  return code === 32 || code === 35; // #
}

/** `srun --label` puts the task's number before every line. */
function withoutLabel(text: string): string {
  const code = text.charCodeAt(0);
  if (code < 48 || code > 57) return text;
  const label = /^\d{1,5}: /.exec(text);
  return label === null ? text : text.slice(label[0].length);
}

function isDateLine(text: string): boolean {
  return text.length >= 20 && text.length <= 60 && /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[, ]/.test(text) && parseTime(text.trim()) !== null;
}

const GPU = /^GPU (\d{1,3}): (.+?) \(UUID: (GPU-[0-9a-zA-Z-]+)\)\s*$/;
const SLICE = /^\s+MIG (\S+)\s+Device\s+(\d+): \(UUID: (MIG-[0-9a-zA-Z/-]+)\)\s*$/;

/** Reads `nvidia-smi -L`: links index, name and UUID for the rest of the text. `line` is false for any other line. */
function listReader({ out, scope }: { out: Output; scope: GpuScope }): { line(text: string): boolean } {
  let parent: EntityRef | null = null; // the GPU whose MIG devices follow
  return {
    line(text) {
      if (!text.includes('(UUID: ')) return false;
      const gpu = GPU.exec(text);
      if (gpu !== null) {
        const [, index = '', name = '', uuid = ''] = gpu;
        scope.learn({ index, uuid });
        parent = scope.byUuid(uuid);
        tell(parent, { index, name, uuid }, out);
        return true;
      }
      const slice = SLICE.exec(text);
      if (slice === null) return false;
      const [, profile = '', device = '', uuid = ''] = slice;
      if (parent !== null) scope.learnSlice(parent, device, uuid);
      tell(scope.byUuid(uuid), { name: `MIG ${profile}`, uuid, migMode: `Enabled: device ${device}`, ...(parent === null ? {} : { parent: parent.id }) }, out);
      return true;
    },
  };
}

function tell(entity: EntityRef, facts: { index?: string; name: string; uuid: string; migMode?: string; parent?: string }, out: Output): void {
  out.fact(entity, 'name', facts.name);
  out.fact(entity, 'uuid', facts.uuid);
  if (facts.index !== undefined) out.fact(entity, 'index', facts.index);
  if (facts.migMode !== undefined) out.fact(entity, 'migMode', facts.migMode);
  if (facts.parent !== undefined) out.fact(entity, 'parent', facts.parent);
}
