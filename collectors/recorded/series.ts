import type { ParseContext } from '../collector/index.ts';
import { asRates, type Book, isKnownName, type Labels, openBook, parseLabels, type Place, type Target } from '../prometheus/index.ts';
import type { Output } from '../text/index.ts';
import { readExpression } from './expression.ts';

/** What is known of a recorded series before its values are read. */
interface Described {
  readonly labels: Labels;
  /** The query that made it, where the form carries it. */
  readonly query?: string | undefined;
  /** Names that the form gives it, best first: `name{labels}`, a bare name, a legend. */
  readonly names?: readonly string[];
}

/** Finds the target of recorded series, and says once per series why one has none. */
export interface RecordedSeries {
  readonly book: Book;
  find(series: Described, place: Place): Target | null;
  /** At the end: says so where no series at all was known. */
  end(line: number): void;
}

/** Names that carry no node or endpoint take those of the context; faults and the book’s readings go to `out`. */
export function openSeries(out: Output, context: ParseContext): RecordedSeries {
  const book = openBook(out);
  let seen = 0;
  let known = 0;
  let refused = 0;

  return {
    book,
    find(series, place) {
      seen += 1;
      const named = nameOf(series);
      if (typeof named === 'string') {
        refused += 1;
        out.reject(place.line, named, place.text);
        return null;
      }
      const target = book.open(named.name, named.labels, context);
      if (target === null) {
        if (isKnownName(named.name)) {
          refused += 1;
          out.reject(place.line, `${named.name}: its labels name no GPU, host or engine that it belongs to`, place.text);
        }
        return null;
      }
      known += 1;
      if (!named.rate) return target;
      const rates = asRates(target);
      if (typeof rates !== 'string') return rates;
      refused += 1;
      out.reject(place.line, rates, place.text);
      return null;
    },
    end(line) {
      if (seen > 0 && known === 0 && refused === 0) {
        out.reject(
          line,
          `none of the ${seen} series is in Headroom's tables: they know DCGM, node_exporter, nvidia_gpu_exporter, vLLM, SGLang, TGI, llama.cpp, Triton and LMCache`,
          '',
        );
      }
    },
  };
}

interface Named {
  readonly name: string;
  readonly labels: Labels;
  readonly rate: boolean;
}

/**
 * The query says most: a `rate(…)` drops the name from the labels, and only the query still has it. A `__name__` in the labels means
 * raw values, since functions and arithmetic drop it (unless VictoriaMetrics was told to keep it). With neither, the names that the
 * form gives are tried, as series or as expressions.
 */
function nameOf({ labels, query, names = [] }: Described): Named | string {
  const own = labels.get('__name__');
  if (query !== undefined) {
    const read = readExpression(query);
    if (typeof read !== 'string') return { name: own ?? read.name, labels: new Map([...read.labels, ...labels]), rate: read.rate };
    if (own !== undefined && !query.includes('keep_metric_names')) return { name: own, labels, rate: false };
    return `the query is ${quoted(query)}: ${read} changes what the values mean; export the metric itself or its rate`;
  }
  if (own !== undefined) return { name: own, labels, rate: false };
  for (const name of names) {
    const read = readLegend(name);
    if (read !== null) return { ...read, labels: new Map([...read.labels, ...labels]) };
  }
  const shown = names[0] ?? [...labels].map(([label, value]) => `${label}="${value}"`).join(', ');
  return `no metric is named (${quoted(shown)}): these may be raw values or a rate, of anything; export them with the query or with legends that hold the name`;
}

/** A legend that names its metric: `name{labels}`, `{__name__="name",…}`, a known bare name, or an expression. */
export function readLegend(legend: string): Named | null {
  const text = legend.trim();
  if (text.startsWith('{') && text.endsWith('}')) {
    const labels = parseLabels(text.slice(1, -1))?.labels;
    const name = labels?.get('__name__');
    return labels === undefined || name === undefined ? null : { name, labels, rate: false };
  }
  const read = readExpression(text);
  if (typeof read === 'string') return null;
  const bare = read.labels.size === 0 && !read.rate && !text.includes('{');
  return bare && !isKnownName(read.name) ? null : { name: read.name, labels: read.labels, rate: read.rate };
}

function quoted(text: string): string {
  return `"${text.length > 80 ? `${text.slice(0, 77)}…` : text}"`;
}
