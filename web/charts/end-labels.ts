import { NEUTRAL_COLOURS } from '../lib/palette.ts';
import { theme } from '../lib/theme.svelte.ts';
import type { Plugin } from './chart.ts';

/** Writes each dataset's label at its line's right end, or beside its single point; labels that would lie over one another are left out. */
export const endLabels: Plugin = {
  id: 'endLabels',
  afterDatasetsDraw(chart) {
    const { ctx, chartArea } = chart;
    const taken: { left: number; right: number; y: number }[] = [];
    ctx.save();
    ctx.font = '11px system-ui, "Segoe UI", sans-serif';
    chart.data.datasets.forEach((dataset, index) => {
      const label = dataset.label;
      const last = chart.getDatasetMeta(index).data.at(-1);
      if (label === undefined || label === '' || last === undefined) return;
      const single = dataset.data.length === 1;
      const width = ctx.measureText(label).width;
      const right = single ? Math.min(last.x + 12 + width, chartArea.right) : chartArea.right - 2;
      const y = single ? Math.min(last.y + 18, chartArea.bottom - 4) : last.y - 5;
      const left = right - width;
      if (y < chartArea.top - 4 || taken.some((other) => Math.abs(other.y - y) < 12 && left < other.right && right > other.left)) return;
      taken.push({ left, right, y });
      ctx.textAlign = 'right';
      ctx.lineWidth = 4;
      ctx.strokeStyle = NEUTRAL_COLOURS.card[theme.now];
      ctx.strokeText(label, right, y);
      ctx.fillStyle = (single ? NEUTRAL_COLOURS.ink : NEUTRAL_COLOURS.dim)[theme.now];
      ctx.fillText(label, right, y);
    });
    ctx.restore();
  },
};
