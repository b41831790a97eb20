/** Characters of one argument that are looked at, and of a command line in all. Whoever wrote it decides how long it is; we, how long we look. */
export const MOST_LOOKED_AT = { argument: 2000, line: 16_000 } as const;

export interface CutArguments {
  readonly args: readonly string[];
  /** Which of them stand there only in part. */
  readonly parts: ReadonlySet<number>;
  /** Whether anything is missing. */
  readonly cut: boolean;
}

/** Arguments as far as they are looked at: the first characters of each, until the line's bound is reached. Done before anything else is. */
export function cutArguments(given: readonly string[]): CutArguments {
  const args: string[] = [];
  const parts = new Set<number>();
  let room: number = MOST_LOOKED_AT.line;
  for (const arg of given) {
    if (room <= 0) return { args, parts, cut: true };
    const most = Math.min(MOST_LOOKED_AT.argument, room);
    if (arg.length > most) parts.add(args.length);
    args.push(arg.length > most ? arg.slice(0, most) : arg);
    room -= Math.min(arg.length, most) + 1;
  }
  return { args, parts, cut: parts.size > 0 };
}
