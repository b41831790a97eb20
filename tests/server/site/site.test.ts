import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSite } from '../../../server/site/index.ts';

describe('the site file', () => {
  it('is Alvis where none is named', () => {
    expect(readSite(null).nodeTypes.map((type) => type.id)).toContain('A100fat');
  });

  it('tells the place of a fault', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'headroom-site-')), 'site.json');
    writeFileSync(path, '{ "name": 7 }');
    expect(() => readSite(path)).toThrow(/HEADROOM_SITE names .*site\.json[\s\S]*\/name/);
    writeFileSync(path, '{');
    expect(() => readSite(path)).toThrow(/cannot be read as JSON/);
  });
});
