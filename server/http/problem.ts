import type { ErrorReply } from '../../core/contract/index.ts';

/** A refusal that the asker can act on: status, what is wrong, where in the request, what to do. */
export class Problem extends Error implements ErrorReply {
  override readonly name = 'Problem';
  readonly status: number;
  readonly error: string;
  readonly where: string;
  readonly remedy: string;
  /** Seconds after which the same may be asked again; null where that is no matter of time. */
  readonly retryAfter: number | null;

  constructor(status: number, reply: ErrorReply, retryAfter: number | null = null) {
    super(reply.error);
    this.status = status;
    this.error = reply.error;
    this.where = reply.where;
    this.remedy = reply.remedy;
    this.retryAfter = retryAfter;
  }
}

/** 404 for something that is not there, or not for this viewer: the two look the same on purpose. */
export function notThere(what: string, where: string, remedy: string): Problem {
  return new Problem(404, { error: `${what} is not known here`, where, remedy });
}
