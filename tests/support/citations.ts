import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** A text of the repository: its path from the root. */
interface Page {
  readonly path: string;
  readonly text: string;
}

const FOLDERS = ['core', 'collectors', 'server', 'web', 'cli', 'prisma', 'bench', 'tests', 'scripts', 'docs'];
/** Written by tools, or recorded: nobody's own words. */
const FOREIGN = /(^|\/)(node_modules|dist|generated|goldens|fixtures|migrations|output)(\/|$)/;
/** Sources and documents; programs without an ending, too. */
const OWN = /(\.(ts|svelte|js|mjs|sh|md)|(^|\/)[^./]+)$/;

/** Every source file and document of the repository, read. */
export function pagesOf(root: string): Page[] {
  const inside = FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath.slice(root.length), entry.name)),
  );
  const top = readdirSync(root).filter((name) => name.endsWith('.md'));
  return [...top, ...inside]
    .filter((path) => OWN.test(path) && !FOREIGN.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** What of the science can be cited: its headings' numbers, its numbered items, and rows of tables as `5b row 21`. */
export function sectionsOf(science: string): Set<string> {
  const found = new Set<string>();
  let heading = '';
  for (const line of science.split('\n')) {
    const section = /^#{2,} (\d+[a-z]?(?:\.\d+)*)\b/.exec(line)?.[1];
    const item = /^\s*- \*\*(\d+(?:\.\d+)+)\b/.exec(line)?.[1];
    const row = /^\| (M?\d+) \|/.exec(line)?.[1];
    if (section !== undefined) heading = section;
    for (const name of [section, item, row === undefined ? undefined : `${heading} row ${row}`]) if (name !== undefined) found.add(name);
  }
  return found;
}

/** The sections that a text cites, in order: `7.5.5`, `5b row 7`. */
export function citationsOf(text: string): string[] {
  return [...text.matchAll(/§\s?(\d+[a-z]?(?:\.\d+)*(?: row M?\d+)?)/g)].map((match) => match[1] ?? '');
}

/** Citations that lead nowhere, and names of what is not in the repository, as `path: what`. */
export function dangling(page: Page, sections: ReadonlySet<string>): string[] {
  const lost = citationsOf(page.text)
    .filter((name) => !sections.has(name))
    .map((name) => `§${name}`);
  const outside = [...page.text.matchAll(/SCIENC[E]|\.\.\/share[d]\b|(?<=[\s`(])share[d]\//g)].map(([name]) => name);
  return [...lost, ...outside].map((name) => `${page.path}: ${name}`);
}

/** An address within a page, as GitHub makes it of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

function anchorsOf(text: string): Set<string> {
  return new Set([...text.matchAll(/^#+ (.+)$/gm)].map((match) => anchorOf(match[1] ?? '')));
}

const withoutBlocks = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '');

/** Relative links of a document to files or headings that do not exist, as `path: link`. */
export function brokenLinks(root: string, page: Page): string[] {
  const links = [...withoutBlocks(page.text).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
  return links
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [file = '', anchor] = link.split('#');
      const path = file === '' ? page.path : normalize(join(dirname(page.path), file));
      if (file !== '' && !existsSync(join(root, path))) return true;
      return anchor !== undefined && !anchorsOf(file === '' ? page.text : readFileSync(join(root, path), 'utf8')).has(anchor);
    })
    .map((link) => `${page.path}: ${link}`);
}

/** Paths in backticks that begin with a folder of the repository, but for patterns, placeholders and what tools write. */
export function pathsOf(text: string): string[] {
  const spans = [...withoutBlocks(text).matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
  return spans
    .flatMap((span) => span.split(/\s+/))
    .filter((word) => /^[\w.-]+(\/[\w.-]+)*\/?$/.test(word) && word.includes('/') && FOLDERS.includes(word.split('/')[0] ?? ''))
    .filter((word) => !FOREIGN.test(word));
}

/** Paths in backticks that do not exist, as `path: what`. */
export function missingPaths(root: string, page: Page): string[] {
  return pathsOf(page.text)
    .filter((path) => !existsSync(join(root, path)))
    .map((path) => `${page.path}: ${path}`);
}
