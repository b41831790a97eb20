import type { JobDeclaration } from '../../core/contract/index.ts';
import type { Intake } from '../../core/readings/index.ts';

/** What became of a batch or a declaration that was sent. */
export type Outcome =
  /** On the receiver's disk. `note` tells what it refused of it. */
  | { readonly kind: 'stored'; readonly note?: string }
  /** It will never be taken: dropped, and told. */
  | { readonly kind: 'refused'; readonly reason: string }
  /**
   * Nothing is stored: to be sent again. `retryAfter` in seconds where the receiver asked for it; `strange` where somebody else answered;
   * `forbidden` where the receiver knows the token, which may not do this.
   */
  | { readonly kind: 'later'; readonly reason: string; readonly retryAfter?: number; readonly strange?: true; readonly forbidden?: true };

/** A batch on its way: typed, or as what goes over the wire and onto the disk (gzip of its JSON). */
export interface Parcel {
  intake(): Intake;
  bytes(): Buffer;
}

/** Delivers one batch. Throwing counts as `later`. The signal says that nobody waits any more. */
export type Send = (parcel: Parcel, signal: AbortSignal) => Promise<Outcome>;

/** Declares a job. */
export type Declare = (key: { readonly cluster: string; readonly id: string }, declaration: JobDeclaration, signal: AbortSignal) => Promise<Outcome>;

export interface Log {
  info(text: string): void;
  warn(text: string): void;
}

export interface SpoolOptions {
  /** A folder of this agent's own; created when missing. */
  readonly folder: string;
  /** Bytes; beyond it the oldest batches are dropped, counted and reported. */
  readonly limit: number;
}

/** A Slurm job that the agent runs in, or that somebody named. */
export interface OwnJob {
  readonly cluster: string;
  readonly id: string;
  readonly declaration: JobDeclaration;
  /** True on one node of the job only: that one says when the job ended. */
  readonly first: boolean;
  /** What `nvidia-smi -i` shall show; null for all that it sees. */
  readonly gpus: string | null;
}

export interface AgentOptions {
  readonly node: string;
  /** Seconds between samples. */
  readonly interval: number;
  readonly send: Send;
  /** Null keeps batches in memory alone (at most 100): for an agent inside the server. */
  readonly spool: SpoolOptions | null;
  /** `/metrics` addresses. */
  readonly metrics?: readonly string[];
  /** Looks for exporters and engines on this machine's usual ports. */
  readonly discover?: boolean;
  readonly job?: OwnJob | null;
  readonly declare?: Declare;
  /** Name or path of the program. */
  readonly nvidiaSmi?: string;
  readonly log?: Log;
  /** `$TMPDIR` and such; the process's own by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Seconds before the first repeat, and at most. Default 1 and 60. */
  readonly backoff?: Backoff;
}

/** The options with what their defaults are. */
export type Settings = AgentOptions & Readonly<Required<Pick<AgentOptions, 'log' | 'env' | 'backoff' | 'job'>>>;

export interface Backoff {
  readonly first: number;
  readonly most: number;
}

export interface RunningAgent {
  /** Sends what is there, keeps the rest in the spool, ends children. Resolves within a few seconds whatever hangs. */
  stop(): Promise<void>;
}
