import type { Batch } from '../../core/readings/index.ts';
import type { Session } from '../collector/index.ts';
import { MAX_LINE, quote } from '../text/index.ts';

/**
 * A session that reads finished lines only. Tables that end in a number need it: of `… 99.50` cut after `9` nothing tells that
 * it is not whole. The unfinished line at the end is refused, not read.
 */
export function wholeLines(inner: Session): Session {
  let held = '';
  let lines = 0;
  return {
    feed(text) {
      const end = text.lastIndexOf('\n') + 1;
      const ready = end === 0 ? '' : held + text.slice(0, end);
      held = end === 0 ? held + text : text.slice(end);
      for (let at = ready.indexOf('\n'); at >= 0; at = ready.indexOf('\n', at + 1)) lines += 1;
      if (held.length <= MAX_LINE) return inner.feed(ready);
      const batch = inner.feed(ready + held); // far too long to be a line of these tools: the session inside says so
      held = '';
      return batch;
    },
    end() {
      const batch = inner.end();
      if (held.trim() === '') return batch;
      const cut = { line: lines + 1, reason: 'the last line is not finished: it may be cut', text: quote(held) };
      return { ...batch, rejected: [...batch.rejected, cut] } satisfies Batch;
    },
  };
}
