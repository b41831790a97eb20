import { isJsonObject, parseDecimal, parseLooseJson } from '../text/index.ts';

/** What a container's or a node's log keeper wrapped around a program's line. */
export interface Envelope {
  /** The keeper's stamp of the line. */
  readonly stamp: string;
  readonly text: string;
  /** The line goes on in the next one of the same stream. */
  readonly cut: boolean;
  readonly stream: string;
}

/** Kubernetes' runtimes: `2026-05-19T10:13:11.123456789Z stderr F text`; P where the line goes on. */
const CRI = /^(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) (stdout|stderr) ([FP]) /;
/** journalctl and syslog: `May 19 10:13:11 node program[123]: text`, or an ISO date in front. */
const SYSLOG =
  /^([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)) [\w.-]{1,80} [\w@./-]{1,80}(?:\[\d{1,10}\])?: /;
/** Docker's json-file, fluentd, journalctl -o json, cloud logging. */
const OBJECT = /^\{ ?"/;
const TEXT_KEYS = ['log', 'MESSAGE', 'textPayload'] as const;
const TIME_KEYS = ['time', '@timestamp', 'timestamp', '__REALTIME_TIMESTAMP'] as const;

/** Takes a log keeper's wrapping off; null of a line that has none. */
export function unwrapped(line: string): Envelope | null {
  const cri = CRI.exec(line);
  if (cri !== null) return { stamp: cri[1] ?? '', text: line.slice(cri[0].length), cut: cri[3] === 'P', stream: cri[2] ?? '' };
  const syslog = SYSLOG.exec(line);
  if (syslog !== null) return { stamp: syslog[1] ?? '', text: line.slice(syslog[0].length), cut: false, stream: '' };
  return OBJECT.test(line) ? inObject(line) : null;
}

function inObject(line: string): Envelope | null {
  if (!TEXT_KEYS.some((key) => line.includes(`"${key}"`))) return null;
  const json = parseLooseJson(line);
  if (!isJsonObject(json)) return null;
  const text = TEXT_KEYS.map((key) => json[key]).find((value) => typeof value === 'string');
  if (typeof text !== 'string') return null;
  const stamp = TIME_KEYS.map((key) => json[key]).find((value) => typeof value === 'string');
  const stream = json['stream'];
  // Docker ends a line with its line end; one that it cut at 16 KiB, and a bar that is still being drawn, have none.
  return {
    stamp: typeof stamp === 'string' ? asDate(stamp) : '',
    text,
    cut: json['log'] !== undefined && !text.endsWith('\n'),
    stream: typeof stream === 'string' ? stream : '',
  };
}

/** journald's microseconds since 1970 as a date; any other stamp as it stands. */
function asDate(stamp: string): string {
  const micros = /^\d{16}$/.test(stamp) ? parseDecimal(stamp) : null;
  return micros === null ? stamp : new Date(micros / 1e3).toISOString();
}
