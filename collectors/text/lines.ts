/** The longest line that is kept. A longer one is reported once and thrown away, so that memory stays bounded. */
export const MAX_LINE = 1024 * 1024;

export interface LineSink {
  /** A line without its line end. `number` is 1-based. `whole` is false for a last line without a line end: it may have been cut off. */
  line(text: string, number: number, whole: boolean): void;
  /** A line longer than MAX_LINE characters: its first 200 are given, the rest is gone. */
  overlong(head: string, number: number): void;
}

export interface LineSplitter {
  /** Takes the next piece of text, cut anywhere. */
  feed(text: string): void;
  /** Hands over an unfinished last line, if there is one. */
  end(): void;
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
    if (text.length > MAX_LINE) {
      sink.overlong(text.slice(0, 200), number);
      return;
    }
    sink.line(text.charCodeAt(text.length - 1) === 13 ? text.slice(0, -1) : text, number, whole);
  };

  const keep = (rest: string): void => {
    if (dropping || rest === '') return;
    carry += rest;
    if (carry.length <= MAX_LINE) return;
    sink.overlong(carry.slice(0, 200), number + 1);
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
