import { isMetricId, metric, METRIC_IDS, type MetricId, shownUnit } from '../../../core/readings/index.ts';
import { PANEL_METRICS, type Panel } from './panels.ts';
import { shownAs } from './tracks.ts';

const DRAWN: ReadonlySet<MetricId> = new Set(PANEL_METRICS);

/** A panel for every metric that some entity has and no panel of PANELS shows, in the order of the metric table. */
export function otherPanels(entities: readonly { readonly kind: string; readonly metrics: readonly string[] }[]): Panel[] {
  // Processes are many and short-lived: their numbers stand in no chart of their own.
  const measured = new Set(
    entities
      .filter((entity) => entity.kind !== 'process')
      .flatMap((entity) => entity.metrics)
      .filter(isMetricId)
      .map(shownAs),
  );
  return METRIC_IDS.filter((id) => measured.has(id) && !DRAWN.has(id)).map((id) => {
    const { label, rollup, entity } = metric(id);
    return {
      id,
      title: label,
      colour: 'unknown',
      combine: rollup === 'sum' && entity === 'engine' ? 'sum' : 'mean',
      howTo: '',
      optional: true,
      variants: [{ lines: [{ metric: id }], unit: shownUnit(id) }],
    };
  });
}
