export { ORDINAL_PERIOD } from './align.ts';
export { assemble, type SourceReport } from './assemble.ts';
export { diagnosing, type Diagnosing, type Diagnosis, toJson } from './diagnose.ts';
export { readFileText, textReader } from './file-text.ts';
export { byPath, isPartOfRun, MAX_FILES, TOO_MANY_FILES } from './files.ts';
export { openReaders, type Recognise } from './readers.ts';
export type { SourceData } from './source.ts';
