import { entityKey, type EntityRef, formatLimits, plausible, withAssumption } from '../../core/readings/index.ts';
import { type Collector, engineOf, type ParseContext, type Session } from '../collector/index.ts';
import { hasAny, jobLogByName, lineSession, output, type Values } from '../text/index.ts';
import { logClock } from './clock.ts';
import { unwrapped } from './envelope.ts';
import type { LineTime, LogReader, LogSink } from './reader.ts';
import { BAR_TRAINERS, barTrainerLog } from './bar-trainers.ts';
import { incidentLog } from './incidents.ts';
import { llamacppLog } from './llamacpp.ts';
import { modelNames } from './model-names.ts';
import { sglangLog } from './sglang.ts';
import { tgiLog } from './tgi.ts';
import { megatronArguments, trainerLogs } from './trainers.ts';
import { vllmLog } from './vllm.ts';

/** Every program whose lines are read, in order; names first, which pass their lines on, incidents last, since an engine knows its own loading better. */
const logReaders: readonly LogReader[] = [modelNames, vllmLog, sglangLog, llamacppLog, tgiLog, barTrainerLog, ...trainerLogs, megatronArguments, incidentLog];

/**
 * The log of a job: what LLM engines and trainers print about themselves. Everything else in it is somebody else's and is passed over
 * in silence. Progress bars are drawn over with carriage returns; each drawing is a line here.
 */
export const jobLog: Collector = {
  id: 'job-log',
  title: 'Log of an LLM engine or trainer',
  entities: ['engine'],
  embedded: true,
  sniff(head, file) {
    const lines = head.split(/[\r\n]/, 2_000).map((line) => (unwrapped(line)?.text ?? line).slice(0, LONGEST));
    const signs = lines.filter((line) => logReaders.some((reader) => reader.sign.test(line))).length;
    if (signs > 0) return signs >= 3 ? 0.9 : 0.75;
    return jobLogByName(head, file);
  },
  open: openLog,
};

const HINT = new RegExp(logReaders.map((reader) => `(?:${reader.hint.source})`).join('|'));
/** Characters of a line that are looked at: the longest that is read, a server's list of arguments, has some ten thousand. */
const LONGEST = 32_768;
/** Characters kept of a line that its keeper cut, until the rest of it comes. */
const LONGEST_CUT = 65_536;
/** The library below others, whose steps are theirs; bars, whose steps are those of the lines that a program prints itself. */
const STEPS_LAST: readonly string[] = ['deepspeed', ...BAR_TRAINERS];
/** A terminal's colour and cursor codes. */
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, 'g');

/** The training that a log is of. */
interface Training {
  readonly entity: EntityRef;
  /** The program that says most of it. */
  named: string;
  /** The program whose lines count its steps. */
  steps: string | null;
  /** Lines of others that told steps since that program's last one. */
  others: number;
}

/** After so many lines of another program the one before has ended: a log of two trainings, one after the other. */
const ENDED_AFTER = 20;

/** Decides whose steps count, where several programs tell the same ones. */
function countBy(training: Training, program: string): void {
  if (training.steps === program) training.others = 0;
  else training.others += 1;
  if (training.steps !== null && rankOf(program) <= rankOf(training.steps) && training.others <= ENDED_AFTER) return;
  training.steps = program;
  training.others = 0;
}

function openLog(context: ParseContext): Session {
  const out = output('ordinal');
  const clock = logClock(out, { tz: context.tz ?? 'UTC', file: context.file });
  const entities = new Map<string, EntityRef>();
  const told = new Map<string, { readonly at: number; readonly ids: Set<string> }>();
  const cut = new Map<string, { readonly text: string; readonly stamp: string }>();
  let text = '';
  let stamped = '';
  let number = 0;
  let endedInReturn = false;
  let training: Training | null = null;
  let model: string | null = null; // that a trainer names

  const entityOf = (program: string, part?: string): EntityRef => {
    const id = `${program} ${part ?? ''}`;
    let entity = entities.get(id);
    if (entity === undefined) entities.set(id, (entity = engineOf(program, context.node, part)));
    return entity;
  };
  const trainingOf = (program: string): Training => {
    training ??= { entity: entityOf(program), named: '', steps: null, others: 0 };
    if (training.named === '' || rankOf(program) > rankOf(training.named)) {
      training.named = program;
      out.fact(training.entity, 'trainer', program);
    }
    if (model !== null && !out.knows(training.entity, 'model')) out.fact(training.entity, 'model', model);
    return training;
  };
  const add = (entity: EntityRef, values: Values, time: LineTime = {}, again: 'refused' | 'passed over' = 'refused'): void => {
    const possible: Values = {};
    for (const id in values) {
      const metric = id as keyof Values; // keys of Values are metric ids
      const value = values[metric];
      if (value === undefined) continue;
      if (plausible(metric, value)) possible[metric] = value;
      else out.reject(number, `${metric}: out of range, expected ${formatLimits(metric)}`, text);
    }
    if (!hasAny(possible)) return;
    const when = clock.reading(stamped, time);
    if (when === null) return out.reject(number, 'a line without a time on this log’s clock', text);
    const key = entityKey(entity);
    const before = told.get(key);
    const same = before?.at === when.at ? before.ids : new Set<string>();
    // What was said at the stamp already is not said by a line below it: another reading of the same would lie on the first.
    const fresh = when.borrowed ? without(possible, same) : possible;
    if (!hasAny(fresh)) return again === 'refused' ? out.reject(number, 'a line without a time on this log’s clock', text) : undefined;
    if (clock.isSum()) out.fact(entity, 'clock', withAssumption(undefined, { kind: 'steps', source: context.file ?? 'the log' }));
    for (const id in fresh) same.add(id);
    told.set(key, { at: when.at, ids: same });
    out.reading({ entity, at: when.at, values: fresh });
  };

  const sink: LogSink = {
    entity: entityOf,
    trainer: (program) => trainingOf(program).entity,
    trains(program, values, time) {
      const own = trainingOf(program);
      if (values['engine.trainSteps'] !== undefined) countBy(own, program);
      const { 'engine.trainSteps': _steps, ...rest } = values;
      if (!out.knows(own.entity, 'workload')) out.fact(own.entity, 'workload', 'training');
      add(own.entity, own.steps === null || own.steps === program ? values : rest, time, 'passed over');
    },
    trainsModel(name) {
      model ??= copy(name);
      if (training !== null) trainingOf(training.named);
    },
    reading: (entity, values, time) => add(entity, values, time),
    stamped: () => clock.isStamped(stamped),
    begins: () => clock.begins(stamped),
    fact: (entity, name, value) => out.fact(entity, name, value),
    event(kind, said, entity) {
      out.event({ at: clock.event(stamped, entity !== undefined), entity: entity ?? null, kind, text: said });
    },
  };
  const readers = logReaders.map((reader) => ({ hint: reader.hint, read: reader.open(sink) }));

  const look = (line: string, stamp: string): void => {
    const plain = line.indexOf('\u001b') < 0 ? line : line.replace(ESCAPES, '');
    text = plain.length > LONGEST ? plain.slice(0, LONGEST) : plain;
    stamped = stamp === '' ? text : `${stamp} ${text}`;
    clock.note(stamped);
    if (!HINT.test(text)) return;
    for (const reader of readers) if (reader.hint.test(text) && reader.read(text)) return;
  };
  const session = lineSession(out, {
    line(line, at) {
      number = at;
      const wrapped = unwrapped(line);
      if (wrapped === null) return look(line, '');
      const { stamp, stream } = wrapped;
      const whole = (cut.get(stream)?.text ?? '') + wrapped.text;
      const lines = whole.split(/\r?\n|\r/);
      const rest = wrapped.cut ? (lines.pop() ?? '') : '';
      if (rest === '') cut.delete(stream);
      else cut.set(copy(stream), { text: copy(rest.slice(-LONGEST_CUT)), stamp: copy(stamp) });
      for (const one of lines) if (one !== '') look(one, stamp);
    },
    end() {
      for (const rest of cut.values()) look(rest.text, rest.stamp);
      for (const { read } of readers) read.end?.();
    },
  });

  return {
    feed(chunk) {
      // A return before a line end belongs to it; any other ends a drawing of a bar.
      const whole = endedInReturn && !chunk.startsWith('\n') && chunk !== '' ? `\n${chunk}` : chunk;
      if (chunk !== '') endedInReturn = chunk.endsWith('\r');
      const body = endedInReturn ? whole.slice(0, -1) : whole;
      return session.feed(body.replace(/\r(?!\n)/g, '\n'));
    },
    end: () => session.end(),
  };
}

function without(values: Values, ids: ReadonlySet<string>): Values {
  return ids.size === 0 ? values : Object.fromEntries(Object.entries(values).filter(([id]) => !ids.has(id)));
}

function rankOf(program: string): number {
  const rank = STEPS_LAST.indexOf(program);
  return rank < 0 ? STEPS_LAST.length : rank;
}

/** A string of its own: a slice would keep the whole line that it was cut from in memory. */
function copy(text: string): string {
  return ` ${text}`.slice(1);
}
