import { metric, shownUnit } from '../../../core/readings/index.ts';
import type { Tracks } from './tracks.ts';

/** The readings held for a stretch of time as CSV, one value a line, in order of time: what a spreadsheet or a script takes. */
export function seriesCsv(tracks: Tracks, { from, to }: { from: number; to: number }): string {
  const lines: { at: number; text: string }[] = [];
  for (const track of tracks.byKey.values()) {
    const about = [track.entity.kind, track.entity.id, track.entity.node ?? '', track.metric, metric(track.metric).label, shownUnit(track.metric)]
      .map(field)
      .join(',');
    track.t.forEach((at, index) => {
      const [mean, min, max] = [track.mean[index], track.min[index], track.max[index]];
      // A gap is the absence of lines.
      if (at < from || at > to || mean === undefined || Number.isNaN(mean)) return;
      lines.push({ at, text: `${at},${about},${digits(mean)},${digits(min)},${digits(max)}` });
    });
  }
  lines.sort((a, b) => a.at - b.at);
  return `${['time', 'kind', 'entity', 'node', 'metric', 'label', 'unit', 'mean', 'min', 'max'].join(',')}\n${lines.map(({ text }) => `${text}\n`).join('')}`;
}

/** Series travel with seven digits: what a float has beyond them is no reading. */
function digits(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '';
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(7)));
}

/** A text as a cell. A spreadsheet would run one that begins like a formula; behind an apostrophe it stays what was written. */
function field(text: string): string {
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

/** Hands a text to the browser as a file to save. */
export function saveText(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The click has taken the address by the next turn.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}
