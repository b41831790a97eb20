import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Collector } from '../../collectors/collector/index.ts';
import { collectorById, collectors } from '../../collectors/registry.ts';
import { sniff } from '../../collectors/sniff.ts';
import { binary } from './support/cuts.ts';

const home = join(import.meta.dirname, 'goldens');

describe('the registry', () => {
  it('has every id once, found by collectorById', () => {
    const ids = collectors.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const collector of collectors) expect(collectorById(collector.id)).toBe(collector);
    expect(collectorById('no-such-tool')).toBeUndefined();
  });
});

describe('sniff', () => {
  const folders = readdirSync(home).filter((folder) => collectorById(folder) !== undefined);
  it.each(folders)('knows every golden of %s without a label', (folder) => {
    const texts = readdirSync(join(home, folder)).filter((file) => !file.endsWith('.json'));
    expect(texts.length).toBeGreaterThan(0);
    for (const file of texts) {
      const text = readFileSync(join(home, folder, file), 'utf8');
      expect(sniff(text)?.collector.id, file).toBe(folder);
      expect(sniff(`\uFEFF${text.replaceAll('\n', '\r\n')}`)?.collector.id, `${file} with BOM and CRLF`).toBe(folder);
    }
  });

  it.each([
    ['nothing', ''],
    ['prose', 'Dear all,\nthe cluster is down on Friday.\nRegards\n'],
    ['a spreadsheet', 'name,age,city\nAda,36,London\n'],
    ['a weather log', 'time,temp,power\n12:00,21,5\n'],
    ['JSON of something else', '[{"name": "x", "value": 1}]'],
    ['XML of something else', '<?xml version="1.0"?><html><gpu>no</gpu></html>'],
    ['a comment', '# just a comment\n# another one\n'],
    ['noise', binary(50_000)],
  ])('claims no %s', (_what, text) => {
    expect(sniff(text)).toBeNull();
  });

  it('asks only about the first 64 KiB, and the surest collector wins, the earlier one of two equals', () => {
    const asked: number[] = [];
    const fake = (id: string, confidence: number): Collector => ({
      id,
      title: id,
      entities: ['gpu'],
      sniff: (head) => {
        asked.push(head.length);
        return confidence;
      },
      open: () => {
        throw new Error('not opened');
      },
    });
    const found = sniff('x'.repeat(100_000), undefined, [fake('a', 0.5), fake('b', 0.7), fake('c', 0.9), fake('d', 0.9)]);
    expect(found?.collector.id).toBe('c');
    expect(asked).toEqual([65_536, 65_536, 65_536, 65_536]);
    expect(sniff('x', undefined, [fake('a', 0.5)])).toBeNull();
  });
});
