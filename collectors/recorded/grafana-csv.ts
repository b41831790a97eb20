import { metric } from '../../core/readings/index.ts';
import type { Collector, ParseContext, Session } from '../collector/index.ts';
import { inSi, isKnownName, type Target } from '../prometheus/index.ts';
import { cellColumn, lineSession, output, type Output, splitCsv, timeReader } from '../text/index.ts';
import { labelsInLegend, LEGENDS, type Panel, panelOf } from './grafana-panels.ts';
import { type PanelValue, readPanelValue } from './grafana-value.ts';
import { openSeries, readLegend, type RecordedSeries } from './series.ts';

/** Rows that are gathered before they are handed over: all series of an instant stand in one row of the wide form. */
const ROWS = 500;

/** One series of the panel. */
interface Column {
  readonly legend: string;
  readonly target: Target | null;
  /** The same, for cells with a unit. */
  readonly si: Target | null;
  readonly needsUnit: boolean;
  /** Set once its first unusable cell was reported. */
  complained: boolean;
}

interface Layout {
  readonly separator: string;
  readonly cells: number;
  readonly time: number;
  /** Wide: one column per series. Long ("series to rows"): where the name and the value stand. */
  readonly columns: readonly (Column | null)[] | null;
  readonly name: number;
  readonly value: number;
}

/**
 * A panel's data as Grafana saves it ("Inspect → Data → Download CSV"): series joined by time (one column each) or series to rows, raw
 * numbers or numbers with units. What a series is stands in its legend; of a legend that is only a GPU's name the panel's title tells,
 * which stands in the file's name, for the dashboards that we know.
 */
export const grafanaCsv: Collector = {
  id: 'grafana-csv',
  title: 'Grafana panel (CSV)',
  entities: ['gpu', 'host', 'engine'],
  sniff(head, file) {
    const header = headerOf(head.split('\n', 3).map((line) => line.replace(/\r$/, '')));
    if (header === null) return 0;
    const layout = layoutOf(header, () => null);
    if (layout === null) return 0;
    if (layout.columns === null) return /-data-as-|-data-\d{4}/.test(file ?? '') ? 0.95 : 0.8;
    const legends = splitCsv(header, layout.separator).filter((_, index) => index !== layout.time);
    const named = legends.some((legend) => (readLegend(legend) !== null && (legend.includes('{') || isKnownName(legend))) || LEGENDS.has(legend));
    if (named) return header.startsWith('"') ? 0.96 : 0.8;
    return header.startsWith('"Time"') ? 0.75 : 0;
  },
  open: openGrafanaCsv,
};

function openGrafanaCsv(context: ParseContext): Session {
  const out = output('utc');
  const series = openSeries(out, context);
  const panel = panelOf(context.file);
  const reader = timeReader(context.tz ?? 'UTC');
  const rowSeries = new Map<string, Column>();
  let layout: Layout | null = null;
  let rows = 0;
  let last = 1;

  const columnOf = (legend: string, line: number): Column => findColumn(legend, { series, panel, line });

  return lineSession(out, {
    line(text, number) {
      last = number;
      if (text.trim() === '' || /^"?sep=/.test(text)) return;
      const header = layout === null || /^"?(Time|Series)"?[,;\t]/i.test(text) ? layoutOf(text, (legend) => columnOf(legend, number)) : null;
      if (header !== null) {
        layout = header;
        return;
      }
      if (layout === null) return out.reject(number, 'expected a header with a Time column and the series of a panel', text);
      const cells = splitCsv(text, layout.separator);
      if (cells.length !== layout.cells) return out.reject(number, `row has ${cells.length} cells, the header ${layout.cells}`, text);
      const stamp = reader(cells[layout.time] ?? '');
      if (stamp === null) return out.reject(number, 'expected a date or milliseconds since 1970', text, cellColumn(text, layout.time, layout.separator));
      out.zoneless ||= stamp.zoneless;
      const put = (column: Column, index: number) => addCell(column, { cell: cells[index] ?? '', at: stamp.at, out, series, line: number, text });
      if (layout.columns === null) {
        const legend = cells[layout.name] ?? '';
        let column = rowSeries.get(legend);
        if (column === undefined) rowSeries.set(legend, (column = columnOf(legend, number)));
        put(column, layout.value);
        return;
      }
      for (const [index, column] of layout.columns.entries()) if (column !== null) put(column, index);
      rows += 1;
      if (rows % ROWS === 0) series.book.flush();
    },
    end() {
      series.book.flush();
      series.end(last);
    },
  });
}

function addCell(column: Column, place: { cell: string; at: number; out: Output; series: RecordedSeries; line: number; text: string }): void {
  if (column.target === null) return;
  const { out, line, text } = place;
  const value = readPanelValue(place.cell);
  if (value === 'absent') return;
  const fault = unusable(column, value);
  if (fault === null && typeof value === 'object') {
    const target = value.kind === 'si' ? column.si : column.target;
    if (target !== null) place.series.book.add(target, place.at, value.value, { line, text });
  } else if (!column.complained) {
    column.complained = true;
    out.reject(line, `${column.legend}: ${fault ?? ''}`, place.cell);
  }
}

/** Why a cell cannot be taken for a value of its series, or null where it can. */
function unusable(column: Column, value: PanelValue): string | null {
  if (value === 'unrecognised') return 'expected a number, with a unit or without';
  if (typeof value === 'string') return null;
  if (value.kind === 'plain')
    return column.needsUnit ? 'this panel prints a different unit in different editions of its dashboard: export formatted data, with units' : null;
  for (const { rule } of column.target?.slots ?? []) {
    const { unit } = metric(rule.to);
    if (unit !== value.unit) return `the values are ${value.unit}, but ${rule.to} is measured in ${unit}: a rate or another quantity?`;
    if (unit === 'bytes' && rule.mul !== undefined && Math.abs(rule.mul) !== 1) return 'a unit beside a MiB counter may be 5 % off: export raw values';
  }
  return null;
}

function findColumn(legend: string, place: { series: RecordedSeries; panel: Panel | undefined; line: number }): Column {
  const { series, panel, line } = place;
  const labels = panel === undefined ? null : labelsInLegend(legend);
  const known = LEGENDS.get(legend.trim());
  const described =
    labels !== null && panel !== undefined
      ? { labels: new Map([...labels, ['__name__', panel.series]]) }
      : { labels: new Map<string, string>(), names: [known ?? legend] };
  const target = series.find(described, { line, text: legend });
  return { legend, target, si: target === null ? null : inSi(target), needsUnit: labels !== null && panel?.needsUnit === true, complained: false };
}

function headerOf(lines: readonly string[]): string | null {
  return lines.find((line) => line.trim() !== '' && !/^"?sep=/.test(line)) ?? null;
}

/** Where things stand, from a header; null for any other line. */
function layoutOf(line: string, columnOf: (legend: string) => Column | null): Layout | null {
  for (const separator of [',', ';', '\t']) {
    const cells = splitCsv(line, separator);
    if (cells.length < 2) continue;
    const lower = cells.map((cell) => cell.toLowerCase());
    const time = lower.indexOf('time');
    if (time < 0) continue;
    const name = lower.findIndex((cell) => cell === 'metric' || cell === 'series');
    const value = lower.indexOf('value');
    if (cells.length === 3 && name >= 0 && value >= 0) return { separator, cells: 3, time, columns: null, name, value };
    const columns = cells.map((legend, index) => (index === time ? null : columnOf(legend)));
    return { separator, cells: cells.length, time, columns, name: -1, value: -1 };
  }
  return null;
}
