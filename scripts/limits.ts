/** Rewrites docs/limits.md: `npm run limits`. A test fails when it is out of date. */
import { writeFileSync } from 'node:fs';
import { BOUNDS } from '../server/settings/index.ts';
import { limitsDocument } from './limits/document.ts';
import { root } from './run.ts';

writeFileSync(`${root}/docs/limits.md`, limitsDocument(BOUNDS));
