import { Problem } from './problem.ts';

/**
 * A body as text, without a byte-order mark. Throws Problem (400) for what is not UTF-8: of such bytes every one would become the same
 * sign, and two names the same.
 */
export function textOf(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new Problem(400, {
      error: 'the body is not in UTF-8: nothing of it was taken',
      where: 'body',
      remedy: 'send JSON in UTF-8; a name that has other bytes cannot be told',
    });
  }
}
