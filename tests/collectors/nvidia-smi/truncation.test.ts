import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Reading } from '../../../core/readings/index.ts';
import { parseAll } from '../../../collectors/collector/index.ts';
import { collectorById } from '../../../collectors/registry.ts';

const home = join(import.meta.dirname, '..', 'goldens');

/** Readings as texts; the number of processes is left out, since of a list that is cut off it is another one. */
function said(readings: readonly Reading[]): string[] {
  return readings.flatMap(({ entity, at, values }) => {
    const { 'gpu.processes': _count, ...kept } = values;
    return Object.keys(kept).length === 0 ? [] : [JSON.stringify([entity.id, at, kept])];
  });
}

describe('a file that ends anywhere', () => {
  const lineByLine = ['nvidia-smi-query', 'nvidia-smi-dmon', 'nvidia-smi-pmon', 'dcgmi-dmon'];
  const cases = lineByLine.flatMap((id) =>
    readdirSync(join(home, id))
      .filter((file) => !file.endsWith('.json'))
      .map((file) => [id, file] as const),
  );

  it.each(cases)('%s %s loses its last line at most', (id, file) => {
    const collector = collectorById(id);
    if (collector === undefined) throw new Error(`no collector ${id}`);
    const text = readFileSync(join(home, id, file), 'utf8');
    for (let end = 0; end <= text.length; end += 3) {
      const part = text.slice(0, end);
      const wholeLines = said(parseAll(collector, part.slice(0, part.lastIndexOf('\n') + 1)).readings);
      const readings = said(parseAll(collector, part).readings);
      expect(readings.slice(0, wholeLines.length), `ends at ${end}`).toEqual(wholeLines);
      expect(readings.length - wholeLines.length).toBeLessThanOrEqual(1);
    }
  });

  it('loses the GPU it ends in where a GPU has many lines', () => {
    const collector = collectorById('nvidia-smi-xml');
    if (collector === undefined) throw new Error('no XML collector');
    const text = readFileSync(join(home, 'nvidia-smi-xml', 'mig-and-loop.xml'), 'utf8');
    const all = said(parseAll(collector, text).readings);
    for (let end = 0; end <= text.length; end += 101) {
      const readings = said(parseAll(collector, text.slice(0, end)).readings);
      expect(readings).toEqual(all.slice(0, readings.length));
    }
  });
});
