/** A bound of the product: what is counted, how far, who sets it, and what happens there. */
export interface Bound {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The variable or option that sets it; null where it is fixed. */
  readonly setting: string | null;
  /** What happens there, and what is kept. */
  readonly beyond: string;
  /** Who is told, and how. */
  readonly told: string;
  /** The file or folder that holds to it. */
  readonly where: string;
}

/** Rows by the names that the code calls them by. */
export type Bounds = Readonly<Record<string, Bound>>;

export const MIB = 2 ** 20;
