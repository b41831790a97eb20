import { formatDuration } from '../../core/readings/index.ts';

/** Which clock an instant is on: seconds UTC, or seconds from the run's start. */
export type RunClock = 'utc' | 'relative';

const STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 1_209_600, 2_592_000, 7_776_000, 31_536_000,
];

/** Round times for an axis, at most `count` of them, in order. Steps of hours and more fall on the local clock's hours. */
export function tickTimes(from: number, to: number, count: number, clock: RunClock): number[] {
  const span = to - from;
  if (!(span > 0) || count < 1) return [];
  const step = STEPS.find((one) => span / one <= count) ?? Math.ceil(span / count / 31_536_000) * 31_536_000;
  const offset = clock === 'utc' ? localOffset(from) : 0;
  const ticks: number[] = [];
  for (let at = Math.ceil((from + offset) / step) * step - offset; at <= to; at += step) ticks.push(at);
  return ticks;
}

/** An instant as the page writes it, as fine as the span shown needs: `12:06`, `12:06:05`, `21 Nov 12:06`; on a relative clock `1:02:05`. */
export function formatInstant(at: number, clock: RunClock, span: number): string {
  if (clock === 'relative') return stopwatch(at);
  const date = new Date(at * 1000);
  const time = span < 600 ? `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}` : `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (span <= 86_400) return time;
  const day = `${date.getDate()} ${MONTHS[date.getMonth()] ?? ''}`;
  return span > 8 * 86_400 ? day : `${day} ${time}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A full stamp for titles: `2026-11-22 12:06:05`, local time; relative clocks as a stopwatch. */
export function formatStamp(at: number, clock: RunClock): string {
  if (clock === 'relative') return stopwatch(at);
  const date = new Date(at * 1000);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** How long ago something was: `1 s ago`, `3 min ago`; `now` below one second and for clocks that disagree. */
export function formatAgo(seconds: number): string {
  if (seconds < 1) return 'now';
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return `${formatDuration(Math.floor(seconds / 60) * 60)} ago`;
}

function stopwatch(seconds: number): string {
  const sign = seconds < 0 ? '−' : '';
  const whole = Math.round(Math.abs(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${sign}${hours}:${two(minutes)}:${two(whole % 60)}` : `${sign}${minutes}:${two(whole % 60)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function localOffset(at: number): number {
  return -new Date(at * 1000).getTimezoneOffset() * 60;
}
