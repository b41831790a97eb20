import { entityKey, type EntityRef, formatLimits, plausible } from '../../core/readings/index.ts';
import type { Collector, ParseContext, Session } from '../collector.ts';
import { engineOf } from '../entities.ts';
import { lineSession, output } from '../text/session.ts';
import { logClock } from './clock.ts';
import type { LogSink, Values } from './reader.ts';
import { logReaders } from './readers.ts';

/** Events kept per log: a log that says one thing a million times says it. */
const MAX_EVENTS = 1_000;

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
    const lines = head.split(/[\r\n]/, 2_000);
    const signs = lines.filter((line) => logReaders.some((reader) => reader.sign.test(line))).length;
    if (signs > 0) return signs >= 3 ? 0.9 : 0.75;
    // The first line of an engine or trainer may stand far down, behind megabytes of modules being loaded.
    return file !== undefined && /(?:\.(?:out|err|log)|slurm-\d+[^/]*)$/.test(file) && isText(head) ? 0.51 : 0;
  },
  open: openLog,
};

const HINT = new RegExp(logReaders.map((reader) => `(?:${reader.hint.source})`).join('|'));
/** A terminal's colour and cursor codes. */
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, 'g');

function openLog(context: ParseContext): Session {
  const out = output('ordinal');
  const clock = logClock(out, { tz: context.tz ?? 'UTC', file: context.file });
  const entities = new Map<string, EntityRef>();
  let text = '';
  let number = 0;
  let events = 0;
  let endedInReturn = false;

  const sink: LogSink = {
    entity(program, part) {
      const id = `${program} ${part ?? ''}`;
      let entity = entities.get(id);
      if (entity === undefined) entities.set(id, (entity = engineOf(program, context.node, part)));
      return entity;
    },
    reading(entity, values, time = {}) {
      const possible: Values = {};
      for (const id in values) {
        const metric = id as keyof Values; // keys of Values are metric ids
        const value = values[metric];
        if (value === undefined) continue;
        if (plausible(metric, value)) possible[metric] = value;
        else out.reject(number, `${metric}: out of range, expected ${formatLimits(metric)}`, text);
      }
      if (Object.keys(possible).length === 0) return;
      const at = clock.reading(text, entityKey(entity), time);
      if (at === null) out.reject(number, 'a line without a time on this log’s clock', text);
      else out.reading({ entity, at, values: possible });
    },
    begins: () => clock.begins(text),
    fact: (entity, name, value) => out.fact(entity, name, value),
    event(kind, said, entity) {
      events += 1;
      if (events <= MAX_EVENTS) out.event({ at: clock.event(text, entity !== undefined), entity: entity ?? null, kind, text: said });
    },
  };
  const readers = logReaders.map((reader) => ({ hint: reader.hint, read: reader.open(sink) }));

  const session = lineSession(out, {
    line(line, at) {
      text = line.indexOf('\u001b') < 0 ? line : line.replace(ESCAPES, '');
      number = at;
      clock.note(text);
      if (!HINT.test(text)) return;
      for (const reader of readers) if (reader.hint.test(text) && reader.read(text)) return;
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

function isText(head: string): boolean {
  return head.length > 0 && !head.includes('\u0000') && !head.includes('\uFFFD');
}
