/** One drawing of a progress bar: tqdm's in any width, or Lightning's rich one. */
export interface Bar {
  /** What stands before the percentage: `Train`, `Epoch 0`, '' of a bar without a title. */
  readonly title: string;
  readonly done: number;
  readonly total: number;
  /** Seconds that the bar has run. */
  readonly elapsed: number;
  /** Seconds per piece as the bar prints them (smoothed over its last pieces); null where it prints none yet. */
  readonly each: number | null;
  /** What it counts: `it`, `examples`. */
  readonly unit: string;
}

/** A line of a log taken apart: what stands before its first bar, and each bar with what follows it up to the next one. */
export interface BarLine {
  readonly before: string;
  readonly bars: readonly { readonly bar: Bar; readonly rest: string }[];
}

/** `12%|███ | 120/1000 [01:40<13:20,  1.00it/s`; a narrow terminal loses the bar itself, an ASCII one draws it with #. */
const TQDM =
  /(?<!\d)\d{1,3}%(?:\|[^|]{0,400}\|)? {0,4}(\d[\d,]{0,15})\/(\d[\d,]{0,15}) {1,3}\[(?:(\d{1,6}):)?(\d{1,4}):(\d\d)<[\d:?]{1,16}, {0,4}(?:(\d{1,12}(?:\.\d{1,6})?|\?) ?(s\/[a-z]{1,20}|[a-z]{1,20}\/s))/gi;
/** Lightning's RichProgressBar: `Epoch 0/9 ━━━━ 790/77225 0:13:10 • 3:00:00 0.99it/s v_num: 0`. */
const RICH = /(Epoch \d{1,6})\/-?\d{1,6} [^\d/]{1,400} (\d{1,15})\/(\d{1,15}) (\d{1,6}):(\d\d):(\d\d) • [\d:-]{1,12} {1,4}(\d{1,12}(?:\.\d{1,6})?)(it\/s)/g;
/** Titles are taken from the last characters before a bar. */
const TITLE = 160;

/** The bars of a line, in their order; null where there is none. */
export function barsIn(line: string): BarLine | null {
  const found = [...matchesOf(line, TQDM, tqdmBar), ...(line.includes(' • ') ? matchesOf(line, RICH, richBar) : [])];
  const [first] = found;
  if (first === undefined) return null;
  return {
    before: line.slice(0, first.from),
    bars: found.map(({ bar, to }, index) => {
      const next = found[index + 1];
      const rest = line.slice(to, next?.from);
      return { bar, rest };
    }),
  };
}

interface Found {
  readonly bar: Bar;
  readonly from: number;
  readonly to: number;
}

function matchesOf(line: string, pattern: RegExp, read: (match: RegExpMatchArray, title: string) => Bar): Found[] {
  const found: Found[] = [];
  let before = 0;
  for (const match of line.matchAll(pattern)) {
    const at = match.index;
    found.push({ bar: read(match, titleIn(line.slice(Math.max(before, at - TITLE), at), before > 0)), from: at, to: at + match[0].length });
    before = at + match[0].length;
  }
  return found;
}

function tqdmBar([, done, total, hours, minutes, seconds, speed, per = '']: RegExpMatchArray, title: string): Bar {
  const bySecond = per.toLowerCase().endsWith('/s');
  return {
    title,
    done: count(done),
    total: count(total),
    elapsed: (hours === undefined ? 0 : count(hours) * 3600) + count(minutes) * 60 + count(seconds),
    each: eachOf(speed, bySecond),
    unit: bySecond ? per.slice(0, -2) : per.slice(2),
  };
}

function richBar([, epoch = '', done, total, hours, minutes, seconds, speed]: RegExpMatchArray): Bar {
  return {
    title: epoch,
    done: count(done),
    total: count(total),
    elapsed: count(hours) * 3600 + count(minutes) * 60 + count(seconds),
    each: eachOf(speed, true),
    unit: 'it',
  };
}

function eachOf(speed: string | undefined, bySecond: boolean): number | null {
  const value = Number.parseFloat(speed ?? '');
  if (!(value > 0)) return null;
  return bySecond ? 1 / value : value;
}

/** What may stand in front of a title: a stamp, labels of srun (`0: `), torchrun (`[rank0]:`), Ray (`(TaskRunner pid=1)`), compose (`train-1  |`). */
const LABEL =
  /^(?:20\d\d-\d\d-\d\dT[\d:.,]{8,20}(?:Z|[+-][\d:]{4,6})?|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\[[^\]]{1,60}\]:?|\([^)]{1,60} pid=[^)]{1,60}\)|\d{1,5}:(?= )|[\w.-]{1,40} +\|(?= ))\s*/;
/** Labels in front of one title. */
const LABELS = 4;

/** The words before a bar, behind whatever ended before them (a dictionary, the bar before) and the labels of whoever ran it. */
function titleIn(text: string, afterBar: boolean): string {
  let title = text.slice(Math.max(text.lastIndexOf('}'), afterBar ? text.lastIndexOf(']') : -1) + 1).trimStart();
  for (let labels = 0; labels < LABELS; labels += 1) title = title.replace(LABEL, '');
  title = title.replace(/^:/, '').trim().replace(/:$/, '');
  return /\p{L}/u.test(title) ? title : '';
}

const TRAINING = /train|\bepochs?\b|\bsteps?\b|\biter|fine-?tun|episode|\|Loss\b/i;
const OTHER =
  /eval|valid|test|sanity|predict|generat|rollout|infer|token|map|load|sav|process|pack|cach|fetch|captur|filter|warm|bench|split|dataset|render|sampl/i;
/** What a training loop counts: steps under any of their names, not examples, tokens or bytes. */
const STEPS = /^(?:it|its|iters?|iterations?|steps?|ba|batch|batches)$/i;

/** Whether a bar counts the steps of a training: by its title; null where it has none. */
export function showsTraining({ title, unit }: Bar): boolean | null {
  if (!STEPS.test(unit)) return false;
  if (title === '') return null;
  return TRAINING.test(title) && !OTHER.test(title);
}

function count(digits: string | undefined): number {
  return Number.parseInt((digits ?? '').replaceAll(',', ''), 10);
}
