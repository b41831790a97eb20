import type { Collector, ParseContext, Session } from '../collector/index.ts';
import { clockIn, dayClock, lineSession, output, parseDecimal, stampIn, timeReader } from '../text/index.ts';
import { type Book, openBook } from './book.ts';
import { pageClock, type PageStamp } from './page-clock.ts';
import { isKnownName, type Target } from './resolve.ts';
import { readKey, readSample } from './sample-line.ts';

/** Series remembered by their label text; with more the memory of them starts anew. */
const MAX_SERIES = 100_000;

/** Endpoints whose series are remembered, of a file that holds many. */
const MAX_INSTANCES = 100;

/** A time of day in a line without labels. */
const CLOCK = /^[^{]{0,60}\d:\d\d:\d\d/;

/** One series as it was first seen. */
interface Entry {
  /** Whether its value is to be read. */
  readonly wanted: boolean;
  /** Null where no table knows it. */
  readonly target: Target | null;
  readonly fault: boolean;
  /** The page in which it was last seen without a time of its own. */
  page: number;
}

/**
 * The page of an exporter (Prometheus text 0.0.4, OpenMetrics 1.0), once or many times one after the other. A page is over at `# EOF`,
 * at the next `# headroom-time` comment or line with nothing but a date, or where a series or a metric's description comes again.
 * Samples carry their own time, or that of the comment or the date before the page (`date; curl …` in a loop) or behind it; a page with
 * neither counts as one sweep, for the caller to stamp.
 */
export const prometheus: Collector = {
  id: 'prometheus',
  title: 'Prometheus or OpenMetrics page',
  entities: ['gpu', 'host', 'engine', 'process'],
  sniff,
  open: openExposition,
};

function openExposition(context: ParseContext): Session {
  const out = output('ordinal');
  const book = openBook(out);
  const clock = pageClock(out);
  const read = timeReader(context.tz ?? 'UTC');
  const day = dayClock();
  const series = openMemory(book, context);
  let described = new Map<string, number>(); // `HELP name` → page
  let page = 0;
  let samples = 0;
  let known = 0;
  let since = Number.POSITIVE_INFINITY; // the first page that a line with a date stands before
  let last = 1;

  const endPage = (number: number) => {
    page += 1;
    if (book.held > 0) clock.close(number);
    book.flush(clock.timeOf);
    clock.next();
  };
  const dateIn = (text: string): PageStamp | null => {
    const date = stampIn(text, read);
    if (date !== null) {
      out.zoneless ||= date.zoneless;
      return { kind: 'utc', at: date.at };
    }
    const seconds = clockIn(text);
    const at = seconds === null ? null : day.at(seconds);
    return at === null ? null : { kind: 'relative', at };
  };
  /** A line of `date`: of the page before it where pages came first, else of those that follow. */
  const turn = (date: PageStamp, number: number) => {
    if (clock.stamps === 'behind' || (clock.stamps === null && page === 0 && book.held > 0)) {
      clock.stampEnd(date);
      endPage(number);
    } else {
      endPage(number);
      clock.stamp(date);
      since = page;
    }
  };
  const comment = (text: string, number: number) => {
    const [start = '', word = ''] = /^#[ \t]*([^ \t]+)[ \t]*/.exec(text) ?? [];
    const rest = text.slice(start.length);
    if (word === 'EOF') {
      endPage(number);
    } else if (word === 'HELP' || word === 'TYPE') {
      const key = copy(`${word} ${rest.split(/[ \t]/, 1)[0] ?? ''}`);
      if (described.get(key) === page) endPage(number);
      if (described.size >= MAX_SERIES) described = new Map();
      described.set(key, page);
    } else if (word === 'headroom-time') {
      endPage(number);
      const at = parseDecimal(rest.trim());
      if (at === null) out.reject(number, 'expected seconds since 1970 after "# headroom-time"', text);
      else {
        clock.stamp({ kind: 'utc', at });
        since = Number.POSITIVE_INFINITY;
      }
    } else if (word === 'headroom-instance') series.turnTo(copy(rest.trim()));
    else {
      const date = dateIn(text);
      if (date !== null) turn(date, number);
    }
  };

  return lineSession(out, {
    line(text, number) {
      last = number;
      if (text.charCodeAt(0) === 35) return comment(text, number);
      if (text === '' || text.trim() === '') return;
      // `Thu Nov 26 14:02:03 UTC 2026` would pass for a sample of a series "Thu" that no table knows.
      const spelled = text.length <= 90 && CLOCK.test(text) ? dateIn(text) : null;
      if (spelled !== null) return turn(spelled, number);
      const sample = readSample(text, series.of);
      if (sample.fault !== null) {
        const date = dateIn(text);
        return date === null ? out.reject(number, sample.fault, text) : turn(date, number);
      }
      samples += 1;
      const seen = sample.series;
      if (seen === null) return;
      if (seen.fault) return out.reject(number, 'expected labels as name="value", separated by commas', text);
      if (seen.target === null) return;
      known += 1;
      if (sample.at === null) {
        if (seen.page === page) endPage(number);
        // One date at the top of many pages is not the time of them all.
        if (seen.page >= since && seen.page < page) clock.forget();
        seen.page = page;
      }
      book.add(seen.target, clock.hold(sample.at), sample.value, { line: number, text });
    },
    end() {
      endPage(last);
      if (samples > 0 && known === 0) {
        out.reject(
          1,
          `a Prometheus page, but none of its metrics is known (${samples} samples): Headroom's tables have DCGM, node_exporter, nvidia_gpu_exporter, Ray, vLLM, SGLang, TGI, llama.cpp, Triton and LMCache`,
          '',
        );
      }
    },
  });
}

/** What each series of an endpoint means by its label text, found out once; the same labels mean another engine on another endpoint. */
function openMemory(book: Book, context: ParseContext): { of(key: string): Entry; turnTo(instance: string): void } {
  let scope: Pick<ParseContext, 'node' | 'instance' | 'uuids'> = context;
  let entries = new Map<string, Entry>();
  const ofInstances = new Map<string, Map<string, Entry>>();
  return {
    of(key) {
      const seen = entries.get(key);
      if (seen !== undefined) return seen;
      if (entries.size >= MAX_SERIES) entries.clear();
      const own = copy(key);
      const parts = readKey(own);
      const target = parts === null ? null : book.open(parts.name, parts.labels, scope);
      const made: Entry = { wanted: target !== null, target, fault: parts === null, page: -1 };
      entries.set(own, made);
      return made;
    },
    turnTo(instance) {
      if (instance === scope.instance) return;
      if (scope.instance !== undefined) ofInstances.set(scope.instance, entries);
      if (ofInstances.size > MAX_INSTANCES) ofInstances.clear();
      scope = { ...context, instance };
      entries = ofInstances.get(instance) ?? new Map<string, Entry>();
    },
  };
}

const SAMPLE_NAME = /^\s*[a-zA-Z_:][\w:]*/;
const SAMPLE_VALUE = /^\s+[-+]?(?:\d[\d.eE+-]*|\.\d+|[Nn]a[Nn]|[Ii]nf)(?:\s+-?\d+(?:\.\d+)?)?(?:\s+#\s|\s*$)/;

/** A name, labels in braces, a value, and a time or an exemplar where it has them. */
function isSample(line: string): boolean {
  const name = SAMPLE_NAME.exec(line)?.[0];
  if (name === undefined) return false;
  const rest = line.slice(name.length);
  if (!rest.startsWith('{')) return SAMPLE_VALUE.test(rest);
  const exemplar = rest.indexOf(' # ');
  const ends = [rest.lastIndexOf('}'), exemplar < 0 ? -1 : rest.lastIndexOf('}', exemplar)];
  return ends.some((end) => end > 0 && SAMPLE_VALUE.test(rest.slice(end + 1)));
}

const LABELLED = /^\s*[a-zA-Z_:][\w:]*\{(?:\}|\s*[a-zA-Z_]\w*=")/;

/** Sure of a page that describes its metrics or names one that we know; half sure of one whose samples have labels, all of them unknown. */
function sniff(head: string): number {
  const cut = head.lastIndexOf('\n');
  const lines = (cut > 0 ? head.slice(0, cut) : head).split('\n', 200).filter((line) => line.trim() !== '');
  if (lines.length === 0) return 0;
  let described = 0;
  let sampled = 0;
  let ours = 0;
  let dated = 0;
  const read = timeReader('UTC');
  let labelled = 0;
  for (const line of lines) {
    if (/^# (HELP|TYPE|UNIT) [a-zA-Z_:]|^# headroom-time \d|^# EOF/.test(line)) described += 1;
    else if (isSample(line)) {
      sampled += 1;
      if (LABELLED.test(line)) labelled += 1;
      if (isKnownName(/^\s*([\w:]*)/.exec(line)?.[1] ?? '')) ours += 1;
    } else if (stampIn(line, read) !== null || clockIn(line) !== null) dated += 1;
    else if (line.startsWith('#')) described += 0.5;
  }
  if (sampled + described === 0 || (described + sampled) / (lines.length - dated) < 0.8) return 0;
  if (described >= 1 && sampled + described >= 1) return described > 1 || ours > 0 ? 0.95 : 0.8;
  if (ours > 0) return 0.9;
  return labelled === sampled ? 0.55 : 0;
}

/** A string of its own: a slice would keep the whole chunk of text that it was cut from in memory. */
function copy(text: string): string {
  return ` ${text}`.slice(1);
}
