/** Half a character: UTF-8 has no bytes for it, so that two of them would become one name. */
const HALF = /\p{Surrogate}/u;
/** Characters that no name has: an end of text to some programs (NUL), a command to a terminal (ESC). */
const CONTROL = /\p{Control}/u;
/** The same without tabs and line ends, which text may have. */
const CONTROL_IN_TEXT = /[^\P{Control}\t\n\r]/u;
/** Marks that turn the direction of the text around them, the sentence that quotes a name too, and one that nobody sees (a byte order mark). */
const TURNING = /[\p{Bidi_Control}\ufeff]/u;
const UNUSABLE_IN_TEXT = /\p{Surrogate}|[^\P{Control}\t\n\r]|[\p{Bidi_Control}\ufeff]/gu;
const UNUSABLE_IN_NAME = /\p{Surrogate}|[\p{Control}\p{Bidi_Control}\ufeff]/gu;
/** A part of an address that names the place itself, or the one above: programs leave it out, and something else is asked for. */
const DOTS = /(?:^|\/)\.{1,2}(?:$|\/)/;

/** True where every character is whole: what is written of it is read again as the same. */
export function isWellFormed(text: string): boolean {
  return !HALF.test(text);
}

/** Why a text cannot be an id, name or label, in words; null where it can. */
export function faultOfName(text: string): string | null {
  if (CONTROL.test(text)) return 'a name has no control characters';
  if (TURNING.test(text)) return 'a name has no direction marks (they turn the text around them)';
  return isWellFormed(text) ? null : 'a name has no half characters (lone surrogates)';
}

/** Why a text cannot be an id, which is a name that stands in addresses; null where it can. */
export function faultOfId(text: string): string | null {
  return DOTS.test(text) ? 'an id is not “.” or “..”, which no address can hold' : faultOfName(text);
}

/** Why a text cannot be kept as one that people read, of several lines maybe; null where it can. */
export function faultOfText(text: string): string | null {
  if (CONTROL_IN_TEXT.test(text)) return 'text has no control characters but tabs and line ends';
  if (TURNING.test(text)) return 'text has no direction marks (they turn the text around them)';
  return isWellFormed(text) ? null : 'text has no half characters (lone surrogates)';
}

/** The first characters of a text, `most` UTF-16 units at most: a pair is never cut in two. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const kept = text.slice(0, most);
  const last = kept.charCodeAt(most - 1);
  return last >= 0xd800 && last < 0xdc00 ? kept.slice(0, -1) : kept;
}

/** A tool's words as they can be kept: what `faultOfText` refuses stands as U+FFFD. */
export function cleanText(text: string): string {
  return faultOfText(text) === null ? text : text.replace(UNUSABLE_IN_TEXT, '\ufffd');
}

/** A name as it can be kept: what `faultOfName` refuses stands as U+FFFD. */
export function cleanName(text: string): string {
  return faultOfName(text) === null ? text : text.replace(UNUSABLE_IN_NAME, '\ufffd');
}

const PAIR = '[\\ud800-\\udbff][\\udc00-\\udfff]';
const TURNS = '\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ufeff';
/** `faultOfName` as a regular expression for a JSON schema; it means the same with the flag u and without. */
export const NAME_PATTERN = `^(?:[^\\x00-\\x1f\\x7f-\\x9f${TURNS}\\ud800-\\udfff]|${PAIR})*$`;
/** `faultOfId` as one. */
export const ID_PATTERN = `^(?!(?:[^/]*\\/)*\\.{1,2}(?:\\/|$))(?:[^\\x00-\\x1f\\x7f-\\x9f${TURNS}\\ud800-\\udfff]|${PAIR})*$`;
/** `faultOfText` as one. */
export const TEXT_PATTERN = `^(?:[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f${TURNS}\\ud800-\\udfff]|${PAIR})*$`;

/** What a validator says of a value, for people: nobody reads these patterns. */
export function inWords(message: string): string {
  const none = 'no direction marks (they turn the text around them) and no half characters (lone surrogates)';
  if (message.includes(ID_PATTERN)) return `an id has no control characters (NUL, line ends …), ${none}, and is not “.” or “..”, which no address can hold`;
  if (message.includes(NAME_PATTERN)) return `a name has no control characters (NUL, line ends …), ${none}`;
  return message.includes(TEXT_PATTERN) ? `text has no control characters but tabs and line ends, ${none}` : message;
}
