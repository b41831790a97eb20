import type { Collector, ParseContext, Session } from '../collector/index.ts';
import { parseValue } from '../prometheus/index.ts';
import { labelsOf, parseObject } from './json.ts';
import { jsonSession } from './json-session.ts';

/**
 * Answers of the Prometheus query API, `query` (a vector) and `query_range` (a matrix), saved by curl; several one after the other
 * too. A series with a `__name__` has raw values. One without is the result of a function or of arithmetic, and is refused.
 */
export const prometheusJson: Collector = {
  id: 'prometheus-json',
  title: 'Prometheus query result (JSON)',
  entities: ['gpu', 'host', 'engine', 'process'],
  sniff(head) {
    return /^\s*\{/.test(head) && /"resultType"\s*:\s*"(matrix|vector|scalar)"/.test(head)
      ? 0.95
      : /^\s*\{\s*"status"\s*:\s*"(success|error)"/.test(head)
        ? 0.7
        : 0;
  },
  open: openPrometheusJson,
};

function openPrometheusJson(context: ParseContext): Session {
  return jsonSession(context, {
    arrays: ['result'],
    error: 'error',
    element(text, { series, out, key, line }) {
      if (key === '') return; // a whole document without results: an error, or an empty answer
      const row = parseObject(text);
      if (row === null) return out.reject(line, 'an element of "result" is no JSON object', text);
      const labels = labelsOf(row['metric']);
      if (labels === null) return out.reject(line, 'expected "metric" with labels', text);
      const target = series.find({ labels }, { line, text });
      if (target === null) return;
      const pairs: readonly unknown[] = Array.isArray(row['values']) ? row['values'] : [row['value']];
      for (const pair of pairs) {
        const sample = sampleOf(pair);
        if (sample === null) return out.reject(line, 'expected samples as [seconds, "value"]', JSON.stringify(pair) ?? '');
        series.book.add(target, sample.at, sample.value, { line, text });
      }
    },
  });
}

function sampleOf(pair: unknown): { at: number; value: number } | null {
  if (!Array.isArray(pair)) return null;
  const [at, text] = pair as readonly unknown[]; // a parse boundary: JSON
  if (typeof at !== 'number' || !Number.isFinite(at) || typeof text !== 'string') return null;
  const value = parseValue(text);
  return value === null ? null : { at, value };
}
