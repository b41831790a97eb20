import { formatDuration, formatValue, type Statement, own } from '../../core/readings/index.ts';
import type { Collector, Session } from '../collector/index.ts';
import { output } from '../text/index.ts';
import { figure, numberOf, resultCollector, type ResultReader, sentence } from './kit/index.ts';

/** Quantities of a result by the names of the printed block and of the JSON, vLLM's and SGLang's. */
const FIELDS: Readonly<Record<string, string>> = {
  'Successful requests': 'completed',
  'Failed requests': 'failed',
  'Benchmark duration (s)': 'duration',
  'Total input tokens': 'total_input_tokens',
  'Total generated tokens': 'total_output_tokens',
  'Traffic request rate': 'request_rate',
  'Request rate configured (RPS)': 'request_rate',
  'Max request concurrency': 'max_concurrency',
  'Maximum request concurrency': 'max_concurrency',
  'Request throughput (req/s)': 'request_throughput',
  'Input token throughput (tok/s)': 'input_throughput',
  'Output token throughput (tok/s)': 'output_throughput',
  'Peak output token throughput (tok/s)': 'max_output_tokens_per_s',
  'Total Token throughput (tok/s)': 'total_token_throughput',
  'Total token throughput (tok/s)': 'total_token_throughput',
  Concurrency: 'concurrency',
  Backend: 'backend',
};
const NUMBERS: ReadonlySet<string> = new Set(Object.values(FIELDS));
const LATENCY = /^(Mean|Median|P\d{1,2}(?:\.\d{1,2})?) (TTFT|TPOT|ITL|E2EL|E2E Latency) \(ms\)$/;
const LATENCY_KEY = /^(mean|median|p\d{1,2}(?:\.\d{1,2})?)_(ttft|tpot|itl|e2el|e2e_latency)_ms$/;
const SERIES = [
  ['ttft', 'Time to the first token', 'timeToFirstToken'],
  ['tpot', 'Time per output token after it', 'timePerOutputToken'],
  ['itl', 'Between two tokens', 'interTokenLatency'],
  ['e2el', 'A whole request', 'requestLatency'],
] as const;
const MOST = 50;
/** What `vllm bench throughput` prints. */
const ONE_LINE = /^Throughput: (\d[\d.]{0,20}) requests\/s, (\d[\d.]{0,20}) (?:total )?tokens\/s(?:, (\d[\d.]{0,20}) output tokens\/s)?$/;

/** What a block or an object holds, by the JSON's names; latencies as `ttft.mean`, milliseconds. */
type Result = Map<string, string>;

/** The block that `vllm bench serve` and SGLang's `bench_serving` print at their end. */
export const servingBench = resultCollector({
  id: 'serving-bench',
  title: 'Result of a serving benchmark (vLLM, SGLang)',
  sniff: (head) =>
    (/^=+ (?:Serving|Offline Throughput) Benchmark Result =+\s*$/m.test(head) && /^Request throughput \(req\/s\):/m.test(head)) ||
    head.split('\n', 2_000).some((line) => ONE_LINE.test(line))
      ? 0.7
      : 0,
  open: openServingBench,
});

/** Reads the blocks wherever they stand; a line of equals signs ends one. */
export function openServingBench(): ResultReader {
  const told: Statement[] = [];
  let open: Result | null = null;
  const close = (): void => {
    if (open !== null && told.length < MOST) told.push(...statementOf(open));
    open = null;
  };
  return {
    line(text) {
      if (text.startsWith('=')) {
        close();
        if (/^=+ (?:Serving|Offline Throughput) Benchmark Result =+$/.test(text.trimEnd())) open = new Map();
        return;
      }
      const line = ONE_LINE.exec(text);
      if (line !== null && told.length < MOST) {
        const [, perSecond = '', all = '', output_ = ''] = line;
        told.push(
          ...statementOf(
            new Map([
              ['request_throughput', perSecond],
              ['total_token_throughput', all],
              ['output_throughput', output_],
              ['offline', 'yes'],
            ]),
          ),
        );
        return;
      }
      const colon = text.indexOf(':');
      if (open === null || colon < 0) return;
      const name = text.slice(0, colon).trim();
      const latency = LATENCY.exec(name);
      const key = latency === null ? own(FIELDS, name) : `${seriesOf(latency[2] ?? '')}.${(latency[1] ?? '').toLowerCase()}`;
      if (key !== undefined) open.set(key, text.slice(colon + 1).trim());
      if (name === 'Total generated tokens (retokenized)' && !open.has('backend')) open.set('backend', 'sglang');
    },
    statements() {
      close();
      return told;
    },
  };
}

/** Of a long JSON the start and the end are looked at: between them stand the lengths and times of single requests. Characters. */
const START = 512 * 1024;
const END = 256 * 1024;
const MEMBER = /"([A-Za-z0-9_.]{3,40})"\s{0,20}:\s{0,20}(?:"([^"\\]{0,300})"|(-?\d[\d.eE+-]{0,30}))/g;

/** The same results saved: `--save-result` of vLLM, `--output-file` of SGLang (an object a line). */
export const servingBenchJson: Collector = {
  id: 'serving-bench-json',
  title: 'Saved result of a serving benchmark (vLLM, SGLang)',
  entities: [],
  sniff: (head) =>
    /^\s{0,100}\{/.test(head) && /"request_throughput"\s*:/.test(head) && /"completed"\s*:/.test(head) && /"total_input_tokens"\s*:/.test(head) ? 0.95 : 0,
  open: openJson,
};

function openJson(): Session {
  const out = output('ordinal');
  let start = '';
  let end = '';
  return {
    feed(text) {
      const room = START - start.length;
      start += text.slice(0, room);
      if (text.length > room) end = (end + text.slice(room)).slice(-END);
      return out.take();
    },
    end() {
      for (const result of resultsOf(start + end).slice(0, MOST)) for (const one of statementOf(result)) out.statement(one);
      return out.last();
    },
  };
}

/** One result for each object: SGLang writes one a line. */
function resultsOf(text: string): Result[] {
  return text.split(/\n(?=\{)/).map((object) => {
    const result: Result = new Map();
    for (const [, name = '', words, number] of object.matchAll(MEMBER)) {
      const latency = LATENCY_KEY.exec(name);
      const key = latency === null ? (NUMBERS.has(name) || name === 'model_id' ? name : undefined) : `${seriesOf(latency[2] ?? '')}.${latency[1] ?? ''}`;
      const value = words ?? number;
      if (key !== undefined && value !== undefined && !result.has(key)) result.set(key, value);
    }
    return result;
  });
}

function seriesOf(name: string): string {
  const lower = name.toLowerCase();
  return lower.startsWith('e2e') ? 'e2el' : lower;
}

function statementOf(result: Result): Statement[] {
  const number = (key: string): number | null => numberOf(result.get(key) ?? '');
  const out = number('output_throughput');
  const requests = number('request_throughput');
  if (out === null && requests === null) return [];
  const backend = result.get('backend') ?? '';
  const model = result.get('model_id')?.split('/').at(-1);
  const [completed, failed, duration] = [number('completed'), number('failed'), number('duration')];
  const [input, generated, total] = [number('total_input_tokens'), number('total_output_tokens'), number('total_token_throughput')];
  const limit = number('max_concurrency');
  const burst = result.get('request_rate') === 'inf' && limit === null;
  return [
    {
      tool: result.has('offline')
        ? 'the result of vllm bench throughput'
        : /^sglang/.test(backend)
          ? 'the result of SGLang’s bench_serving'
          : 'the result of a serving benchmark (vllm bench serve)',
      says: [
        ...sentence([
          completed === null
            ? null
            : `${model === undefined ? '' : `${model}: `}${completed} requests answered${duration === null ? '' : ` in ${formatDuration(duration)}`}`,
          failed === null || failed === 0 ? null : `${failed} failed`,
          limit === null ? null : `at most ${limit} at once`,
        ]),
        ...sentence([
          requests === null ? null : `${formatValue(requests, '1/s').replace(' /s', ' requests/s')}`,
          out === null ? null : `${formatValue(out, 'tokens/s')} generated`,
          total === null ? null : `${formatValue(total, 'tokens/s')} with the prompts`,
          input === null || generated === null ? null : `${input} tokens in and ${generated} out`,
        ]),
        ...SERIES.flatMap(([key, label]) => latencyLine(result, key, label)),
        ...(burst ? ['All requests were sent at once: the time to the first token is mostly their wait in the queue.'] : []),
        result.has('offline')
          ? 'All prompts were given at once, without a server: what limited the engine is not in it.'
          : 'It is the client’s view: what limited the server is not in it.',
      ],
      figures: [
        ...figure('requests', completed, 'count'),
        ...figure('duration', duration, 'seconds'),
        ...figure('requestThroughput', requests, '1/s'),
        ...figure('outputThroughput', out, 'tokens/s'),
        ...figure('totalThroughput', total, 'tokens/s'),
        ...figure('concurrency', number('concurrency'), 'count'),
        ...SERIES.flatMap(([key, , name]) => statsOf(result, key).flatMap(({ stat, seconds }) => figure(`${name}.${stat}`, seconds, 'seconds'))),
      ],
      instead:
        'record the server while the benchmark runs, with “headroom-record --out run1 http://localhost:8000/metrics” on its node, and diagnose that folder.',
    },
  ];
}

function statsOf(result: Result, key: string): { stat: string; seconds: number }[] {
  return [...result].flatMap(([name, text]) => {
    const value = name.startsWith(`${key}.`) ? numberOf(text) : null;
    return value === null ? [] : [{ stat: name.slice(key.length + 1), seconds: value / 1000 }];
  });
}

function latencyLine(result: Result, key: string, label: string): string[] {
  const stats = statsOf(result, key);
  // An answer of one token has no second: zeros are what is printed then.
  if (stats.length === 0 || stats.every(({ seconds }) => seconds === 0)) return [];
  return [`${label}: ${stats.map(({ stat, seconds }) => `${stat.startsWith('p') ? stat.toUpperCase() : stat} ${formatDuration(seconds)}`).join(', ')}.`];
}
