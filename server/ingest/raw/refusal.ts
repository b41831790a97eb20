import type { ErrorReply } from '../../../core/contract/index.ts';

/** For a stream whose thread had to be ended. */
export const ENDED: ErrorReply = {
  error: 'the thread that read this stream had to be ended',
  where: 'body',
  remedy: 'send the rest again in a moment, behind the header lines that its tool prints first',
};

/** Why a stream cannot go on, in a form that crosses threads; the main thread answers with it as a Problem. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly reply: ErrorReply;

  constructor(status: number, reply: ErrorReply) {
    super(reply.error);
    this.status = status;
    this.reply = reply;
  }
}
