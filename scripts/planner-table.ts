/** Rewrites the table of published rates in docs/planner.md: `npx tsx scripts/planner-table.ts`. A test compares the two. */
import { readFileSync, writeFileSync } from 'node:fs';
import { comparisonTable } from '../core/planner/index.ts';

const path = new URL('../docs/planner.md', import.meta.url);
const text = readFileSync(path, 'utf8');
const marked = /(<!-- measured:begin -->\n)[\s\S]*?(<!-- measured:end -->)/;
if (!marked.test(text)) throw new Error('docs/planner.md has lost its measured:begin and measured:end marks');
writeFileSync(
  path,
  text.replace(marked, (_, begin: string, end: string) => `${begin}${comparisonTable()}\n${end}`),
);
