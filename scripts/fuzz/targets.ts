import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { type Collector, joinBatches, parseAll } from '../../collectors/collector/index.ts';
import { collectors } from '../../collectors/registry.ts';
import { openReaders } from '../../collectors/run/index.ts';
import { recognise, sniff } from '../../collectors/sniff.ts';
import { type Batch, isMetricId, plausible } from '../../core/readings/index.ts';
import { batchTargets } from './batches.ts';
import { commandLines } from './command-lines.ts';
import { routeTargets } from './routes.ts';
import { sentTargets } from './sent.ts';
import { socketTargets } from './sockets.ts';
import { type Target, target, timed } from './fuzz.ts';
import { storedTargets } from './stored.ts';
import { cutAt, damaged, fixturesOf, textOrNoise } from './texts.ts';

/** Every target, a row each: what a stranger may send, and who reads it. */
export const targets: readonly Target[] = [
  ...collectors.map((collector) =>
    target(`collector ${collector.id}`, fc.oneof({ weight: 3, arbitrary: damaged(fixturesOf(collector.id)) }, { weight: 1, arbitrary: textOrNoise }), (text) =>
      readable(collector, text),
    ),
  ),
  target('readers over chunks', fc.tuple(damaged(fixturesOf()), fc.array(fc.nat({ max: 20_000 }), { maxLength: 6 })), ([text, cuts]) =>
    cutAnywhere(text, cuts),
  ),
  target(
    'the door that recognises',
    fc.tuple(fc.oneof(damaged(fixturesOf()), textOrNoise), fc.option(fc.string({ maxLength: 40 }), { nil: undefined })),
    ([text, file]) => {
      const found = sniff(text, file);
      if (found !== null && !(found.confidence > 0.5 && found.confidence <= 1)) throw new Error(`${found.collector.id} is ${found.confidence} sure`);
      timed('recognising', () => recognise(text, file));
    },
  ),
  commandLines,
  ...batchTargets,
  ...storedTargets,
  ...routeTargets,
  ...sentTargets,
  ...socketTargets,
];

/** No text makes a collector throw, wait, or tell a value that cannot be. */
function readable(collector: Collector, text: string): void {
  const batch = timed(collector.id, () => {
    const sure = collector.sniff(text);
    if (!(sure >= 0 && sure <= 1)) throw new Error(`it is ${sure} sure`);
    return parseAll(collector, text, { node: 'n1' });
  });
  for (const { at, values } of batch.readings) {
    if (!Number.isFinite(at)) throw new Error(`a reading at ${at}`);
    for (const [id, value] of Object.entries(values)) {
      if (!isMetricId(id) || !plausible(id, value)) throw new Error(`${id} is ${value}`);
    }
  }
  for (const { at } of batch.events) if (at !== null && !Number.isFinite(at)) throw new Error(`an event at ${at}`);
  for (const { figures } of batch.statements ?? []) for (const { name, value } of figures) if (!Number.isFinite(value)) throw new Error(`${name} is ${value}`);
}

/** Wherever a text is cut, it says the same. */
function cutAnywhere(text: string, cuts: readonly number[]): void {
  const whole = read([text]);
  const parts = cutAt(text, cuts, (all, from, to) => all.slice(from, to));
  if (!isDeepStrictEqual(read(parts), whole)) throw new Error('cut, it says something else');
}

function read(parts: readonly string[]): { collectors: readonly string[]; batches: readonly Batch[] } {
  const readers = openReaders({ context: { node: 'n1' }, recognise });
  const told: Batch[][] = [];
  const keep = (batches: readonly Batch[]): void => batches.forEach((batch, index) => (told[index] ??= []).push(batch));
  for (const part of parts) keep(readers.feed(part));
  keep(readers.end());
  return { collectors: readers.collectors, batches: told.map(joinBatches) };
}
