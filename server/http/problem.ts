import type { ErrorReply } from '../../core/contract/index.ts';

/** A refusal that the asker can act on: status, what is wrong, where in the request, what to do. */
export class Problem extends Error implements ErrorReply {
  override readonly name = 'Problem';
  readonly status: number;
  readonly error: string;
  readonly where: string;
  readonly remedy: string;

  constructor(status: number, reply: ErrorReply) {
    super(reply.error);
    this.status = status;
    this.error = reply.error;
    this.where = reply.where;
    this.remedy = reply.remedy;
  }
}

/** 404 for something that is not there, or not for this viewer: the two look the same on purpose. */
export function notThere(what: string, where: string, remedy: string): Problem {
  return new Problem(404, { error: `${what} is not known here`, where, remedy });
}
