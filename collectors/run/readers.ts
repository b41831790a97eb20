import type { Batch } from '../../core/readings/index.ts';
import { type Collector, joinBatches, type ParseContext, type Session } from '../collector/index.ts';
import { HEAD } from '../sniff.ts';

/** Recognises the readers of a text by its head: usually one; a job's log may hold several tools' output. */
export type Recognise = (head: string, file?: string) => readonly Collector[];

export interface ReadersOptions {
  /** `context.file` is a hint for the recognition too. */
  readonly context: ParseContext;
  readonly recognise: Recognise;
  /** From so many lines on a head that is recognised decides, since a stream cannot wait. Without it 64 KiB do, or the end. */
  readonly soonest?: number;
}

/** A text of unknown format, fed in pieces: its head is kept until it is recognised, then all of it goes to its readers. */
export interface Readers {
  /** What each reader made of the piece, in the order of `collectors`; nothing while the head is kept. */
  feed(text: string): readonly Batch[];
  end(): readonly Batch[];
  /** Ids of the collectors that read; empty while the format is open or unknown. */
  readonly collectors: readonly string[];
  /** Unknown: 64 KiB or the whole text were seen, and no collector knows them. The rest need not be read. */
  readonly state: 'undecided' | 'known' | 'unknown';
  /** What was seen of a text that is not recognised (yet). */
  readonly head: string;
}

/** Opens the readers of one text; memory is bounded whatever its length. */
export function openReaders({ context, recognise, soonest = Number.POSITIVE_INFINITY }: ReadersOptions): Readers {
  let state: Readers['state'] = 'undecided';
  let head = '';
  let tried = 0;
  let open: { id: string; session: Session }[] = [];
  let onlyReturns = false; // lines end in CR alone, as some editors and old tools save them

  const lines = (text: string): string => (onlyReturns ? text.replaceAll('\r', '\n') : text);
  const mayDecide = (last: boolean): boolean => {
    if (last || head.length >= HEAD) return true;
    // Fewer lines would decide on a line cut in half; again and again, on what was not known a character ago.
    return head.length >= tried * 1.125 && linesOf(head, soonest) >= soonest;
  };
  const decide = (last: boolean): readonly Batch[] => {
    if (!mayDecide(last)) return [];
    tried = head.length;
    onlyReturns = head.includes('\r') && !head.includes('\n');
    const text = lines(head);
    open = recognise(text, context.file).map((collector) => ({ id: collector.id, session: collector.open(context) }));
    if (open.length > 0) [state, head] = ['known', ''];
    else if (last || text.length >= HEAD) state = 'unknown';
    return open.map(({ session }) => session.feed(text));
  };

  return {
    get collectors() {
      return open.map(({ id }) => id);
    },
    get state() {
      return state;
    },
    get head() {
      return head;
    },
    feed(text) {
      if (state !== 'undecided') return open.map(({ session }) => session.feed(lines(text)));
      head += text;
      return decide(false);
    },
    end() {
      const first = state === 'undecided' ? decide(true) : [];
      return open.map(({ session }, index) => joinBatches([...first.slice(index, index + 1), session.end()]));
    },
  };
}

/** Ended lines of a text, counted up to `most`. */
function linesOf(text: string, most: number): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0 && lines < most; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
