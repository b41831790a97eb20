import { isHtopHeader, isHtopMeter } from './htop-screen.ts';
import xterm from '@xterm/headless';

const MAX_ROWS = 1000;
const ESC = '\u001b';
const SHIFT_IN = '\u000f';
/** Codes that colour text and move nothing. */
const COLOURS = new RegExp(`${ESC}\\[[\\d;]*m|${ESC}\\(B|${SHIFT_IN}`, 'g');
/** Any other code with its end. */
const CODES = new RegExp(`${ESC}\\[[\\d;?]*[A-Za-z]`, 'g');
const MOVE = new RegExp(`${ESC}\\[(\\d*)(?:;\\d*)?[Hd]`, 'g');
const MOVES = new RegExp(`${ESC}\\[(?:\\d+;\\d+H|\\d+d|2J|H)`);
const UNFINISHED = new RegExp(`${ESC}[^A-Za-z]{0,64}$`);
const SCROLL_REGION = new RegExp(`${ESC}\\[1;(\\d+)r`);
/** A full-screen program starts: what it draws first has no sample before it. */
const ALTERNATE_SCREEN = `${ESC}[?1049h`;

/** Text with its codes taken out, a line end where the cursor moved: for looking at, not for reading. */
export function withoutCodes(text: string): string {
  return text.replace(COLOURS, '').replace(CODES, '\n');
}

/** Finds the screens in a stretch of recorded terminal output. */
export interface Frames {
  feed(text: string): void;
  end(): void;
}

/** A screen's lines, and the line of the source it was complete at. */
export type OnFrame = (lines: readonly string[], line: number) => void;

/** Screens that were copied as text, one below the other: a meter below a process list begins the next. Colours are removed. */
export function plainFrames(onFrame: OnFrame): Frames {
  let held = '';
  let lines: string[] = [];
  let number = 0;
  let listed = false; // the column names were seen: what follows are processes
  const close = (): void => {
    if (listed) onFrame(lines, number);
    lines = [];
    listed = false;
  };
  return {
    feed(text) {
      const all = (held + text).split('\n');
      held = (all.pop() ?? '').slice(0, 65_536);
      for (const raw of all) {
        number += 1;
        const line = raw.replace(COLOURS, '').replace(/\r$/, '');
        if (listed && isHtopMeter(line)) close();
        if (isHtopHeader(line)) listed = true;
        if (lines.length < MAX_ROWS) lines.push(line);
      }
    },
    end: close, // an unfinished last line may be cut: it is left out
  };
}

/**
 * The stream that htop wrote to a terminal (`script`, tmux pipe-pane): interpreted by a terminal emulator. curses draws each refresh
 * from top to bottom, so a cursor that is sent up again ends one.
 */
export function terminalFrames(start: string, onFrame: OnFrame): Frames {
  const size = sizeOf(start);
  const screen: Screen = openScreen(size.columns, size.rows);
  let held = '';
  let row = 0;
  let number = 1;
  let first = start.includes(ALTERNATE_SCREEN);
  const show = (): void => {
    const lines = screen.lines();
    if (!lines.some(isHtopHeader)) return;
    if (!first) onFrame(lines, number);
    first = false; // CPU of the first refresh is 0 or the mean since boot
  };
  const write = (text: string): void => {
    let from = 0;
    for (const move of text.matchAll(MOVE)) {
      const target = Number.parseInt(move[1] === '' || move[1] === undefined ? '1' : move[1], 10);
      if (target < row) {
        screen.write(text.slice(from, move.index));
        from = move.index;
        show();
      }
      row = target;
    }
    screen.write(text.slice(from));
    for (const char of text) if (char === '\n') number += 1;
  };
  return {
    feed(text) {
      const all = held + text;
      // An escape sequence that is not finished waits for its end.
      const open = UNFINISHED.exec(all)?.index ?? all.length;
      held = all.slice(open);
      write(all.slice(0, open));
    },
    end() {
      held = ''; // what is on the screen may be half a refresh: it is not shown
    },
  };
}

/** True where text moves a cursor about: it has to be interpreted, not read line by line. */
export function movesCursor(text: string): boolean {
  return MOVES.test(text);
}

/** `script` writes the size at the top; curses sets the scroll region to the whole height. The width only has to be large enough. */
function sizeOf(start: string): { columns: number; rows: number } {
  const number = (pattern: RegExp): number | null => {
    const value = Number.parseInt(pattern.exec(start)?.[1] ?? '', 10);
    return Number.isFinite(value) && value > 1 ? value : null;
  };
  const rows = number(/LINES="(\d+)"/) ?? number(SCROLL_REGION) ?? 200;
  const columns = number(/COLUMNS="(\d+)"/) ?? 512;
  return { columns: Math.min(columns, 1000), rows: Math.min(rows, MAX_ROWS) };
}

/** A terminal without a window: text with escape codes in, lines out. */
interface Screen {
  write(text: string): void;
  /** The visible lines, blanks at their ends removed. */
  lines(): string[];
}

/** Lets the parser run at once. */
interface SyncCore {
  writeSync(text: string): void;
}

/**
 * A screen of a size in characters. Parsers answer at once, but xterm's public `write` calls back later: its core's `writeSync` is
 * what its own callers use to write now. The version is pinned, and a test that reads a screen fails if it goes away.
 */
export function openScreen(columns: number, rows: number): Screen {
  const terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 0, allowProposedApi: true, logLevel: 'off' });
  const core: unknown = Reflect.get(terminal, '_core');
  if (!hasWriteSync(core)) throw new Error('@xterm/headless has no writeSync any more: use the pinned version');
  return {
    write: (text) => core.writeSync(text),
    lines() {
      const lines: string[] = [];
      for (let row = 0; row < rows; row += 1) lines.push(terminal.buffer.active.getLine(row)?.translateToString(true) ?? '');
      return lines;
    },
  };
}

function hasWriteSync(core: unknown): core is SyncCore {
  return typeof core === 'object' && core !== null && typeof Reflect.get(core, 'writeSync') === 'function';
}
