import { parseDecimal, present, type Values } from '../text/index.ts';
import { numberAfter } from './fields.ts';
import type { LogReader, LogSink } from './reader.ts';

/** A bar without a title: `  10%|█  | 100/1000 [01:40<15:00,  1.00it/s]`. */
const BAR = /^\s*(\d+)%\|[^|]*\| ?([\d,]+)\/([\d,]+) \[(?:(\d+):)?(\d+):(\d\d)<[^,\]]*, +([\d.]+)(it\/s|s\/it)/;
const DICT = /\{'[a-z_]+(?:\/[a-z_]+)*': .*\}/;
const PAIR = /'([\w/]+)': '?(-?[\d.]+(?:e[+-]?\d+)?)'?/gi;

interface Bar {
  readonly done: number;
  readonly total: number;
  readonly elapsed: number;
  readonly stepTime: number;
}

/**
 * Hugging Face's Trainer (and TRL, axolotl, LLaMA-Factory, which are built on it): the dictionaries that it logs, and its progress bar.
 * Evaluation draws the same bar: only bars with as many steps as the training are taken, and of several ranks the first that comes.
 */
export const hfTrainerLog: LogReader = {
  id: 'transformers',
  hint: /\{'|\d%\||Running training|Total optimization steps = |trainable params: /,
  sign: /\{'(?:loss|train_runtime)': |\*{5} Running training \*{5}|trainable params: [\d,]+ \|\| all params/,
  open: openHfTrainer,
};

function openHfTrainer(sink: LogSink): (line: string) => boolean {
  const trainer = sink.entity('transformers');
  let total: number | null = null;
  let bar: Bar | null = null;
  let shown: Bar | null = null; // the last bar that was taken

  const begin = () => {
    sink.fact(trainer, 'trainer', 'transformers');
  };
  const dictionary = (line: string): boolean => {
    const values = valuesOf(line);
    if (Object.keys(values).length === 0) return false;
    begin();
    if (total === null && values['engine.trainLoss'] !== undefined && bar !== null) total = bar.total;
    const own = bar !== null && bar.total === total ? bar : null;
    sink.reading(trainer, { ...values, ...(own === null ? {} : { 'engine.trainSteps': own.done }) }, own === null ? {} : { elapsed: own.elapsed });
    return true;
  };

  return (line) => {
    const next = barOf(line);
    if (next !== null) {
      bar = next;
      const old = shown !== null && (next.done <= shown.done || next.elapsed === shown.elapsed);
      if (next.total !== total || old) return true;
      shown = next;
      begin();
      sink.reading(trainer, { 'engine.trainSteps': next.done, 'engine.trainStepTime': next.stepTime }, { elapsed: next.elapsed });
      return true;
    }
    if (DICT.test(line)) return dictionary(line);
    const steps = numberAfter(line, 'Total optimization steps = ');
    if (steps !== null) {
      total = steps;
      shown = null;
      sink.begins();
      begin();
      sink.fact(trainer, 'workload', 'training');
      return true;
    }
    if (line.includes('Running training')) {
      sink.begins();
      return true;
    }
    const trainable = /trainable params: ([\d,]+) \|\| all params: ([\d,]+)/.exec(line);
    if (trainable === null) return false;
    begin();
    sink.fact(trainer, 'workload', trainable[1] === trainable[2] ? 'training' : 'LoRA fine-tuning');
    return true;
  };
}

function valuesOf(line: string): Values {
  const pairs = new Map<string, number | null>();
  for (const [, name = '', text = ''] of line.matchAll(PAIR)) pairs.set(name, parseDecimal(text));
  const of = (name: string): number | null => pairs.get(name) ?? null;
  const perSecond = of('train_steps_per_second');
  return present({
    'engine.trainLoss': of('loss'),
    'engine.trainTokens': of('num_input_tokens_seen') ?? of('num_tokens'),
    'engine.trainTokenRate': of('train_tokens_per_second'),
    'engine.trainStepTime': perSecond === null || perSecond <= 0 ? null : 1 / perSecond,
  });
}

function barOf(line: string): Bar | null {
  const match = BAR.exec(line);
  if (match === null) return null;
  const [, , done = '', total = '', hours, minutes = '', seconds = '', speed = '', unit] = match;
  const rate = Number.parseFloat(speed);
  if (!(rate > 0)) return null;
  const elapsed = (hours === undefined ? 0 : count(hours) * 3600) + count(minutes) * 60 + count(seconds);
  return { done: count(done), total: count(total), elapsed, stepTime: unit === 's/it' ? rate : 1 / rate };
}

function count(digits: string): number {
  return Number.parseInt(digits.replaceAll(',', ''), 10);
}
