import { expect } from 'vitest';
import { type Collector, joinBatches, parseAll, type ParseContext } from '../../../collectors/collector/index.ts';
import type { Batch } from '../../../core/readings/index.ts';

type Openable = Pick<Collector, 'open' | 'sniff'>;

/** Feeds a text in pieces of the given lengths, used in turn. */
function parsePieces(collector: Openable, text: string, lengths: readonly number[], context: ParseContext = {}): Batch {
  const session = collector.open(context);
  const batches: Batch[] = [];
  let at = 0;
  for (let turn = 0; at < text.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? 1;
    batches.push(session.feed(text.slice(at, at + length)));
    at += length;
  }
  batches.push(session.end());
  return joinBatches(batches);
}

/** Cut anywhere = whole: in two at every place (of a long text at some 400 places), in single characters, in odd pieces. */
export function cutAnywhere(collector: Openable, text: string, context: ParseContext = {}): void {
  const whole = parseAll(collector, text, context);
  const step = Math.max(1, Math.floor(text.length / 400));
  for (let cut = 0; cut <= text.length; cut += step) {
    expect(parsePieces(collector, text, [Math.max(cut, 1), text.length], context), `cut at ${cut}`).toEqual(whole);
  }
  expect(parsePieces(collector, text, [1], context)).toEqual(whole);
  expect(parsePieces(collector, text, [7, 64, 3], context)).toEqual(whole);
}

/** Nothing throws: neither a text that stops anywhere, nor one with a damaged byte, nor bytes that were never text. */
export function truncatedAnywhere(collector: Openable, text: string, context: ParseContext = {}): void {
  const step = Math.max(1, Math.floor(text.length / 400));
  for (let end = 0; end <= text.length; end += step) {
    const part = text.slice(0, end);
    parseAll(collector, part, context);
    collector.sniff(part);
    parseAll(collector, `${part}\u0000\uFFFD${text.slice(end + 2)}`, context);
  }
  const noise = binary(20_000);
  collector.sniff(noise);
  const batch = parseAll(collector, noise, context);
  expect(batch.readings).toEqual([]);
  parseAll(collector, `${text}${noise}`, context);
}

/** Repeatable noise, as a decoder would hand over a binary file. */
export function binary(length: number): string {
  let seed = 12_345;
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    bytes[index] = (seed >> 8) & 255;
  }
  return new TextDecoder('utf-8').decode(bytes);
}
