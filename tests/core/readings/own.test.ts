import { expect, it } from 'vitest';
import { parseAll } from '../../../collectors/collector/index.ts';
import { collectors } from '../../../collectors/registry.ts';
import { own } from '../../../core/readings/index.ts';

const EVERY_OBJECT = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'];

it('a table has no word that only every object knows', () => {
  expect(EVERY_OBJECT.map((word) => own({ a: 1 }, word))).toEqual(EVERY_OBJECT.map(() => undefined));
  expect(own({ a: 1 }, 'a')).toBe(1);
});

it.each(EVERY_OBJECT)('no collector takes a column, metric, unit or field called %s for one that it knows', (word) => {
  const texts = [
    `timestamp,${word}\n2026-03-01 10:00:00,1\n`,
    `timestamp, ${word} [${word}]\n2026/03/01 10:00:00.000, 1 ${word}\n`,
    `# TYPE ${word} gauge\n${word}{a="b"} 1\n`,
    JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [{ metric: { __name__: word }, values: [[1, '1']] }] } }),
    JSON.stringify({ [word]: 1, duration: 1, completed: 1 }),
    `{'loss': 1.0, '${word}': 2.0}\n`,
    `# gpu ${word}\n# Idx ${word}\n 0 1\n`,
  ];
  for (const collector of collectors) {
    for (const text of texts) {
      const { readings } = parseAll(collector, text, { node: 'n1' });
      for (const { values } of readings) expect(Object.values(values).every((value) => typeof value === 'number' && Number.isFinite(value))).toBe(true);
    }
  }
});
