import type { SourceEvent } from '../../core/readings/index.ts';
import { inOrder, monthOf, type Output, type RowClock, type Sign, timeReader, type TimeReader } from '../text/index.ts';

/** Where and when an error stands in the kernel's log: `dmesg -T`, a journal in ISO time, or syslog, which leaves the year out. */
interface KernelStamp {
  /** Seconds since 1970; null where the line names no year. */
  readonly at: number | null;
  /** Without the year: `02-14 05:03:42`. */
  readonly within: string;
}

const DATED = /^\[?([A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)\b/;
const SYSLOG = /^(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) ([ \d]\d) (\d\d:\d\d:\d\d)\b/;
/** Years that a stamp without one may be of, beside that of the time nearest to it. */
const AROUND = [-1, 0, 1] as const;
/** Errors kept until the text's clock is known. */
const MOST = 1_000;

function stampOf(line: string, read: TimeReader): KernelStamp | null {
  const dated = DATED.exec(line)?.[1];
  if (dated !== undefined) {
    const stamp = read(dated.replace(',', '.'));
    return stamp === null ? null : { at: stamp.at, within: '' };
  }
  const [, month, day = '', clock = ''] = SYSLOG.exec(line) ?? [];
  if (month === undefined) return null;
  const two = (text: string) => text.trim().padStart(2, '0');
  return { at: null, within: `${two(String(monthOf(month)))}-${two(day)} ${clock}` };
}

/** The instant of a stamp: of one without a year the nearest to `near`, null where nothing is near. */
function instantOf({ at, within }: KernelStamp, near: number | null, read: TimeReader): number | null {
  if (at !== null || near === null) return at;
  const year = new Date(near * 1000).getUTCFullYear();
  const times = AROUND.flatMap((offset) => read(`${year + offset}-${within}`)?.at ?? []);
  return times.reduce<number | null>((best, time) => (best === null || Math.abs(time - near) < Math.abs(best - near) ? time : best), null);
}

/** Errors of a text, which come out at its end where they have a time of their own. */
export interface DatedErrors {
  add(event: SourceEvent): void;
  end(): void;
}

/**
 * A date before a kernel's message makes no clock of the text's readings: it is used where they have dates too, or where there are none
 * (`undated` says whether some have none).
 */
export function datedErrors({ out, clock, tz, undated }: { out: Output; clock: RowClock; tz: string; undated: () => boolean }): DatedErrors {
  const read = timeReader(tz);
  const waiting: { readonly event: SourceEvent; readonly stamp: KernelStamp }[] = [];
  return {
    add(event) {
      const stamp = stampOf(event.text, read);
      if (stamp === null || waiting.length >= MOST) out.event(event);
      else waiting.push({ event, stamp });
    },
    end() {
      const dated = waiting.find(({ stamp }) => stamp.at !== null)?.stamp.at ?? null;
      if (dated !== null && out.clock === 'ordinal' && !undated()) out.clock = 'utc';
      const near = clock.last() ?? dated;
      for (const { event, stamp } of waiting) out.event({ ...event, at: out.clock === 'utc' ? instantOf(stamp, near, read) : event.at });
      waiting.length = 0;
    },
  };
}

/** A sentence of the kernel driver that begins on a line like this goes on below it. */
const BEGUN = /NVRM: (?:The NVIDIA GPU [0-9a-f:.]{5,20}\s*$|API mismatch)/i;
/** Of such a sentence, what makes it an error. */
const ENDED: readonly Sign[] = [/fallen off the bus/i, /failed to initialize/i, inOrder(/API mismatch./gi, /kernel module/gi, 400)];
/** Lines of one sentence. */
const MOST_LINES = 4;

/** Sentences that the kernel's log breaks over lines, each of them behind the same stamp and `NVRM:`. */
export interface KernelSentences {
  /** The sentence that this line ends, in one line, with the stamp of its first; `true` where the line is part of one that goes on. */
  line(text: string): string | true | null;
}

/** Nothing begun yet. */
export function kernelSentences(): KernelSentences {
  let begun: string | null = null;
  let lines = 0;
  return {
    line(text) {
      const at = text.indexOf('NVRM: ');
      if (at < 0) {
        begun = null;
        return null;
      }
      const short = text.slice(0, 300);
      if (BEGUN.test(short)) {
        begun = short.trim();
        lines = 1;
        return true;
      }
      if (begun === null) return null;
      const whole: string = `${begun} ${text.slice(at + 6, at + 206).trim()}`;
      lines += 1;
      const ended = ENDED.some((pattern) => pattern.test(whole));
      begun = ended || lines >= MOST_LINES ? null : whole;
      return ended ? whole : true;
    },
  };
}
