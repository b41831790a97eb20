import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Collector, parseAll, type ParseContext } from '../../../collectors/collector/index.ts';
import { cutAnywhere, truncatedAnywhere } from './cuts.ts';

const home = join(import.meta.dirname, '..', 'goldens');

/**
 * One test per pair of files in a folder of goldens: `name.json` says by hand what `name.<anything>` means (the whole batch, and the
 * context where one is needed). Every text is also read cut anywhere and ended anywhere.
 */
export function goldens(collector: Collector, folder: string): void {
  const names = readdirSync(join(home, folder));
  for (const name of names.filter((file) => file.endsWith('.json'))) {
    const stem = name.slice(0, -'.json'.length);
    const source = names.find((file) => file.startsWith(`${stem}.`) && file !== name);
    if (source === undefined) throw new Error(`no text beside goldens/${folder}/${name}`);
    const text = readFileSync(join(home, folder, source), 'utf8');
    const { context = {}, ...batch } = JSON.parse(readFileSync(join(home, folder, name), 'utf8')) as { context?: ParseContext }; // written by hand here
    it(`${folder}/${source} means what ${name} says`, () => {
      expect(collector.sniff(text, source)).toBeGreaterThan(0.5);
      expect(parseAll(collector, text, context)).toEqual(batch);
    });
    it(`${folder}/${source} is read alike wherever it is cut, and ends anywhere without a throw`, () => {
      cutAnywhere(collector, text, context);
      truncatedAnywhere(collector, text, context);
    });
  }
}
