import xterm from '@xterm/headless';

/** A terminal without a window: text with escape codes in, lines out. */
export interface Screen {
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
