/** What a table says under a stranger's word; undefined where it does not have it, also for words that every object knows (`constructor`). */
export function own<T>(table: Readonly<Record<string, T>>, word: string): T | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
