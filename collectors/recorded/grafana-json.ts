import type { Collector, ParseContext, Session } from '../collector.ts';
import { readFrame, type Frame } from './grafana-frame.ts';
import { parseObject } from './json.ts';
import { jsonSession, type ElementPlace } from './json-session.ts';

/**
 * Grafana's data frames: the answer of `/api/ds/query`, what a panel's "Inspect → JSON → Data frame JSON" shows (an array of frames),
 * and the older "Panel data" (`series`, with the values inside the fields).
 */
export const grafanaJson: Collector = {
  id: 'grafana-json',
  title: 'Grafana data frames (JSON)',
  entities: ['gpu', 'host', 'engine', 'process'],
  sniff(head) {
    if (!/^(\s|\/\/[^\n]*\n)*[[{]/.test(head)) return 0;
    if (/"schema"\s*:\s*\{/.test(head) && /"fields"\s*:\s*\[/.test(head)) return 0.95;
    return /"(frames|series)"\s*:\s*\[/.test(head) && /"fields"\s*:\s*\[/.test(head) ? 0.85 : 0;
  },
  open: openGrafanaJson,
};

function openGrafanaJson(context: ParseContext): Session {
  return jsonSession(context, {
    arrays: ['frames', 'series', ''],
    error: 'error',
    element(text, place) {
      const object = parseObject(text);
      if (object === null) return place.out.reject(place.line, 'a frame is no JSON object', text);
      const frame = readFrame(object);
      if (frame === null) return; // some other document, or an answer without frames
      if (typeof frame === 'string') return place.out.reject(place.line, frame, text);
      addFrame(frame, text, place);
    },
  });
}

function addFrame(frame: Frame, text: string, { series, line }: ElementPlace): void {
  for (const column of frame.columns) {
    // Of a frame with many columns the frame's name is nobody's name.
    const names = frame.columns.length === 1 && frame.name !== '' ? [...column.names, frame.name] : column.names;
    const shown = names[0] ?? frame.query ?? text;
    const target = series.find({ labels: column.labels, query: frame.query ?? undefined, names }, { line, text: shown });
    if (target === null) continue;
    for (const [index, value] of column.values.entries()) {
      const at = frame.times[index];
      if (typeof at === 'number' && value !== null) series.book.add(target, at, value, { line, text: shown });
    }
  }
}
