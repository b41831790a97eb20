import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BOUNDS, readConfig } from '../../../server/settings/index.ts';

const manual = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');

describe('the table of bounds', () => {
  it.each(BOUNDS.map((bound) => [bound.name, bound] as const))('has %s with its variable and default as the manual says', (_, { setting, value }) => {
    expect(value).toBeGreaterThan(0);
    if (setting !== null) expect(manual).toContain(`| \`${setting}\` | \`${value}\` |`);
  });

  it('is what the environment sets', () => {
    expect(readConfig({ HEADROOM_MOST_ENTITIES: '7', HEADROOM_MOST_VALUES_PER_MINUTE_PER_TOKEN: '9' }).intake).toMatchObject({
      entities: 7,
      valuesPerToken: 9,
    });
    expect(() => readConfig({ HEADROOM_MOST_ENTITIES: '0' })).toThrow(/HEADROOM_MOST_ENTITIES is “0”/);
  });
});
