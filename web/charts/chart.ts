import { Chart, Filler, LinearScale, LineController, LineElement, LogarithmicScale, PointElement, ScatterController } from 'chart.js';
import type { ChartArea, ChartConfiguration, Plugin, Scale } from 'chart.js';

Chart.register(LineController, ScatterController, LineElement, PointElement, LinearScale, LogarithmicScale, Filler);
// Live data flow in without motion; the pointer is handled by Overlay, so the charts listen to nothing.
Chart.defaults.animation = false;
Chart.defaults.events = [];
Chart.defaults.maintainAspectRatio = false;
Chart.defaults.font.family = 'system-ui, "Segoe UI", sans-serif';
Chart.defaults.font.size = 11;

export { Chart };
export type { ChartArea, ChartConfiguration, Plugin };

/** A plugin that tells where the plot lies inside its canvas, each time that it moves. */
export function tellsArea(told: (area: ChartArea) => void): Plugin {
  let before = '';
  return {
    id: 'tellsArea',
    afterLayout({ chartArea }) {
      const key = JSON.stringify(chartArea);
      if (key === before) return;
      before = key;
      told({ ...chartArea });
    },
  };
}

/** An axis's `afterBuildTicks` that puts ticks at given values instead of those that Chart.js would choose. */
export function ticksAt(values: readonly number[]): (scale: Scale) => void {
  return (scale) => {
    scale.ticks = values.map((value) => ({ value }));
  };
}

/** A #rrggbb colour with an opacity of 0–1. */
export function faded(hex: string, opacity: number): string {
  return `${hex}${Math.round(opacity * 255)
    .toString(16)
    .padStart(2, '0')}`;
}

/** Points as Chart.js takes them unparsed. NaN is a gap. */
export function pointsOf(t: ArrayLike<number>, y: ArrayLike<number>): { x: number; y: number }[] {
  return Array.from(t, (x, index) => ({ x, y: y[index] ?? Number.NaN }));
}

/** Radii that show a sample standing alone between gaps, which a line cannot; 0 where there is none such. */
export function loneRadii(y: ArrayLike<number>): number | number[] {
  const absent = (value: number | undefined): boolean => value === undefined || Number.isNaN(value);
  const lone = Array.from(y, (value, index) => !absent(value) && absent(y[index - 1]) && absent(y[index + 1]));
  return lone.some(Boolean) ? lone.map((one) => (one ? 1.6 : 0)) : 0;
}
