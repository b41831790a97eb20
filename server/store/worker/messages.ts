import type { StoreErrorCode } from '../interface/index.ts';

/** What a worker can be asked: functions of one argument, run one after another. */
export type Handlers = Record<string, (argument: never) => Promise<unknown>>;

/** The argument and result of one of them, as the asking side sees it. */
export type ArgumentOf<H extends Handlers, K extends keyof H> = Parameters<H[K]>[0];
export type ResultOf<H extends Handlers, K extends keyof H> = Awaited<ReturnType<H[K]>>;

export interface Request {
  readonly id: number;
  readonly operation: string;
  readonly argument: unknown;
}

export interface Failure {
  readonly code: StoreErrorCode;
  readonly message: string;
  readonly stack: string | undefined;
}

/** `ready` is the first message of a worker that has opened its file; `id` is −1 in a failure to open. */
export type Reply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: Failure };
