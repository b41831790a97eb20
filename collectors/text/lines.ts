import { TEXT_BOUNDS } from '../bounds/index.ts';

/** Characters of the longest line that is kept. A longer one is reported once and thrown away, so that memory and time stay bounded. */
export const MAX_LINE = TEXT_BOUNDS.line;

/**
 * Characters of the longest word: of what stands between blanks, commas, quotes, brackets and the like. Tools print none of a tenth of it; what
 * has one is no line of theirs, and nothing looks at it further.
 */
export const MAX_WORD = TEXT_BOUNDS.word;

export interface LineSink {
  /** A line without its line end. `number` is 1-based. `whole` is false for a last line without a line end: it may have been cut off. */
  line(text: string, number: number, whole: boolean): void;
  /** A line longer than MAX_LINE, or with a word longer than MAX_WORD: its first 200 characters are given, the rest is gone. */
  overlong(head: string, number: number, reason: string): void;
}

export interface LineSplitter {
  /** Takes the next piece of text, cut anywhere. */
  feed(text: string): void;
  /** Hands over an unfinished last line, if there is one. */
  end(): void;
}

const TOO_LONG = `line is longer than ${MAX_LINE / 1024} KiB: a line of this format has a few hundred characters`;
const LONG_WORD = `a word of more than ${MAX_WORD} characters: a line of this format has none`;

/** True where more than MAX_WORD characters follow each other without one that parts words, or as many blanks. */
function hasLongWord(text: string): boolean {
  let from = 0;
  let kind = -1;
  for (let at = 0; at < text.length; at += 1) {
    const now = kindOf(text.charCodeAt(at));
    if (now !== kind) [kind, from] = [now, at];
    else if (now !== PARTS && at - from >= MAX_WORD) return true;
  }
  return false;
}

const PARTS = 2;

/** A blank, part of a word, or what parts words. */
function kindOf(code: number): number {
  if (code <= 32) return 0;
  const letter = (code >= 48 && code <= 57) || (code >= 64 && code <= 90) || (code >= 94 && code <= 122) || code > 126;
  return letter || code === 43 || code === 45 || code === 46 ? 1 : PARTS;
}

/** Splits text that arrives in pieces into lines: LF or CRLF, a byte order mark at the start removed. */
export function lineSplitter(sink: LineSink): LineSplitter {
  let carry = '';
  let number = 0;
  let started = false;
  let dropping = false; // inside a line that was reported as too long

  const emit = (text: string, whole = true): void => {
    number += 1;
    if (dropping) {
      dropping = false;
      return;
    }
    if (text.length > MAX_WORD) {
      const reason = text.length > MAX_LINE ? TOO_LONG : hasLongWord(text) ? LONG_WORD : null;
      if (reason !== null) {
        sink.overlong(text.slice(0, 200), number, reason);
        return;
      }
    }
    sink.line(text.charCodeAt(text.length - 1) === 13 ? text.slice(0, -1) : text, number, whole);
  };

  const keep = (rest: string): void => {
    if (dropping || rest === '') return;
    carry += rest;
    if (carry.length <= MAX_LINE) return;
    sink.overlong(carry.slice(0, 200), number + 1, TOO_LONG);
    carry = '';
    dropping = true;
  };

  return {
    feed(chunk) {
      if (chunk === '') return;
      let text = chunk;
      if (!started) {
        started = true;
        if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
      }
      let start = 0;
      let end = text.indexOf('\n');
      if (end >= 0 && carry !== '') {
        const whole = carry + text.slice(0, end);
        carry = '';
        emit(whole);
        start = end + 1;
        end = text.indexOf('\n', start);
      }
      while (end >= 0) {
        emit(text.slice(start, end));
        start = end + 1;
        end = text.indexOf('\n', start);
      }
      keep(text.slice(start));
    },
    end() {
      const rest = carry;
      carry = '';
      if (rest !== '' || dropping) emit(rest, false);
    },
  };
}
