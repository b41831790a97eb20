import type { Bottleneck } from '../../core/contract/index.ts';

/** A colour on the light and on the dark theme. */
export interface Pair {
  readonly light: string;
  readonly dark: string;
}

/** How a mark is told apart without its colour: the name of a fill in patterns.css and of a point shape in the charts. */
export type PatternName = 'solid' | 'rising' | 'falling' | 'cross' | 'lines' | 'columns' | 'grid' | 'dots' | 'stripes' | 'hollow' | 'sparse';

/**
 * One colour and one pattern per bottleneck, the same on every page. Okabe–Ito's hues (Color Universal Design, 2008),
 * darkened on light ground until they reach 3:1 against a card; yellow becomes olive there; wine is from Tol's muted set.
 */
export const BOTTLENECK_COLOURS: Readonly<Record<Bottleneck, Pair & { readonly pattern: PatternName; readonly point: PointShape }>> = {
  memory: { light: '#0072b2', dark: '#4aa8e0', pattern: 'solid', point: 'circle' },
  compute: { light: '#c47a00', dark: '#f0b03c', pattern: 'rising', point: 'rect' },
  network: { light: '#b0508b', dark: '#dc8fbd', pattern: 'cross', point: 'triangle' },
  storage: { light: '#00805a', dark: '#35c299', pattern: 'lines', point: 'rectRounded' },
  host: { light: '#857500', dark: '#cdbd3a', pattern: 'dots', point: 'star' },
  transfer: { light: '#2c8cc4', dark: '#86cdf5', pattern: 'columns', point: 'rectRot' },
  overhead: { light: '#c84e00', dark: '#ff8c4a', pattern: 'falling', point: 'cross' },
  capacity: { light: '#7d2350', dark: '#d2739f', pattern: 'grid', point: 'crossRot' },
  idle: { light: '#808a94', dark: '#7f8994', pattern: 'hollow', point: 'line' },
  balanced: { light: '#5d6f3f', dark: '#a9bf86', pattern: 'stripes', point: 'dash' },
  unknown: { light: '#6b7480', dark: '#98a2ad', pattern: 'sparse', point: 'dash' },
};

/** Chart.js point shapes. */
export type PointShape = 'circle' | 'cross' | 'crossRot' | 'dash' | 'line' | 'rect' | 'rectRounded' | 'rectRot' | 'star' | 'triangle';

/** Everything that is not a bottleneck: grounds, text, lines, and the four signals. */
export const NEUTRAL_COLOURS = {
  bg: { light: '#f6f7f9', dark: '#101317' },
  card: { light: '#ffffff', dark: '#181c22' },
  ink: { light: '#16191d', dark: '#e8ebee' },
  dim: { light: '#5c6570', dark: '#98a2ad' },
  line: { light: '#dfe3e8', dark: '#2a3038' },
  grid: { light: '#eaedf1', dark: '#262c34' },
  accent: { light: '#0b63c4', dark: '#6fb3ff' },
  good: { light: '#00734f', dark: '#35c299' },
  warn: { light: '#a64100', dark: '#ff9a5e' },
  bad: { light: '#b3261e', dark: '#ff8a80' },
} as const satisfies Record<string, Pair>;

export type Theme = 'light' | 'dark';

/** Colours of tokens in motion: prefill multiplies (compute's hue), decode reads (memory's hue). */
export const ACTIVITY_HUES = { prefill: 'compute', decode: 'memory', other: 'idle' } as const satisfies Record<string, Bottleneck>;

/** The text colour that stands on a fill: dark ink or white, whichever reads better. */
export function inkOn(fill: string): string {
  return contrast(fill, '#ffffff') >= contrast(fill, '#101317') ? '#ffffff' : '#101317';
}

/** WCAG 2 contrast of two #rrggbb colours, 1–21. */
export function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return ((high ?? 1) + 0.05) / ((low ?? 0) + 0.05);
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => linear(Number.parseInt(hex.slice(at, at + 2), 16) / 255));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}

/** Writes every colour on an element as a custom property; `light-dark()` lets the theme switch without writing them again. */
export function applyPalette(element: HTMLElement): void {
  const set = (name: string, pair: Pair): void => element.style.setProperty(`--${name}`, `light-dark(${pair.light}, ${pair.dark})`);
  for (const [name, pair] of Object.entries(NEUTRAL_COLOURS)) set(name, pair);
  for (const [name, pair] of Object.entries(BOTTLENECK_COLOURS)) {
    set(`b-${name}`, pair);
    set(`on-${name}`, { light: inkOn(pair.light), dark: inkOn(pair.dark) });
  }
}
