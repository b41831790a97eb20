import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chapters, wordsDocument } from '../../scripts/words/document.ts';
import { sentencesOf } from '../../scripts/words/sentences.ts';
import { METRIC_IDS } from '../../core/readings/index.ts';

const all = chapters();
/** What a person reads of a job: not the refusals of a file's cells, which quote the file. */
const told = all
  .filter(({ title }) => !/^(?:Files|Errors)/.test(title))
  .flatMap(({ files }) => files.flatMap(({ path, sentences }) => sentences.map(({ line, text }) => ({ at: `${path}:${line}`, text }))));

describe('the sentences that the product can say', () => {
  it('stand in docs/words.md as they are: npm run words', () => {
    expect(readFileSync(new URL('../../docs/words.md', import.meta.url), 'utf8')).toBe(wordsDocument(all));
  });

  it('are hundreds, from every table', () => {
    expect(told.length).toBeGreaterThan(600);
    for (const { title, files } of all) expect({ title, files: files.length > 1 }).toEqual({ title, files: true });
  });

  it('call no metric by its id', () => {
    const ids = new Set<string>(METRIC_IDS);
    expect(told.filter(({ text }) => (text.match(/\b[a-z]+\.[a-zA-Z0-9]+\b/g) ?? []).some((word) => ids.has(word)))).toEqual([]);
  });

  it('name what is to be given, not the option that gives it: pages have fields', () => {
    const ours = /(?:give|say) --|--(?:gpu|model|config|tp|dp|pp|tz|fields|cores|node|site) (?![\d‹])|headroom diagnose …/;
    expect(told.filter(({ at, text }) => !at.startsWith('core/planner') && ours.test(text))).toEqual([]);
  });

  it('are read from the sources with figures as examples and alternatives in brackets', () => {
    const source = `
import a from 'not a sentence at all';
const one = \`\${formatPercent(share)} of \${formatValue(rate, 'bytes/s')}\${wait ? ' is waiting' : ''}: \${n === 1 ? 'one GPU' : \`\${n} GPUs\`} hold \${job.model.id}\`;
const two = 'a part ' + 'and another';
const key = 'engine.running';
const inner = \`\${rows.map((row) => \`row \${row.name} is here\`).join()} at the end of it\`;
`;
    expect(sentencesOf('x.ts', source).map(({ text }) => text)).toEqual([
      '42 % of 1.24 TB/s[ is waiting]: [one GPU | ‹n› GPUs] hold ‹id›',
      'a part and another',
      '‹rows› at the end of it',
      'row ‹name› is here',
    ]);
  });
});
