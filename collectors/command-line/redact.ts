import { cutArguments, MOST_LOOKED_AT } from './bounds.ts';
import { assignmentsIn, bearersIn, isHarmlessValue, loginsIn } from './spoken.ts';
import { isKeyFile, isNameOfHash, isSecretName } from './names.ts';
import { OPTIONS, PRINTERS, READS_SECRET } from './options.ts';
import { looksRandom, shapesIn } from './shapes.ts';
import { isSeparator, shellWords, type Word } from './shell.ts';

/** What stands where a secret stood. */
const MASK = '***';
/** A command line is kept up to this many characters. */
export const MAX_COMMAND = 1000;
/** Of an argument that was cut this much at its end is only looked at: a secret that begins before it is seen whole. */
const MARGIN = MOST_LOOKED_AT.argument - MAX_COMMAND;
/** A shell in a shell in a shell. */
const DEEPEST = 12;

type Hide = (word: Word, from: number, to: number) => void;

/**
 * A command line that may leave the machine: values of options and variables that are named like a secret, credentials in addresses,
 * bearer tokens and well-known key shapes are replaced by `***`, in scripts for a shell too. In doubt it masks; names, paths, numbers and
 * model settings stay. Only the first characters of a long line are looked at, and only what was looked at is kept.
 */
export function redact(given: readonly string[]): string {
  const { args, parts, cut } = cutArguments(given);
  const line = args.join(' ');
  const hidden = new Uint8Array(line.length);
  const hide: Hide = (word, from, to) => {
    if (to > from) hidden.fill(1, word.at(from), word.at(to - 1) + 1);
  };
  let start = 0;
  const words = args.map((text): Word => {
    const own = start;
    start += text.length + 1;
    return { text, at: (index) => own + index };
  });
  hideInWords(words, hide, 0);
  hideInText({ text: line, at: (index) => index }, hide);
  for (const part of parts) {
    const word = words[part];
    if (word !== undefined) hidden.fill(2, word.at(Math.max(0, word.text.length - MARGIN)), word.at(0) + word.text.length);
  }
  const kept = written(line, hidden);
  return kept.length <= MAX_COMMAND ? `${kept}${cut && !kept.endsWith('…') ? '…' : ''}`.slice(0, MAX_COMMAND) : `${kept.slice(0, MAX_COMMAND - 1)}…`;
}

/** The same for a command line that is one text already (a column of `top` or `htop`). */
export function redactCommand(line: string): string {
  return redact(
    line
      .slice(0, MOST_LOOKED_AT.line)
      .split(/\s+/)
      .filter((part) => part !== ''),
  );
}

/** The line with a mask for each hidden stretch; where it was cut, a sign of it. */
function written(line: string, hidden: Uint8Array): string {
  let text = '';
  for (let at = 0; at < line.length && text.length <= MAX_COMMAND; at += 1) {
    if (hidden[at] === 0) text += line[at] ?? '';
    else if (hidden[at] !== hidden[at - 1]) text += hidden[at] === 1 ? MASK : '…';
  }
  return text;
}

/** What is secret by its own look, or by the name that stands before it in the same text. */
function hideInText(word: Word, hide: Hide): void {
  const found = (from: number, to: number): void => hide(word, from, to);
  shapesIn(word.text, found);
  loginsIn(word.text, found);
  bearersIn(word.text, found);
  assignmentsIn(word.text, found);
}

/** What is secret by where it stands among the words of a command. */
function hideInWords(words: readonly Word[], hide: Hide, depth: number): void {
  let begun = 0; // the first word of the command that this one belongs to
  words.forEach((word, index) => {
    if (isSeparator(word.text)) {
      if (word.text === '|') hidePrinted(words.slice(begun, index), words.slice(index + 1), hide);
      begun = index + 1;
      return;
    }
    const before = words.slice(Math.max(begun, index - 12), index).map(({ text }) => text);
    if (isSecretWord(word.text, before)) hide(word, 0, word.text.length);
    else hidePart(word, before, hide);
    hideInText(word, hide);
    if (depth < DEEPEST && /[\s'"\\;|&(`]/.test(word.text)) hideInWords(shellWords(word), hide, depth + 1);
  });
}

/** True where the whole word is a secret. `before` are the words before it, the nearest last. */
function isSecretWord(text: string, before: readonly string[]): boolean {
  const last = before[before.length - 1] ?? '';
  if (optionsOf(before).some((row) => row.next?.includes(last) === true)) return text !== '' && !/^-[-A-Za-z]/.test(text);
  if (optionsOf(before).some((row) => row.login?.includes(last) === true) || last === '-u' || last === '--user')
    return /^[^:%\s]*[:%]./.test(text) && !/^\d+:\d+$/.test(text);
  if (optionsOf(before).some((row) => row.words?.some((word) => before.includes(word)) === true) && !text.startsWith('-')) return isBeyondPlain(text, before);
  if (/^-{1,2}[A-Za-z]/.test(last) && !last.includes('=') && !isJoined(last, before) && isSecretName(last)) {
    return (
      !/^--(?:[a-z][a-z0-9._-]*(?:=|$)|$)/.test(text) && !isHarmlessValue(text) && !isKeyFile(last, text) && !(last.startsWith('-') && /^-[A-Za-z]$/.test(text))
    );
  }
  if (/^(?:set|create|add)$/.test(before[before.length - 2] ?? '') && /[._-]/.test(last) && isSecretName(last))
    return !text.startsWith('-') && !text.includes('=');
  // vLLM takes several keys after one option.
  if (!text.startsWith('-') && before.findLast((word) => word.startsWith('-')) === '--api-key' && before.some((word) => /\bvllm\b/.test(word))) return true;
  return looksRandom(text) && !isNameOfHash(last) && !isGitCommit(text, before);
}

/** True for an option that has its value in it. */
function isJoined(option: string, before: readonly string[]): boolean {
  return optionsOf(before).some((row) => row.joined?.some((flag) => option.startsWith(flag) && option.length > flag.length) === true);
}

/** Of words that may be secrets, the ones that are no address, file or subcommand. */
function isBeyondPlain(text: string, before: readonly string[]): boolean {
  if (text.includes('://')) return false;
  const program = programOf(before[0] ?? '');
  if (program === 'htpasswd') return before.filter((word) => !word.startsWith('-')).length >= 3;
  if (program === 'mc') return before.some((word) => word.includes('://'));
  return text.length >= 6;
}

function hidePart(word: Word, before: readonly string[], hide: Hide): void {
  const { text } = word;
  for (const row of optionsOf(before)) {
    for (const flag of row.joined ?? []) if (text.startsWith(flag) && text.length > flag.length) hide(word, flag.length, text.length);
    for (const flag of row.login ?? []) {
      if (text.startsWith(flag) && /^=?[^:%\s]*[:%]./.test(text.slice(flag.length)) && !/^-/.test(text.slice(flag.length)))
        hide(word, flag.length, text.length);
    }
  }
  const sign = text.indexOf('=');
  const name = sign < 0 || sign > 100 ? '' : text.slice(0, sign);
  if (!/^-{0,2}[A-Za-z_][\w.-]*$/.test(name)) return;
  const value = text.slice(sign + 1);
  if (
    isSecretName(name) ? !isHarmlessValue(value) && !isKeyFile(name, value) && !/[,&;][\w.-]{1,64}=/.test(value) : looksRandom(value) && !isNameOfHash(name)
  ) {
    hide(word, sign + 1, text.length);
  }
}

/** `echo PW | sudo -S`: what is printed into a program that reads a secret. */
function hidePrinted(printer: readonly Word[], rest: readonly Word[], hide: Hide): void {
  const end = rest.findIndex(({ text }) => isSeparator(text));
  const reader = end < 0 ? rest : rest.slice(0, end);
  if (!PRINTERS.test(programOf(printer[0]?.text ?? '')) || !reader.some(({ text }) => READS_SECRET.has(text))) return;
  for (const word of printer.slice(1)) if (!/^-[neE]+$/.test(word.text)) hide(word, 0, word.text.length);
}

/** The rows of the programs that were named so far; the nearest is not asked for, since one starts another. */
function optionsOf(before: readonly string[]): typeof OPTIONS {
  const programs = before.filter((word) => !word.startsWith('-')).map(programOf);
  return OPTIONS.filter((row) => (row.after === undefined || before.includes(row.after)) && programs.some((program) => row.program.test(program)));
}

function programOf(word: string): string {
  return word.slice(word.lastIndexOf('/') + 1);
}

/** A commit has 40 digits, or 64: what else looks random behind `git` is none. */
function isGitCommit(text: string, before: readonly string[]): boolean {
  return /(?:^|[^0-9a-f])(?:[0-9a-f]{40}|[0-9a-f]{64})(?:[^0-9a-f]|$)/.test(text) && before.some((word) => programOf(word) === 'git');
}
