import { Type, type Static } from 'typebox';

/** Every refusal on the HTTP side: what is wrong, where in the request, and what to do about it. */
export const ErrorReplySchema = Type.Object({
  error: Type.String(),
  /** `body/gpus/0/uuid`, `query/points`, `header authorization`, or the path. */
  where: Type.String(),
  remedy: Type.String(),
});

export type ErrorReply = Static<typeof ErrorReplySchema>;
