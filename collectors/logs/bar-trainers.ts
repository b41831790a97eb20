import { present, type Values } from '../text/index.ts';
import { type Bar, barsIn, showsTraining } from './bar.ts';
import { type Dictionary, dictionaryIn } from './dictionary.ts';
import { numberAfter } from './fields.ts';
import type { LineReader, LineTime, LogReader, LogSink } from './reader.ts';

/** The programs whose steps a bar shows, by how much the bar says of them. */
export const BAR_TRAINERS = ['trainer', 'transformers', 'torchtune', 'lightning'] as const;

/** Dictionaries that wait for the first bar, which has their time; with more there is none. */
const WAITING = 2;

/** torchtune's title: `1|100|Loss: 0.9`, the epoch, the step of all epochs, the loss. */
const TORCHTUNE = /^\d{1,9}\|(\d{1,12})\|Loss: ?(-?[\d.]{1,20}(?:e[+-]?\d{1,3})?)/i;
const LOSSES = ['reduced_train_loss=', 'train_loss_step=', 'train_loss=', 'train/loss=', 'step_loss=', ' loss=', 'train_loss: '] as const;

/** The bar whose steps are told. */
interface Track {
  /** Its title without digits: an epoch's bar follows the one before. */
  readonly key: string;
  /** Steps of the bars before it. */
  readonly offset: number;
  readonly last: Bar;
}

/**
 * Trainers that draw a progress bar: Hugging Face's Trainer and what is built on it (TRL, axolotl, LLaMA-Factory, swift, Unsloth) with the
 * dictionaries that it logs, behind the bar or on lines of their own; Lightning and NeMo 1, torchtune, a loop over tqdm with a title.
 * Evaluation draws the same bar: of those without a title only the ones with as many steps as the training are taken. Of several ranks
 * and of nested bars one is told. The clock is the seconds that a bar shows.
 */
export const barTrainerLog: LogReader = {
  id: 'transformers',
  hint: /\{['"]|\d%[| ]| • |Running training|Total (?:optimization )?steps = |rainable param|ine-tuning method: |Trainable \[/,
  sign: /\{['"](?:loss|train_runtime|current_steps)['"]: |\*{5} Running training \*{5}|trainable params: [\d,]+ \|\| all params|\d\|Loss: ?[\d.]+: +\d+%\||(?:^|\W)(?:[Tt]rain(?:ing)?|Epoch)(?: \d+|:)[^%|]{0,60}: +\d+%\|/,
  open: openBars,
};

function openBars(sink: LogSink): LineReader {
  let total: number | null = null; // of the untitled bar that is the training's
  let untitled: Bar | null = null; // the last one without a title, whose ever it is
  let track: Track | null = null;
  let waiting: Values[] = [];

  const tell = (program: string, values: Values, time: LineTime): void => sink.trains(program, values, time);
  const flush = (): void => {
    for (const values of waiting) tell('transformers', values, {});
    waiting = [];
  };
  /** A dictionary on a line of its own, or behind a bar that was told before. */
  const dictionary = (said: Dictionary): void => {
    const { elapsed, step } = said;
    if (total === null && (said.ofWholeRun || said.values['engine.trainLoss'] !== undefined) && untitled !== null) total = untitled.total;
    const own = track !== null && (track.key !== '' || track.last.total === total) ? track : ownUntitled();
    // At a stamp of its own it stands above the bar that has its step: the one below it, not the one before.
    const steps = step ?? (own === null || sink.stamped() ? null : own.offset + own.last.done);
    const values = own === null ? said.values : besideBar(said);
    const at = elapsed ?? (own === null ? null : own.last.elapsed);
    if (at === null && waiting.length <= WAITING && untitled === null && !sink.stamped()) {
      waiting.push(values);
      if (waiting.length > WAITING) flush();
      return;
    }
    tell('transformers', { ...values, ...present({ 'engine.trainSteps': steps }) }, at === null ? {} : { elapsed: at });
  };
  const ownUntitled = (): Track | null => (untitled !== null && untitled.total === total ? { key: '', offset: 0, last: untitled } : null);

  const step = (bar: Bar, rest: string): void => {
    const behind = dictionaryIn(rest);
    if (bar.title === '') {
      untitled = bar;
      if (behind?.values['engine.trainLoss'] !== undefined) total = bar.total;
    }
    const training = showsTraining(bar) ?? bar.total === total;
    const next = training ? following(track, bar) : null;
    if (next === null) {
      if (behind !== null) dictionary(behind);
      return;
    }
    if (next.begins) sink.begins();
    track = next.track;
    if (bar.done === 0) return behind === null ? undefined : dictionary(behind);
    const held = waiting.pop() ?? {};
    waiting = [];
    const { program, values } = barValues(next.track, rest);
    tell(behind === null ? program : 'transformers', { ...held, ...values, ...(behind === null ? {} : besideBar(behind)) }, { elapsed: bar.elapsed });
  };

  const read: LineReader = (line) => {
    const found = barsIn(line);
    if (found !== null) {
      const before = dictionaryIn(found.before);
      if (before !== null) dictionary(before);
      for (const { bar, rest } of found.bars) step(bar, rest);
      return true;
    }
    const alone = dictionaryIn(line);
    if (alone !== null) {
      dictionary(alone);
      return true;
    }
    const steps = numberAfter(line, 'Total optimization steps = ') ?? numberAfter(line, 'Total steps = ');
    if (steps !== null) {
      total = steps;
      track = null;
      sink.begins();
      sink.trainer('transformers');
      return true;
    }
    if (line.includes('Running training')) {
      sink.begins();
      return true;
    }
    const lora = adapters(line);
    if (lora !== null) sink.fact(sink.trainer('transformers'), 'workload', lora ? 'LoRA fine-tuning' : 'training');
    return lora !== null;
  };
  return Object.assign(read, { end: flush });
}

/** What a dictionary says beside a bar, which counts the steps that were made; a counter of tokens goes before their mean since the beginning. */
function besideBar({ values, ofWholeRun }: Dictionary): Values {
  if (!ofWholeRun) return values;
  const { 'engine.trainStepTime': _planned, 'engine.trainTokenRate': rate, ...rest } = values;
  return { ...rest, ...(rest['engine.trainTokens'] === undefined ? present({ 'engine.trainTokenRate': rate ?? null }) : {}) };
}

/** The track with its next drawing; null for one that says nothing new: another rank's, a nested one's, the same second's. */
function following(track: Track | null, bar: Bar): { readonly track: Track; readonly begins: boolean } | null {
  const key = TORCHTUNE.test(bar.title) ? 'torchtune' : bar.title.replace(/[\d./()[\]]+/g, '').toLowerCase();
  const fresh = { track: { key, offset: 0, last: bar }, begins: bar.done === 0 };
  if (track === null) return fresh;
  const { last } = track;
  if (track.key !== key) return bar.total > last.total ? fresh : null; // of nested bars the one with the most steps
  // Without a new number in its title a bar that begins anew is another rank's, written after the first one's.
  if (numberIn(bar.title) > numberIn(last.title)) return { track: { key, offset: track.offset + last.done, last: bar }, begins: bar.done === 0 };
  return bar.done <= last.done || bar.elapsed === last.elapsed ? null : { track: { ...track, last: bar }, begins: false };
}

/** The first number of a title: its epoch. */
function numberIn(title: string): number {
  return Number.parseInt(/\d+/.exec(title)?.[0] ?? '', 10);
}

/** What a bar of a training says, with the numbers that stand behind its rate. */
function barValues({ offset, last }: Track, rest: string): { program: string; values: Values } {
  const [, global, loss] = TORCHTUNE.exec(last.title) ?? [];
  const program = global !== undefined ? 'torchtune' : last.title === '' ? 'transformers' : /\bepoch \d/i.test(last.title) ? 'lightning' : 'trainer';
  const behind = rest.slice(0, 1_000);
  const said = LOSSES.map((name) => numberAfter(behind, name)).find((value) => value !== null);
  return {
    program,
    values: present({
      'engine.trainSteps': global === undefined ? offset + last.done : Number.parseInt(global, 10),
      'engine.trainStepTime': numberAfter(behind, 'train_step_timing in s=') ?? last.each,
      'engine.trainLoss': loss === undefined ? (said ?? null) : finite(loss),
    }),
  };
}

function finite(text: string): number | null {
  const value = Number.parseFloat(text);
  return Number.isFinite(value) ? value : null;
}

/** Whether only adapters are trained, as peft, Unsloth, LLaMA-Factory and swift say it; null of any other line. */
function adapters(line: string): boolean | null {
  const params = /rainable param(?:s: |eters ?= ?)([\d,]+)(?: \|\| all params: |\/| of )([\d,]+)/.exec(line);
  if (params !== null) return params[1] !== params[2];
  const share = /Trainable \[(\d{1,3}(?:\.\d{1,6})?)%\]/.exec(line)?.[1];
  if (share !== undefined) return Number.parseFloat(share) < 100;
  const method = /ine-tuning method: (\w+)/.exec(line)?.[1];
  return method === undefined ? null : /lora/i.test(method);
}
