import { parseDecimal, present, type Values } from '../text/index.ts';

/** What a Hugging Face Trainer logs of its last steps, with the time and the step where it names them (swift, LLaMA-Factory). */
export interface Dictionary {
  readonly values: Values;
  /** Seconds since the training began. */
  readonly elapsed: number | null;
  readonly step: number | null;
  /**
   * Its rates are of the whole run until now: `train_tokens_per_second` a mean that holds its slow beginning, `train_steps_per_second`
   * at the end the steps that were planned, too many for a run that stopped early or was taken up again.
   */
  readonly ofWholeRun: boolean;
}

/** Characters of a dictionary that are read. */
const LONGEST = 8_192;
/** `'loss': 0.44`, `'loss': '0.44'`, `"loss": 0.44`. */
const PAIR = /['"]([a-z][\w/().@%-]{0,60})['"]: ?(?:'([^']{0,60})'|"([^"]{0,60})"|(-?[\d.]{1,30}(?:e[+-]?\d{1,4})?))/gi;
/** A key that the Trainer logs with each of its dictionaries, or at its end. Evaluation's have names of their own. */
const TRAINS = /['"](?:loss|train_loss|train_runtime|num_input_tokens_seen)['"]: /;

/** The first dictionary of a training in a text; null where there is none. */
export function dictionaryIn(text: string): Dictionary | null {
  const at = text.search(/\{['"]/);
  if (at < 0) return null;
  const body = text.slice(at, at + LONGEST);
  if (!TRAINS.test(body)) return null;
  const pairs = new Map<string, string>();
  for (const [, name = '', single, double, bare] of body.matchAll(PAIR)) pairs.set(name, single ?? double ?? bare ?? '');
  const values = valuesOf((...names) => numberOf(pairs, names));
  const elapsed = durationOf(pairs.get('elapsed_time') ?? '');
  const step = numberOf(pairs, ['current_steps']) ?? parseDecimal(/^(\d{1,12})\/\d/.exec(pairs.get('global_step/max_steps') ?? '')?.[1] ?? '');
  return Object.keys(values).length === 0 ? null : { values, elapsed, step, ofWholeRun: pairs.has('train_runtime') };
}

function valuesOf(of: (...names: readonly string[]) => number | null): Values {
  const perSecond = of('train_steps_per_second') ?? of('train_speed(iter/s)');
  return present({
    'engine.trainLoss': of('loss'),
    'engine.trainTokens': of('num_input_tokens_seen', 'num_tokens', 'tokens/total', 'total_tokens'),
    'engine.trainTokenRate': of('train_tokens_per_second', 'throughput'),
    'engine.trainTokenRatePerGpu': of('tokens_per_second_per_gpu', 'tokens/train_per_sec_per_gpu'),
    'engine.trainStepTime': of('train_speed(s/it)', 'step_time') ?? (perSecond === null || perSecond <= 0 ? null : 1 / perSecond),
  });
}

function numberOf(pairs: ReadonlyMap<string, string>, names: readonly string[]): number | null {
  for (const name of names) {
    const value = parseDecimal(pairs.get(name)?.trim() ?? '');
    if (value !== null) return value;
  }
  return null;
}

/** Seconds of `1m 8s`, `2h 3m 4s`, `0:03:39`, `1 day, 2:03:04`; null for any other text. */
function durationOf(text: string): number | null {
  const clock = /^(?:(\d{1,6}) days?, )?(\d{1,6}):(\d\d):(\d\d)$/.exec(text);
  if (clock !== null) return whole(clock[1]) * 86_400 + whole(clock[2]) * 3600 + whole(clock[3]) * 60 + whole(clock[4]);
  const words = /^(?:(\d{1,6})d ?)?(?:(\d{1,6})h ?)?(?:(\d{1,6})m ?)?(?:(\d{1,6})s)?$/.exec(text.trim());
  if (words === null || text.trim() === '') return null;
  return whole(words[1]) * 86_400 + whole(words[2]) * 3600 + whole(words[3]) * 60 + whole(words[4]);
}

/** A part of a duration that is left out is none of it. */
function whole(digits: string | undefined): number {
  return digits === undefined ? 0 : Number.parseInt(digits, 10);
}
