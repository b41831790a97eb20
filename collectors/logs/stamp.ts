import { americanStamp, int, monthOf, type TimeReader } from '../text/index.ts';

/** What stands in front of a log line: a date, a date without its year, or the program's own stop-watch. */
export type LogStamp =
  | { readonly kind: 'date'; readonly at: number; readonly zoneless: boolean }
  | { readonly kind: 'yearless'; readonly month: number; readonly day: number; readonly clock: string }
  | { readonly kind: 'uptime'; readonly at: number };

/** How far into a line a stamp may begin: behind `(APIServer pid=1) `, `[default0]:`, a colour, a level. */
const REACH = 120;

const ISO = /(?:^|[^\d])((?:19|20)\d\d[-/]?[01]\d[-/]?[0-3]\d[T ] ?\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z| ?UTC|[+-]\d\d:?\d\d)?)/;
/** As transformers, accelerate and nanotron log. */
const AMERICAN = /(?:^|[^\d])([01]\d\/[0-3]\d\/20\d\d \d\d:\d\d:\d\d)/;
const YEARLESS = /(?:^|[^\d-])([01]\d)-([0-3]\d) (\d\d:\d\d:\d\d)/;
const SYSLOG = /(?:^|\s)(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) ([ 0-3]\d) (\d\d:\d\d:\d\d)\s/;
/** llama.cpp with --log-timestamps: minutes.seconds.milliseconds.microseconds and a level. */
const UPTIME = /^(?:\[\d{1,8}\] )?(\d{1,8})\.(\d\d)\.(\d{3})\.(\d{3}) [IWEDC] /;

/** The stamp of a line, or null. */
export function stampOf(line: string, read: TimeReader): LogStamp | null {
  const head = line.length > REACH ? line.slice(0, REACH) : line;
  const iso = ISO.exec(head)?.[1];
  if (iso !== undefined) {
    const stamp = read(iso.replace(' UTC', 'Z'));
    if (stamp !== null) return { kind: 'date', ...stamp };
  }
  const american = americanStamp(AMERICAN.exec(head)?.[1] ?? '');
  if (american !== null) {
    const stamp = read(american);
    if (stamp !== null) return { kind: 'date', ...stamp };
  }
  const yearless = YEARLESS.exec(head);
  if (yearless !== null) return { kind: 'yearless', month: int(yearless[1]), day: int(yearless[2]), clock: yearless[3] ?? '' };
  const syslog = SYSLOG.exec(head);
  if (syslog !== null) return { kind: 'yearless', month: monthOf(syslog[1]), day: int(syslog[2]?.trim()), clock: syslog[3] ?? '' };
  const uptime = UPTIME.exec(head);
  if (uptime !== null) return { kind: 'uptime', at: int(uptime[1]) * 60 + int(uptime[2]) + int(uptime[3]) / 1e3 + int(uptime[4]) / 1e6 };
  return null;
}
