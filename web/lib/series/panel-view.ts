import type { Ceilings } from '../../../core/knowledge/index.ts';
import type { MetricId, Unit } from '../../../core/readings/index.ts';
import { lastValue, lineOf, type Line } from './lines.ts';
import type { Limit, Panel, Variant } from './panels.ts';
import type { Track, Tracks } from './tracks.ts';

/** A panel with its data: what the chart draws and the title says. */
export interface PanelView {
  readonly panel: Panel;
  readonly unit: Unit;
  readonly note: string | null;
  readonly lines: readonly { readonly label: string | null; readonly line: Line }[];
  /** The limit in `unit`; null where there is none or it is not known. */
  readonly limit: { readonly value: number; readonly label: string } | null;
  /** How many entities stand behind a line: `mean of 4 GPUs`. */
  readonly entities: { readonly count: number; readonly kind: string };
  /** Why nothing is drawn; null where something is. */
  readonly absent: string | null;
}

export interface PanelAsk {
  readonly from: number;
  readonly to: number;
  readonly points: number;
  readonly ceilings: Ceilings | null;
  /** Reasons that the server gave for metrics that nobody has. */
  readonly reasons: ReadonlyMap<string, string>;
}

/** Fills a panel by the first of its variants that has data in the time shown. */
export function panelView(panel: Panel, tracks: Tracks, ask: PanelAsk): PanelView {
  const byMetric = groupByMetric(tracks);
  for (const variant of panel.variants) {
    const view = filled(panel, variant, byMetric, ask);
    if (view !== null) return view;
  }
  const [variant] = panel.variants;
  const reason = panel.variants
    .flatMap((one) => one.lines)
    .map((line) => ask.reasons.get(line.metric))
    .find((text) => text !== undefined);
  const measured = panel.variants.some((one) => one.lines.some((line) => byMetric.has(line.metric)));
  return {
    panel,
    unit: variant.unit,
    note: null,
    lines: [],
    limit: null,
    entities: { count: 0, kind: '' },
    absent: measured ? 'No sample in the time shown.' : (reason ?? `Not measured. ${panel.howTo}`),
  };
}

function filled(panel: Panel, variant: Variant, byMetric: ReadonlyMap<MetricId, Track[]>, ask: PanelAsk): PanelView | null {
  if (variant.scale !== undefined && ask.ceilings === null) return null;
  const scale = variant.scale !== undefined && ask.ceilings !== null ? variant.scale(ask.ceilings) : 1;
  const lines = variant.lines.flatMap(({ metric, label }) => {
    const tracks = byMetric.get(metric);
    if (tracks === undefined) return [];
    const line = lineOf(tracks, { from: ask.from, to: ask.to, points: ask.points, combine: panel.combine, scale });
    return lastValue(line) === null ? [] : [{ label: label ?? null, line, tracks }];
  });
  const [first] = lines;
  if (first === undefined) return null;
  return {
    panel,
    unit: variant.unit,
    note: variant.note ?? null,
    lines: lines.map(({ label, line }) => ({ label, line })),
    limit: limitOf(variant.limit, byMetric, ask.ceilings),
    entities: { count: first.tracks.length, kind: first.tracks[0]?.entity.kind ?? '' },
    absent: null,
  };
}

/** What the card or host reports, else the table's; the mean over entities, since the lines are means. */
function limitOf(limit: Limit | undefined, byMetric: ReadonlyMap<MetricId, Track[]>, ceilings: Ceilings | null): PanelView['limit'] {
  if (limit === undefined) return null;
  const reported = limit.metric === undefined ? null : meanLast(byMetric.get(limit.metric) ?? []);
  const table = ceilings === null || limit.hardware === undefined ? null : limit.hardware(ceilings);
  const value = reported ?? limit.fixed ?? table;
  return value === null || !(value > 0) ? null : { value, label: limit.label };
}

function meanLast(tracks: readonly Track[]): number | null {
  const values = tracks.flatMap(({ t, mean }) => lastValue({ t, y: mean })?.value ?? []);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Titles of panels that show nothing, together where the reason is the same. */
export function byReason(views: readonly PanelView[]): [reason: string, titles: string[]][] {
  const groups = new Map<string, string[]>();
  for (const { absent, panel } of views) if (absent !== null) groups.set(absent, [...(groups.get(absent) ?? []), panel.title]);
  return [...groups];
}

/** Tracks by their metric, those without a sample left out. */
export function groupByMetric(tracks: Tracks): Map<MetricId, Track[]> {
  const groups = new Map<MetricId, Track[]>();
  for (const track of tracks.byKey.values()) {
    if (track.t.length === 0) continue;
    const group = groups.get(track.metric);
    if (group === undefined) groups.set(track.metric, [track]);
    else group.push(track);
  }
  return groups;
}
