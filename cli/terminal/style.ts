import { styleText } from 'node:util';
import type { Bottleneck } from '../../core/contract/index.ts';

/** How a bottleneck looks in a terminal: a letter that reads without colour, and the nearest ANSI colour to the page's. */
export const LOOKS = {
  memory: { letter: 'M', colour: 'blue' },
  compute: { letter: 'C', colour: 'yellow' },
  network: { letter: 'N', colour: 'magenta' },
  storage: { letter: 'S', colour: 'green' },
  host: { letter: 'H', colour: 'red' },
  transfer: { letter: 'T', colour: 'cyan' },
  overhead: { letter: 'O', colour: 'redBright' },
  capacity: { letter: 'K', colour: 'magentaBright' },
  idle: { letter: '·', colour: 'gray' },
  balanced: { letter: 'B', colour: 'white' },
  unknown: { letter: '?', colour: 'gray' },
} as const satisfies Record<Bottleneck, { letter: string; colour: Parameters<typeof styleText>[0] }>;

/** Paints text where the terminal shows colours (not piped, no NO_COLOR). */
export interface Painter {
  bold(text: string): string;
  dim(text: string): string;
  as(bottleneck: Bottleneck, text: string): string;
}

/** A titled list under a blank line; nothing where it has no line. */
export function section(title: string, lines: readonly string[], paint: Painter): string[] {
  return lines.length === 0 ? [] : ['', paint.bold(title), ...lines.map((line) => `  ${line}`)];
}

/** Characters of a bar. */
export const BAR = 24;

/** A share (0–1; more is drawn as 1) as a bar of `BAR` characters. */
export function bar(share: number, paint: Painter): string {
  const filled = Math.round(Math.min(1, share) * BAR);
  return `${'█'.repeat(filled)}${paint.dim('░'.repeat(BAR - filled))}`;
}

/** Leaves the text as it is where `colours` is false. */
export function painter(colours: boolean): Painter {
  const paint = (format: Parameters<typeof styleText>[0], text: string) => (colours ? styleText(format, text, { validateStream: false }) : text);
  return {
    bold: (text) => paint('bold', text),
    dim: (text) => paint('dim', text),
    as: (bottleneck, text) => paint(LOOKS[bottleneck].colour, text),
  };
}
