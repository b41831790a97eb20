import { detectGpu, GPUS } from '../../core/knowledge/index.ts';
import { formatPercent, formatValue, type Statement, type StatementFigure } from '../../core/readings/index.ts';
import { isJsonList, isJsonObject, type Json, parseLooseJson, quantity, splitCsv } from '../text/index.ts';
import { figure, numberOf, resultCollector, type ResultReader, sentence } from './kit/index.ts';

const MOST = 100;
/** A JSON result is as long as its tests are many. Characters. */
const LONGEST_JSON = 512 * 1024;

interface Test {
  readonly model: string;
  /** Bytes of the weights; null where they are not printed. */
  readonly size: number | null;
  readonly backend: string;
  /** `pp512`, `tg128`, `pp512+tg128`, `tg128 @ d4096`. */
  readonly test: string;
  readonly rate: number;
  readonly gpu: string | null;
  readonly layersOnGpu: number | null;
}

/** The table of `llama-bench` (-o md, csv, json and jsonl): tokens/s of prompts (pp) and of generation (tg), one request. */
export const llamaBench = resultCollector({
  id: 'llama-bench',
  title: 'llama-bench (llama.cpp)',
  sniff(head) {
    if (head.split('\n', 400).some((line) => isTable(cellsOf(line.slice(0, 1_000))))) return 0.95;
    if (head.split('\n').some((line) => /^"?build_commit"?,/.test(line) && line.slice(0, 3_000).includes('avg_ts'))) return 0.95;
    return /"build_commit"\s*:/.test(head) && /"avg_ts"\s*:/.test(head) && /"n_gen"\s*:/.test(head) ? 0.95 : 0;
  },
  open: openLlamaBench,
});

/** Reads the tests of llama-bench wherever they stand. */
export function openLlamaBench(): ResultReader {
  const tests: Test[] = [];
  let device: string | null = null;
  let columns: readonly string[] = [];
  let isCsv = false;
  let json = '';
  const add = (test: Test | null): void => {
    if (test !== null && tests.length < MOST) tests.push(test);
  };
  return {
    line(text) {
      const found = text.includes('Device 0: ') ? /^\s*Device 0: (.{1,80}?), compute capability/.exec(text.slice(0, 200))?.[1] : undefined;
      if (found !== undefined) device = found;
      const cells = cellsOf(text);
      if (isTable(cells)) [columns, isCsv] = [cells, false];
      else if (columns.length > 0 && !isCsv && cells.length === columns.length) add(fromTable(columns, cells, device));
      else if (/^"?build_commit"?,/.test(text)) [columns, isCsv] = [splitCsv(text), true];
      else if (columns.length > 0 && isCsv) add(fromRecord((key) => splitCsv(text)[columns.indexOf(key)]));
      else if (json !== '' || startsJson(text)) json = json.length < LONGEST_JSON ? `${json}${text}\n` : json;
    },
    statements() {
      for (const record of recordsOf(json)) add(fromRecord((key) => textOf(record[key])));
      return tests.length === 0 ? [] : [statementOf(tests)];
    },
  };
}

/** A list or an object of its own lines, or an object on one line; a log's `[rank0]` is neither. */
const startsJson = (text: string): boolean => /^\s*(?:\[|\{|\[\s*\{)\s*$/.test(text) || (/^\s*[[{]/.test(text) && text.includes('"build_commit"'));

const cellsOf = (text: string): string[] =>
  text.includes('|') && text.trimStart().startsWith('|')
    ? text
        .trim()
        .replace(/^\||\|$/g, '')
        .split('|')
        .map((cell) => cell.trim())
    : [];
const isTable = (cells: readonly string[]): boolean => cells[0] === 'model' && cells.includes('test') && cells.includes('t/s') && cells.includes('size');

function fromTable(columns: readonly string[], cells: readonly string[], gpu: string | null): Test | null {
  const cell = (name: string): string => cells[columns.indexOf(name)] ?? '';
  const rate = numberOf(cell('t/s').split('±')[0]?.trim() ?? '');
  const size = quantity(cell('size'), 'B');
  if (rate === null || !/^(?:pp|tg)\d/.test(cell('test'))) return null;
  return {
    model: cell('model'),
    size: typeof size === 'number' ? size : null,
    backend: cell('backend'),
    test: cell('test'),
    rate,
    gpu,
    layersOnGpu: columns.includes('ngl') ? numberOf(cell('ngl')) : null,
  };
}

/** A row of the CSV or an object of the JSON. */
function fromRecord(value: (key: string) => string | undefined): Test | null {
  const number = (key: string): number | null => numberOf(value(key) ?? '');
  const rate = number('avg_ts');
  const [prompt, generated, depth] = [number('n_prompt'), number('n_gen'), number('n_depth')];
  if (rate === null || prompt === null || generated === null) return null;
  const test = [prompt > 0 ? `pp${prompt}` : null, generated > 0 ? `tg${generated}` : null].filter((part) => part !== null).join('+');
  return {
    model: value('model_type') ?? '',
    size: number('model_size'),
    backend: value('backends') ?? '',
    test: depth === null || depth === 0 ? test : `${test} @ d${depth}`,
    rate,
    gpu: value('gpu_info') ?? null,
    layersOnGpu: number('n_gpu_layers'),
  };
}

function recordsOf(json: string): { readonly [key: string]: Json }[] {
  if (json === '') return [];
  const whole = parseLooseJson(json);
  if (isJsonList(whole)) return whole.filter((one) => isJsonObject(one));
  if (isJsonObject(whole)) return [whole];
  return json.split('\n').flatMap((line) => {
    const one = parseLooseJson(line);
    return isJsonObject(one) ? [one] : [];
  });
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
}

function statementOf(tests: readonly Test[]): Statement {
  const gpu = tests.find((test) => test.gpu !== null && test.gpu !== '')?.gpu ?? null;
  const reading = tests.filter((test) => /^tg\d+$/.test(test.test)).flatMap((test) => readingOf(test) ?? []);
  return {
    tool: 'llama-bench’s result (llama.cpp)',
    says: [
      ...(gpu === null ? [] : [`On ${gpu}.`]),
      ...tests.flatMap(({ model, test, rate }) => sentence([`${model}, ${wordsOf(test)} ${formatValue(rate, 'tokens/s')}`])),
      ...reading.map(({ text }) => text),
      'One request at a time: a server that batches generates many times as many tokens/s on the same card.',
    ],
    figures: [...tests.flatMap(figuresOf), ...reading.flatMap(({ figures }) => figures)],
    instead:
      'record “nvidia-smi dmon -s pucvmet -o T > dmon.txt” beside llama-bench or llama-server, and name the GPU type and the model, to see how near the card’s limits it comes.',
  };
}

function wordsOf(test: string): string {
  const [work = '', depth] = test.split(' @ ');
  const kind = work.startsWith('pp') ? (work.includes('+') ? 'prompt and generation' : 'prompt') : 'generation';
  return `${kind} (${work}${depth === undefined ? '' : ` after ${depth.slice(1)} tokens`})`;
}

function figuresOf({ test, rate }: Test): StatementFigure[] {
  const kind = test.startsWith('pp') ? (test.includes('+') ? 'mixedRate' : 'promptRate') : 'generationRate';
  return figure(`${kind}.${test.replaceAll(' ', '')}`, rate, 'tokens/s');
}

/** Of a mixture of experts only the chosen experts are read for a token. */
const MIXTURE = /moe|mixtral|\dx\d|\.A\d/i;

/** Each generated token reads the weights once: their size times the rate is what the memory delivered, at most. */
function readingOf({ model, size, rate, gpu, backend, layersOnGpu }: Test): { text: string; figures: StatementFigure[] } | null {
  if (size === null || MIXTURE.test(model)) return null;
  const bytes = size * rate;
  const id = gpu === null ? null : detectGpu(gpu);
  const onGpu = /CUDA/i.test(backend) && (layersOnGpu === null || layersOnGpu >= 99 || layersOnGpu < 0);
  const peak = id === null || !onGpu ? null : GPUS[id].bandwidth;
  // Above the peak not all of the weights were read for each token: then the product is nothing that happened.
  if (peak !== null && bytes > peak) {
    return {
      text: 'Its rate times the size of the weights is more than this card’s memory can deliver: not all of them were read for each token.',
      figures: [],
    };
  }
  return {
    text:
      `Generating reads the weights once per token: ${(size / 1024 ** 3).toFixed(2)} GiB × ${formatValue(rate, 'tokens/s')} = ${formatValue(bytes, 'bytes/s')} of memory bandwidth as an upper bound ` +
      `(the input embedding is looked up, not read whole)${peak === null ? '' : `, ${formatPercent(bytes / peak)} of this card’s ${formatValue(peak, 'bytes/s')}`}.`,
    figures: [...figure('weightBandwidth', bytes, 'bytes/s'), ...figure('weightBandwidthShare', peak === null ? null : bytes / peak, 'ratio')],
  };
}
