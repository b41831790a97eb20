import { formatDuration, formatValue, type Statement, own } from '../../core/readings/index.ts';
import { figure, numberOf, resultCollector, type ResultReader, sentence } from './kit/index.ts';

const FIELD = /^(total duration|load duration|prompt eval count|prompt eval duration|prompt eval rate|eval count|eval duration|eval rate): +(\S.*)$/;
/** Fewer generated tokens make a rate of a moment. */
const FEW = 64;
const MOST = 20;

/** `ollama run --verbose`: how fast one request went. */
export const ollama = resultCollector({
  id: 'ollama',
  title: 'ollama run --verbose',
  sniff: (head) => (/^eval rate: +[\d.]+ tokens\/s/m.test(head) && /^(?:eval duration|total duration): /m.test(head) ? 0.7 : 0),
  open: openOllama,
});

/** Reads the blocks of ollama's --verbose wherever they stand; `eval rate` is a block's last line. */
export function openOllama(): ResultReader {
  const told: Statement[] = [];
  let fields = new Map<string, string>();
  return {
    line(text) {
      const match = FIELD.exec(text.trimEnd());
      if (match === null) return;
      const [, name = '', value = ''] = match;
      if (name === 'total duration') fields = new Map();
      fields.set(name, value);
      if (name !== 'eval rate') return;
      if (told.length < MOST) told.push(...statementOf(fields));
      fields = new Map();
    },
    statements: () => told,
  };
}

function statementOf(fields: ReadonlyMap<string, string>): Statement[] {
  const number = (name: string): number | null => numberOf(/^([\d.]+) ?(?:token\(s\)|tokens\/s)$/.exec(fields.get(name) ?? '')?.[1] ?? '');
  const seconds = (name: string): number | null => goDuration(fields.get(name) ?? '');
  const generation = number('eval rate');
  if (generation === null) return [];
  const prompt = number('prompt eval rate');
  const tokens = { prompt: number('prompt eval count'), generated: number('eval count') };
  const [promptTime, time, load] = [seconds('prompt eval duration'), seconds('eval duration'), seconds('load duration')];
  const part = (count: number | null, took: number | null): string => (count === null || took === null ? '' : ` (${count} tokens in ${formatDuration(took)})`);
  return [
    {
      tool: 'ollama’s --verbose timing of one request',
      says: [
        ...sentence([prompt === null ? null : `Prompt ${formatValue(prompt, 'tokens/s')}${part(tokens.prompt, promptTime)}`]),
        ...sentence([`Generation ${formatValue(generation, 'tokens/s')}${part(tokens.generated, time)}`]),
        ...sentence([load === null || load < 1 ? null : `Loading the model took ${formatDuration(load)} of it`]),
        ...(tokens.generated !== null && tokens.generated < FEW
          ? [`${tokens.generated} generated tokens are few: the rate of a longer answer may differ.`]
          : []),
        'One request at a time leaves most of a GPU unused: each token reads all weights for a single answer.',
      ],
      figures: [
        ...figure('promptRate', prompt, 'tokens/s'),
        ...figure('generationRate', generation, 'tokens/s'),
        ...figure('promptTokens', tokens.prompt, 'count'),
        ...figure('generatedTokens', tokens.generated, 'count'),
        ...figure('promptTime', promptTime, 'seconds'),
        ...figure('generationTime', time, 'seconds'),
        ...figure('loadTime', load, 'seconds'),
      ],
      instead:
        '“ollama ps” says how much of the model is on the GPU; record “nvidia-smi dmon -s pucvmet -o T > dmon.txt” while a long answer is generated, and diagnose that.',
    },
  ];
}

const UNITS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 1e-3, µs: 1e-6, us: 1e-6, ns: 1e-9 };

/** A length of time as Go prints it, in seconds: `1m3.5s`, `847ms`, `11.114031ms`; null for any other text. */
function goDuration(text: string): number | null {
  let sum = 0;
  let read = 0;
  for (const [whole, amount = '', unit = ''] of text.slice(0, 60).matchAll(/(\d{1,15}(?:\.\d{1,12})?)(h|ms|m|s|µs|us|ns)/g)) {
    const value = numberOf(amount);
    const factor = own(UNITS, unit);
    if (value === null || factor === undefined) return null;
    sum += value * factor;
    read += whole.length;
  }
  return read > 0 && read === text.trim().length ? sum : null;
}
