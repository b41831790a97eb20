import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { brokenLinks, citationsOf, dangling, missingPaths, pagesOf, pathsOf, sectionsOf } from '../support/citations.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = pagesOf(root);
const documents = pages.filter(({ path }) => /^(docs\/[^/]+|[A-Z]+)\.md$/.test(path));
const sections = sectionsOf(pages.find(({ path }) => path === 'docs/science.md')?.text ?? '');

describe('every citation', () => {
  it('of the science leads to a section, an item or a row of docs/science.md, and none to what is not in the repository', () => {
    expect(pages.flatMap((page) => dangling(page, sections))).toEqual([]);
  });

  it('is looked for in the rooms, in the tests and in the documents', () => {
    const citing = pages.filter(({ text }) => citationsOf(text).length > 0).map(({ path }) => path.split('/')[0]);
    expect([...new Set(citing)]).toEqual(expect.arrayContaining(['collectors', 'core', 'docs', 'tests', 'web']));
    expect(citing.length).toBeGreaterThan(30);
  });
});

describe('the documents', () => {
  it('link to files and headings that exist', () => {
    expect(documents.length).toBeGreaterThanOrEqual(8);
    expect(documents.flatMap((page) => brokenLinks(root, page))).toEqual([]);
  });

  it('name paths that exist', () => {
    expect(documents.flatMap(({ text }) => pathsOf(text)).length).toBeGreaterThan(20);
    expect(documents.flatMap((page) => missingPaths(root, page))).toEqual([]);
  });

  it('have one place for each section of the science', () => {
    const science = documents.find(({ path }) => path === 'docs/science.md')?.text ?? '';
    const numbers = [...science.matchAll(/^(?:#{2,} |\s*- \*\*)(\d+[a-z]?(?:\.\d+)*)\b/gm)].map((match) => match[1]);
    expect(numbers.filter((number, i) => numbers.indexOf(number) !== i)).toEqual([]);
    expect(['7', '7.5', '7.5.5', '7.6.6', '7.8.4', '5b', '5b row 21', '5a row M4', '1.6'].filter((name) => !sections.has(name))).toEqual([]);
  });
});

describe('the checks themselves', () => {
  // Escaped or in pieces, or this file would be found guilty by itself.
  const mark = '\u00a7';
  const page = (text: string) => ({ path: 'docs/a.md', text });
  const known = sectionsOf('## 7 Method\n### 7.5 Alone\n- **7.5.1** Ten samples\n### 5b Rows\n| 21 | x |\n');

  it.each([
    [`see ${mark}7.9`, `docs/a.md: ${mark}7.9`],
    [`see (${mark}7.5.2).`, `docs/a.md: ${mark}7.5.2`],
    [`${mark}7.5, ${mark} 8: both`, `docs/a.md: ${mark}8`],
    [`${mark}5b row 22`, `docs/a.md: ${mark}5b row 22`],
    [`as ${'SCIEN'}CE.md says`, `docs/a.md: ${'SCIEN'}CE`],
    [`reads ${'../sha'}red/data`, `docs/a.md: ${'../sha'}red`],
    ['in `' + 'sha' + 'red/data`', `docs/a.md: ${'sha'}red/`],
  ])('find %s', (text, expected) => {
    expect(dangling(page(text), known)).toEqual([expected]);
  });

  it('let pass what leads somewhere', () => {
    const good = `${mark}7, ${mark}7.5. ${mark}7.5.1) ${mark}5b row 21; a ${mark} without number; 'shared/c/41'`;
    expect(dangling(page(good), known)).toEqual([]);
    expect(citationsOf(good)).toEqual(['7', '7.5', '7.5.1', '5b row 21']);
  });

  it('find links to files and headings that are not there, outside of code blocks', () => {
    const text = '# A b\n[x](method.md) [y](lost.md) [z](#a-b) [w](#c) [v](method.md#nowhere) [u](https://example.org/q)\n```\n[t](gone.md)\n```\n';
    expect(brokenLinks(root, page(text))).toEqual(['docs/a.md: lost.md', 'docs/a.md: #c', 'docs/a.md: method.md#nowhere']);
  });

  it('find paths that are not there, and skip patterns, placeholders, other people’s paths and what tools write', () => {
    const text =
      '`core/` `core/lost.ts` `npx tsx scripts/lost.ts --all` `collectors/<tool>.ts` `core/*.ts` `vllm/v1/x.py` `dist/web` `server/store/generated/`';
    expect(missingPaths(root, page(text))).toEqual(['docs/a.md: core/lost.ts', 'docs/a.md: scripts/lost.ts']);
  });
});
