/** Why the store could not do what it was asked; the text is for a person. */
export type StoreErrorCode =
  /** Too much is waiting, or another program holds the file: try again later. */
  | 'busy'
  /** The disk is full. */
  | 'full'
  /** Another process has this data folder open. */
  | 'locked'
  /** The folder cannot be used: a network file system, no permission. */
  | 'folder'
  /** The file was made by another version or its migrations were edited. */
  | 'version'
  /** Anything else; a fault of ours or of the disk. */
  | 'failed';

export class StoreError extends Error {
  /** `StoreBusy` where nothing was stored and the same request may succeed later; callers need no import to see that. */
  override readonly name: 'StoreBusy' | 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = code === 'busy' || code === 'full' ? 'StoreBusy' : 'StoreError';
  }
}

/** True for a StoreError of one of these codes. */
export function isStoreError(error: unknown, ...codes: StoreErrorCode[]): error is StoreError {
  return error instanceof StoreError && (codes.length === 0 || codes.includes(error.code));
}
