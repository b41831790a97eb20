import { StoreError, type StoreErrorCode } from '../interface/index.ts';

/**
 * What kind of trouble an error of Prisma or libSQL is. After `busy` a connection may never write again
 * (prisma/orm #30028): its worker has to be replaced.
 */
export function failureCode(error: unknown): StoreErrorCode {
  if (error instanceof StoreError) return error.code;
  const texts: string[] = [];
  for (let cause: unknown = error, depth = 0; cause !== undefined && cause !== null && depth < 6; depth += 1) {
    texts.push(describe(cause));
    cause = typeof cause === 'object' && 'cause' in cause ? cause.cause : undefined;
  }
  const text = texts.join('\n');
  if (/\bP1008\b|SQLITE_BUSY|SocketTimeout|database is locked|SQLITE_LOCKED/.test(text)) return 'busy';
  if (/SQLITE_FULL|disk is full|ENOSPC|disk I\/O error.*space/.test(text)) return 'full';
  if (/SQLITE_CORRUPT|SQLITE_NOTADB|disk image is malformed|file is not a database/.test(text)) return 'damaged';
  return 'failed';
}

/** SQLite's own words of what Prisma says of it in several lines; a message of one line as it is. */
export function ownWords(message: string): string {
  const quoted = /Message: `([^`]+)`/.exec(message)?.[1];
  return quoted ?? message.trim().split('\n').at(-1)?.trim() ?? message;
}

function describe(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null) return String(cause);
  const parts = ['code', 'kind', 'message', 'originalMessage', 'originalCode'].map((key) => {
    const value: unknown = Reflect.get(cause, key);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  });
  return parts.join(' ');
}
