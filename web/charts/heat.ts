import { type Line, nearest } from '../lib/series/lines.ts';

export interface HeatAsk {
  readonly width: number;
  readonly rowHeight: number;
  readonly rows: readonly Line[];
  readonly from: number;
  readonly to: number;
  readonly top: number;
  readonly colour: string;
}

/** Paints one row of cells per line, darker for more of `top`; where a line has a gap the ground shows through, struck once. */
export function paintHeat(canvas: HTMLCanvasElement, { width, rowHeight, rows, from, to, top, colour }: HeatAsk): void {
  const height = rowHeight * rows.length;
  const density = Math.max(1, devicePixelRatio);
  canvas.width = Math.max(1, Math.round(width * density));
  canvas.height = Math.max(1, Math.round(rowHeight * density) * rows.length);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext('2d');
  if (context === null || width <= 0 || !(to > from)) return;
  context.fillStyle = colour;
  // Whole device pixels: cells that share a fraction of one would show as stripes.
  const cell = Math.max(2, Math.round(2 * density));
  const tall = Math.round(rowHeight * density);
  rows.forEach((line, row) => {
    for (let x = 0; x < canvas.width; x += cell) {
      const index = nearest(line.t, from + ((x + cell / 2) / canvas.width) * (to - from));
      const value = index === null ? undefined : line.y[index];
      if (value === undefined || Number.isNaN(value)) {
        context.globalAlpha = 0.35;
        context.fillRect(x, row * tall + (tall >> 1), cell, Math.round(density));
        continue;
      }
      context.globalAlpha = 0.07 + 0.93 * Math.min(1, Math.max(0, value / top));
      context.fillRect(x, row * tall + 1, cell, tall - 2);
    }
  });
  context.globalAlpha = 1;
}
