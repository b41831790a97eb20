import type { Collector, ParseContext, Session } from '../collector/index.ts';
import { labelsOf, parseObject } from './json.ts';
import { jsonSession } from './json-session.ts';

/**
 * VictoriaMetrics' `/api/v1/export`: one JSON object per line and block of a series, values and times (milliseconds) in parallel
 * arrays. Raw samples, so always the metric itself; null is NaN. Also what `vmctl` and the query API of JSON lines write.
 */
export const victoriaMetrics: Collector = {
  id: 'victoriametrics-export',
  title: 'VictoriaMetrics export (JSON lines)',
  entities: ['gpu', 'host', 'engine', 'process'],
  sniff(head) {
    return /^\s*\{\s*"metric"\s*:\s*\{/.test(head) && /"(values|timestamps)"\s*:\s*\[/.test(head)
      ? 0.95
      : /^\s*\{\s*"metric"\s*:\s*\{\s*"__name__"/.test(head)
        ? 0.7
        : 0;
  },
  open: openVictoriaMetrics,
};

function openVictoriaMetrics(context: ParseContext): Session {
  return jsonSession(context, {
    arrays: [],
    element(text, { series, out, line }) {
      const row = parseObject(text);
      const labels = labelsOf(row?.['metric']);
      const values: unknown = row?.['values'];
      const times: unknown = row?.['timestamps'];
      if (labels === null || !Array.isArray(values) || !Array.isArray(times))
        return out.reject(line, 'expected an object with "metric", "values" and "timestamps"', text);
      if (values.length !== times.length) return out.reject(line, `${values.length} values but ${times.length} timestamps`, text);
      const target = series.find({ labels }, { line, text });
      if (target === null) return;
      for (const [index, value] of (values as readonly unknown[]).entries()) {
        // a parse boundary: JSON
        const time: unknown = times[index];
        if (typeof value === 'number' && typeof time === 'number' && Number.isFinite(time)) series.book.add(target, time / 1000, value, { line, text });
      }
    },
  });
}
