import type { Collector, ParseContext, Session } from '../collector.ts';
import { hostOf, UNNAMED } from '../entities.ts';
import { output } from '../text/session.ts';
import { dayClock } from '../text/day-clock.ts';
import { type Frames, movesCursor, plainFrames, terminalFrames, withoutCodes } from './htop-frames.ts';
import { isHtopHeader, isHtopMeter, parseHtopScreen } from './htop-screen.ts';
import { processTable } from './process-table.ts';

/** How much of the start decides whether the text is a terminal's stream or screens copied as text. */
const DECIDE = 4096;

/**
 * Screens of htop captured from a terminal: as text, or as the stream with its escape codes (`script`, tmux pipe-pane). Meters and the main
 * process list are read. Time is the uptime meter's (seconds from the first screen), else the clock meter's, else screens are counted.
 */
export const htop: Collector = {
  id: 'htop',
  title: 'htop screens',
  entities: ['host', 'process'],
  sniff,
  open: openHtop,
};

function sniff(head: string): number {
  const lines = withoutCodes(head.slice(0, 32_768)).split(/\r?\n/);
  const meter = lines.some((line) => /(?:^|\s)(?:\d{1,4}|Avg|CPU|Mem|Swp)\s*\[\|*/.test(line)) || lines.some(isHtopMeter);
  const list = lines.some(isHtopHeader) || /PID USER\s+PRI\s+NI\s/.test(head);
  return meter && list ? 0.95 : 0;
}

function openHtop(context: ParseContext): Session {
  const out = output('ordinal');
  const node = context.node ?? UNNAMED;
  const table = processTable(out, node);
  const clock = dayClock();
  let firstUptime: number | null = null;
  let screens = 0;
  let frames: Frames | null = null;
  let start = '';

  const onFrame = (lines: readonly string[], number: number): void => {
    const screen = parseHtopScreen(lines);
    if (screen === null) return out.reject(number, "expected htop's column names (PID USER … Command)", lines[0] ?? '');
    const at = timeOf(screen.uptime, screen.clock);
    if (at === null) return out.reject(number, 'the clock went back: this screen cannot be placed in time', lines[0] ?? '');
    out.reading({ entity: hostOf(node), at, values: screen.values });
    table.emit(at, screen.rows);
  };

  const timeOf = (uptime: number | null, seconds: number | null): number | null => {
    screens += 1;
    if (uptime === null && seconds === null) return screens - 1;
    out.clock = 'relative';
    if (uptime === null) return clock.at(seconds ?? Number.NaN);
    firstUptime ??= uptime;
    return uptime < firstUptime ? null : uptime - firstUptime;
  };

  const decide = (): Frames => {
    frames = movesCursor(start) ? terminalFrames(start, onFrame) : plainFrames(onFrame);
    frames.feed(start);
    start = '';
    return frames;
  };

  return {
    feed(text) {
      if (frames !== null) frames.feed(text);
      else {
        start += text;
        if (start.length >= DECIDE) decide();
      }
      return out.take();
    },
    end() {
      (frames ?? decide()).end();
      return out.last();
    },
  };
}
