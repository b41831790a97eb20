// Past the door of server/ingest: bytes are read without a service around them, and beside what JSON.parse and the checks make of them.
import { describe, expect, it } from 'vitest';
import { batchFromIntake, packedOf } from '../../../core/readings/index.ts';
import { checkBatch, checkRead } from '../../../server/ingest/check-batch.ts';
import { readBatch } from '../../../server/ingest/read-batch.ts';
import { number } from '../../../server/ingest/scan.ts';
import { packIntake } from '../../../server/store/series/pack-intake.ts';
import { ANYBODY } from '../../support/senders.ts';

const window = { oldest: 1000, newest: 2000, why: { old: 'too old', future: 'in the future' } };
const read = (text: string) => readBatch(Buffer.from(text), window);
/** What is kept of a body that is read byte by byte, as the wire would have it; null where it is not. */
const fast = (text: string) => {
  const batch = read(text);
  if (batch === null) return null;
  const { intake, rejected } = checkRead(batch, window, ANYBODY);
  return { batch: batchFromIntake(intake), rejected };
};
/** What is kept of it by JSON.parse and the checks. */
const slow = (text: string) => {
  const { intake, rejected } = checkBatch(JSON.parse(text), window, ANYBODY);
  return { batch: batchFromIntake(intake), rejected };
};

const GPU = '"entity":{"kind":"gpu","id":"GPU-1","node":"n1"}';
const block = (columns: string, t = '[1000,1001.5]') => `{${GPU},"t":${t},"columns":{${columns}}}`;
const batch = (blocks: string, more = '') => `{"source":"s","seq":3,"blocks":[${blocks}]${more}}`;
const GOOD = batch(
  `${block('"gpu.util":[0.5,null],"gpu.power":[321.25,4e2]')},{"entity":{"kind":"host","id":"n1"},"t":[1999],"columns":{"host.cpu":[0.25]}}`,
  ',"node":"n1","job":"c/7","facts":[{"entity":{"kind":"gpu","id":"GPU-1"},"name":"name","value":"A \\"100” ]}"}],"events":[]',
);

describe('a batch that is read byte by byte', () => {
  it('is what JSON.parse and the checks make of it', () => {
    expect(fast(GOOD)).toEqual(slow(GOOD));
    expect(fast(GOOD)).toMatchObject({ batch: { source: 's', seq: 3, node: 'n1', job: 'c/7', facts: [{ value: 'A "100” ]}' }] }, rejected: [] });
    expect(fast(GOOD)?.batch.blocks[0]?.columns).toEqual({ 'gpu.util': [0.5, null], 'gpu.power': [321.25, 400] });
  });

  it('may have its keys in any order and white space where JSON has it', () => {
    const text = ` {\n"blocks" : [ {"entity":{"id":"GPU-1" ,"kind":"gpu"}, "t": [ 1000 ,1001 ],\t"columns":{ "gpu.temp" : [ 40 , null ] } } ] , "seq":0,"source":"s" }\r\n`;
    expect(fast(text)).not.toBeNull();
    expect(fast(text)).toEqual(slow(text));
  });

  it('has its numbers to the last digit, however they are written', () => {
    const written = [
      '0',
      '-0',
      '0.1',
      '0.30000000000000004',
      '123456789012345678',
      '9007199254740993',
      '1e3',
      '1.5E-7',
      '2e+5',
      '0.00000000000000000000123',
      '4.35',
    ];
    for (const one of written) expect([one, number({ bytes: Buffer.from(`${one},`), at: 0 })]).toEqual([one, JSON.parse(one)]);
  });

  it('refuses facts and events one by one, with their places', () => {
    const text = batch(block('"gpu.util":[0.5]', '[1000]'), ',"facts":[{"name":"x"}],"events":[{"at":5000,"entity":null,"kind":"oom","text":"x"}]');
    expect(fast(text)).toEqual(slow(text));
    expect(fast(text)?.rejected.map(({ at }) => at)).toEqual(['facts/0', 'events/0/at']);
  });

  it('lies in one array, which goes to the store as it is', () => {
    read(batch(block('"gpu.util":[0,1],"gpu.temp":[1,2],"gpu.power":[1,2],"gpu.fan":[1,1]')));
    const tables = read(GOOD)?.tables ?? [];
    const [first] = tables;
    const packed = packIntake({ source: 's', seq: 3, tables });
    expect(packed.data).toBe(first === undefined ? null : packedOf(first)?.numbers);
    expect([...packed.data]).toEqual([1000, 1001.5, 0.5, Number.NaN, 321.25, 400, 1999, 0.25]);
    expect(packed).toMatchObject({
      values: 4,
      tables: [
        { rows: 2, metrics: ['gpu.util', 'gpu.power'] },
        { kind: 'host', rows: 1, metrics: ['host.cpu'] },
      ],
    });
  });

  it('goes to the store in order where its tables are left out, turned round or changed', () => {
    const tables = read(GOOD)?.tables ?? [];
    expect([...packIntake({ source: 's', seq: 3, tables: tables.slice(1) }).data]).toEqual([1999, 0.25]);
    expect([...packIntake({ source: 's', seq: 3, tables: [...tables].reverse() }).data]).toEqual([1999, 0.25, 1000, 1001.5, 0.5, Number.NaN, 321.25, 400]);
    const later = tables.map((table) => ({ ...table, t: table.t.map((at) => at + 1) }));
    expect([...packIntake({ source: 's', seq: 3, tables: later }).data]).toEqual([1001, 1002.5, 0.5, Number.NaN, 321.25, 400, 2000, 0.25]);
    const halved = tables.map((table) => ({ ...table, columns: new Map([...table.columns].map(([id, column]) => [id, column.map((value) => value / 2)])) }));
    expect([...packIntake({ source: 's', seq: 3, tables: halved }).data]).toEqual([1000, 1001.5, 0.25, Number.NaN, 160.625, 200, 1999, 0.125]);
  });

  it('may follow one of another shape', () => {
    const shapes = [GOOD, batch(block('"gpu.temp":[40,41]')), batch(block('"gpu.power":[1,2],"gpu.util":[0,1]')), batch(''), GOOD];
    expect(shapes.map(fast)).toEqual(shapes.map(slow));
  });
});

describe('what is unusual in a batch is left to JSON.parse and the checks, which say what is wrong:', () => {
  it.each([
    ['a letter beyond ASCII', batch(block('"gpu.util":[0,1]')).replace('GPU-1', 'GPU-ö')],
    ['an escape', batch(block('"gpu.util":[0,1]')).replace('GPU-1', 'GPU\\u002d1')],
    ['a metric that nobody knows', batch(block('"gpu.charm":[0,1]'))],
    ['a host’s metric on a GPU', batch(block('"host.cpu":[0,1]'))],
    ['a word that is no metric', batch(block('"columns":[0,1]'))],
    ['a column that comes twice', batch(block('"gpu.util":[0,1],"gpu.temp":[1,2],"gpu.util":[1,1]'))],
    ['a value too few', batch(block('"gpu.util":[0]'))],
    ['a value too many', batch(block('"gpu.util":[0,1,1]'))],
    ['a value out of range', batch(block('"gpu.util":[0,55]'))],
    ['a value that is text', batch(block('"gpu.util":[0,"1"]'))],
    ['a time before the one before it', batch(block('"gpu.util":[0,1]', '[1001,1000]'))],
    ['a time twice', batch(block('"gpu.util":[0,1]', '[1001,1001]'))],
    ['a time too old', batch(block('"gpu.util":[0,1]', '[999,1000]'))],
    ['a time to come', batch(block('"gpu.util":[0,1]', '[1999,2001]'))],
    ['no time', batch(block('"gpu.util":[]', '[]'))],
    ['no column', batch(block(''))],
    ['columns before times', batch(`{${GPU},"columns":{"gpu.util":[0]},"t":[1000]}`)],
    ['no entity', batch('{"t":[1000],"columns":{"gpu.util":[0]}}')],
    ['an entity without a name', batch(block('"gpu.util":[0,1]')).replace('GPU-1', '')],
    ['an entity with a long name', batch(block('"gpu.util":[0,1]')).replace('GPU-1', 'G'.repeat(201))],
    ['an entity of no kind', batch(block('"gpu.util":[0,1]')).replace('"gpu"', '"node"')],
    ['a key that is not expected', batch(block('"gpu.util":[0,1]'), ',"more":1')],
    ['a key of elsewhere', batch(block('"gpu.util":[0,1]'), ',"kind":1')],
    ['a key that comes twice', batch(block('"gpu.util":[0,1]'), ',"seq":4')],
    ['no source', '{"seq":3,"blocks":[]}'],
    ['a number that is none', batch('').replace('3', '-3')],
    ['half a number', batch('').replace('3', '3.5')],
    ['facts that are no list', batch('', ',"facts":{}')],
    ['null for a list', batch('', ',"facts":null')],
  ])('%s', (_, text) => {
    expect(() => JSON.parse(text) as unknown).not.toThrow();
    expect(read(text)).toBeNull();
  });

  it.each([
    ['nothing', ''],
    ['half a batch', GOOD.slice(0, 150)],
    ['something behind it', `${GOOD} x`],
    ['a comma too many', batch(block('"gpu.util":[0,1],'))],
    ['a leading zero', batch(block('"gpu.util":[00,1]'))],
    ['a point without a digit', batch(block('"gpu.util":[0.,1]'))],
    ['a point first', batch(block('"gpu.util":[.5,1]'))],
    ['an exponent without a digit', batch(block('"gpu.util":[1e,1]'))],
    ['half a null', batch(block('"gpu.util":[nul,1]'))],
    ['facts that are no JSON', batch('', ',"facts":[{]')],
    ['a line break in a name', batch(block('"gpu.util":[0,1]')).replace('GPU-1', 'GPU\n1')],
  ])('%s, which is no JSON', (_, text) => {
    expect(() => JSON.parse(text) as unknown).toThrow();
    expect(read(text)).toBeNull();
  });

  it('of ten thousand batches with bytes changed, none is read as what it does not say', () => {
    const signs = ['"', '\\', '{', '}', '[', ']', ',', ':', '0', '7', '-', '.', 'e', 'n', ' ', 'é', ''];
    let state = 7;
    const next = (below: number) => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) % below;
    let known = 0;
    for (let round = 0; round < 10_000; round += 1) {
      const at = next(GOOD.length);
      const text = GOOD.slice(0, at) + (signs[next(signs.length)] ?? '') + GOOD.slice(at + next(3));
      const got = fast(text);
      if (got === null) continue;
      known += 1;
      expect([text, got]).toEqual([text, slow(text)]);
      expect(got.rejected.filter((one) => one.at.startsWith('blocks'))).toEqual([]);
    }
    expect(known).toBeGreaterThan(500);
  });
});
