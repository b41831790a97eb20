export { type Book, openBook, type Place } from './book.ts';
export { prometheus } from './exposition.ts';
export { closingBrace, parseLabels } from './labels.ts';
export { engineNames } from './names/index.ts';
export { asRates, inSi, isKnownName, type Target } from './resolve.ts';
export type { Labels, NameTable, Rule } from './names/index.ts';
export { parseValue } from './sample-line.ts';
