import type { Attachment } from 'svelte/attachments';
import { Chart, type ChartConfiguration } from './chart.ts';

/** Draws a chart on a canvas and redraws it, never rebuilds it, when what `config` reads changes. */
export function drawnChart(config: () => ChartConfiguration): Attachment<HTMLCanvasElement> {
  return (canvas) => {
    let chart: Chart | null = null;
    $effect(() => {
      const { type, data, options, plugins } = config();
      if (chart === null) {
        chart = new Chart(canvas, { type, data, ...(options === undefined ? {} : { options }), ...(plugins === undefined ? {} : { plugins }) });
        return;
      }
      chart.data = data;
      if (options !== undefined) chart.options = options;
      chart.update('none');
    });
    return () => chart?.destroy();
  };
}
