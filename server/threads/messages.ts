/** What a thread can be asked: functions of one argument, run one after another. */
export type Handlers = Record<string, (argument: never) => Promise<unknown>>;

/** The argument of one of them, as the asking side sees it. */
export type ArgumentOf<H extends Handlers, K extends keyof H> = Parameters<H[K]>[0];
/** The result of one of them, as the asking side sees it. */
export type ResultOf<H extends Handlers, K extends keyof H> = Awaited<ReturnType<H[K]>>;

export interface Request {
  readonly id: number;
  readonly operation: string;
  readonly argument: unknown;
}

/** What went wrong in a thread; the code is its own word for the kind of trouble, `failed` where it has none. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly stack: string | undefined;
}

/** `ready` is the first message of a thread that has opened what it works on; `id` is −1 in a failure to open. */
export type Reply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: Failure };
