import type { SourceReport } from '../../../collectors/run/index.ts';
import type { ParseContext } from '../../../collectors/collector/index.ts';
import type { Analysis, DrawnReply, JobDetail } from '../../../core/contract/index.ts';
import type { AnalyseOptions } from '../../../core/judging/index.ts';
import type { SeriesAsk, Trouble } from '../api.ts';
import type { Suggestion } from './card-seen.ts';
import type { StoreAsk } from './store.ts';

/** A file with its path inside what was dropped. */
export interface NamedFile {
  readonly path: string;
  readonly file: File;
}

/** What a diagnosis found, without its readings: those stay in the worker. */
export interface Diagnosed {
  readonly sources: readonly SourceReport[];
  /** Null where nothing could be read. */
  readonly analysis: Analysis | null;
  readonly notes: readonly string[];
  /** What results given beside the readings say for or against the verdict. */
  readonly beside: readonly string[];
  readonly entities: JobDetail['entities'];
  /** The types that an unnamed card may be. */
  readonly suggestion: Suggestion | null;
}

export interface Progress {
  readonly path: string;
  readonly index: number;
  readonly count: number;
  readonly done: number;
  readonly total: number;
}

/** What the page asks of the worker. A ticket comes back with the answer. */
export type ToWorker =
  | { readonly kind: 'read'; readonly files: readonly NamedFile[]; readonly context: ParseContext; readonly options: AnalyseOptions }
  | { readonly kind: 'judge'; readonly options: AnalyseOptions }
  | { readonly kind: 'series'; readonly ticket: number; readonly ask: SeriesAsk }
  | { readonly kind: 'store'; readonly ticket: number; readonly ask: StoreAsk; readonly secret: string | null };

export type FromWorker =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'judging' }
  | { readonly kind: 'done'; readonly diagnosed: Diagnosed }
  | { readonly kind: 'series'; readonly ticket: number; readonly reply: DrawnReply }
  | { readonly kind: 'storing'; readonly ticket: number; readonly done: number; readonly total: number }
  | {
      readonly kind: 'stored';
      readonly ticket: number;
      readonly values: number;
      readonly rejected: readonly { readonly at: string; readonly reason: string }[];
    }
  | { readonly kind: 'failed'; readonly ticket: number | null; readonly trouble: Trouble };
