import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { limitsDocument } from '../../../scripts/limits/document.ts';
import { BOUNDS, readConfig } from '../../../server/settings/index.ts';

const root = new URL('../../../', import.meta.url);
const manual = readFileSync(new URL('docs/operations.md', root), 'utf8');

describe('the table of bounds', () => {
  it.each(BOUNDS.map(({ key, bound }) => [key, bound] as const))('has %s with its variable and default as the manual says', (_, { setting, value, where }) => {
    expect(value).toBeGreaterThan(0);
    expect(() => readFileSync(new URL(where, root))).not.toThrow();
    if (setting?.startsWith('HEADROOM_') === true && setting !== 'HEADROOM_MEMORY_MB') expect(manual).toContain(`| \`${setting}\` | \`${value}\` |`);
  });

  it('calls no two things by the same name', () => {
    const names = BOUNDS.map(({ chapter, bound }) => `${chapter}: ${bound.name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('is docs/limits.md: npm run limits', () => {
    expect(readFileSync(new URL('docs/limits.md', root), 'utf8')).toBe(limitsDocument(BOUNDS));
    expect(manual).toContain('(limits.md)');
  });

  it('is what the environment sets', () => {
    expect(readConfig({ HEADROOM_MOST_ENTITIES: '7', HEADROOM_MOST_VALUES_PER_MINUTE_PER_TOKEN: '9' }).intake).toMatchObject({
      entities: 7,
      valuesPerToken: 9,
    });
    expect(readConfig({ HEADROOM_MOST_STREAMS: '3', HEADROOM_MOST_SOCKETS_PER_CALLER: '2' }).limits).toMatchObject({
      streams: { all: 3 },
      sockets: { perCaller: 2 },
    });
    expect(() => readConfig({ HEADROOM_MOST_ENTITIES: '0' })).toThrow(/HEADROOM_MOST_ENTITIES is “0”/);
  });
});
