/** Why the store could not do what it was asked. */
const CODES = {
  busy: 'too much is waiting, or another program holds the file: try again later',
  full: 'the disk is full',
  locked: 'another process has this data folder open',
  folder: 'the folder cannot be used: a network file system, no permission',
  version: 'the file was made by another version, or its migrations were edited',
  damaged: 'bytes of the file are not what was written: the disk may be failing',
  failed: 'anything else: a fault of ours or of the disk',
} as const;
export type StoreErrorCode = keyof typeof CODES;

/** True for a word that is one of the codes. */
export function isStoreErrorCode(word: string): word is StoreErrorCode {
  return Object.hasOwn(CODES, word);
}

/** The text is for a person. */
export class StoreError extends Error {
  /** `StoreBusy` where nothing was stored and the same request may succeed later; callers need no import to see that. */
  override readonly name: 'StoreBusy' | 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = code === 'busy' || code === 'full' || code === 'damaged' ? 'StoreBusy' : 'StoreError';
  }
}
