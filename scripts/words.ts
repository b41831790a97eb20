/** Rewrites docs/words.md: `npm run words`. A test fails when it is out of date. */
import { writeFileSync } from 'node:fs';
import { root } from './run.ts';
import { chapters, wordsDocument } from './words/document.ts';

writeFileSync(`${root}/docs/words.md`, wordsDocument(chapters()));
