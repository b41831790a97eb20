import { joinBatches, type ParseContext, type Session } from '../collector/index.ts';
import { movesCursor, openScreen } from './htop-frames.ts';

/** What is kept of the start for the terminal's size: the line that `script` writes. */
const HEAD = 512;
/** How much from the first code on decides whether a text is a terminal's stream. */
const DECIDE = 4096;
const ESC = '\u001b';
/** Cursor to a place, or to a row. */
const MOVE = new RegExp(`${ESC}\\[(\\d{0,4})(?:;\\d{0,4})?[Hd]`, 'g');
const UNFINISHED = new RegExp(`${ESC}[^A-Za-z]{0,64}$`);
const PLACES = new RegExp(`${ESC}\\[\\d{1,4};\\d{1,4}H`, 'g');
const ENTERS = `${ESC}[?1049h`;
/** The program leaves its own screen: what it drew last is whole. */
const LEAVES = `${ESC}[?1049l`;
const WIDTH = 512;
const HEIGHT = 200;

/**
 * Reads what a program drew on a terminal (`script` of `watch nvidia-smi`): after the first screen only the cells that changed are sent,
 * with the places of the cursor. Each whole screen is handed on as lines; a text that moves no cursor about is handed on as it is.
 */
export function throughScreen(open: (context: ParseContext) => Session): (context: ParseContext) => Session {
  return (context) => {
    const inner = open(context);
    let head = ''; // says how large the terminal is
    let start: string | null = null; // from the first code on, until it is decided
    let screen: ((text: string) => string) | null = null;
    let decided = false;

    const decide = (): string => {
      const held = start ?? '';
      decided = true;
      start = null;
      screen = isDrawn(held) ? screenReader(head + held) : null;
      return screen === null ? held : screen(held);
    };
    const pass = (text: string): string => {
      if (screen !== null) return screen(text);
      if (decided) return text;
      if (head.length < HEAD) head = (head + text).slice(0, HEAD);
      if (start === null) {
        const first = text.indexOf(ESC);
        if (first < 0) return text;
        start = text.slice(first);
        return text.slice(0, first) + (start.length < DECIDE ? '' : decide());
      }
      start += text;
      return start.length < DECIDE ? '' : decide();
    };
    return {
      feed: (text) => inner.feed(pass(text)),
      end: () => (start === null ? inner.end() : joinBatches([inner.feed(decide()), inner.end()])),
    };
  };
}

/** A whole screen is redrawn: colours, or one clearing of the terminal, make no such text. */
function isDrawn(start: string): boolean {
  return movesCursor(start) && (start.includes(ENTERS) || (start.match(PLACES)?.length ?? 0) > 1); // no place at all
}

/** A terminal's stream in, the lines of each whole screen out. A cursor that is sent up again has ended one. */
function screenReader(start: string): (text: string) => string {
  const number = (pattern: RegExp, otherwise: number, most: number): number => {
    const value = Number.parseInt(pattern.exec(start)?.[1] ?? '', 10);
    return value > 1 ? Math.min(value, most) : otherwise;
  };
  const screen = openScreen(number(/COLUMNS="(\d{1,5})"/, WIDTH, 1000), number(/LINES="(\d{1,5})"/, HEIGHT, 1000));
  let held = '';
  let row = 0;
  let shown = '';

  const show = (): string => {
    const lines = screen.lines();
    while (lines.length > 0 && lines[lines.length - 1] === '') lines.pop();
    const text = lines.length === 0 ? '' : `${lines.join('\n')}\n`;
    if (text === shown) return '';
    shown = text;
    return text;
  };
  const draw = (text: string): string => {
    let from = 0;
    let out = '';
    for (const move of text.matchAll(MOVE)) {
      row += newlines(text.slice(from, move.index));
      const target = move[1] === undefined || move[1] === '' ? 1 : Number.parseInt(move[1], 10);
      screen.write(text.slice(from, move.index));
      from = move.index;
      if (target < row) out += show();
      row = target;
    }
    const rest = text.slice(from);
    row += newlines(rest);
    screen.write(rest);
    return out;
  };
  return (text) => {
    const all = held + text;
    // An escape sequence that is not finished waits for its end.
    const end = UNFINISHED.exec(all.slice(-80));
    const open = end === null ? all.length : all.length - end[0].length;
    held = all.slice(open);
    return all
      .slice(0, open)
      .split(LEAVES)
      .map((part, index, parts) => {
        const drawn = draw(part);
        if (index === parts.length - 1) return drawn;
        const last = show();
        screen.write(LEAVES);
        return drawn + last;
      })
      .join('');
  };
}

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
