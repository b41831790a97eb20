import { describe, expect, it } from 'vitest';
import { assemble, type SourceData } from '../../../collectors/run/index.ts';
import { type Clock, type EntityRef, type Fact, type MetricId, tablesOf } from '../../../core/readings/index.ts';

type Row = [entity: EntityRef, at: number, values: Partial<Record<MetricId, number>>];

function source(file: string, clock: Clock, rows: Row[], more: { zoneless?: boolean; facts?: Fact[] } = {}): SourceData {
  return {
    file,
    collector: 'test',
    clock,
    zoneless: more.zoneless ?? false,
    readings: rows.length,
    events: [],
    rejected: [],
    rejectedCount: 0,
    notes: [],
    tables: tablesOf(
      rows.map(([entity, at, values]) => ({ entity, at, values })),
      more.facts ?? [],
    ),
  };
}

const gpu = (id: string): EntityRef => ({ kind: 'gpu', id });
const host = (id: string): EntityRef => ({ kind: 'host', id });
// 2025-02-21 12:00:00 UTC
const NOON = 1_740_139_200;

describe('a source without times', () => {
  const engine: EntityRef = { kind: 'engine', id: 'vllm@?' };
  const pages = (count: number) =>
    source(
      'pages.txt',
      'ordinal',
      Array.from({ length: count }, (_, i): Row => [engine, i, { 'engine.running': 3, 'engine.generationTokens': 5000 * i }]),
    );

  it('tells no rate of what it counts, since its clock is assumed, and says why', () => {
    const { run, notes } = assemble([pages(12)]);
    expect([...(run.tables[0]?.columns.keys() ?? [])]).toEqual(['engine.running']);
    expect(notes).toEqual([
      'pages.txt (test) carries no times: one sample every 1 s from the start is assumed; without times no rate is known of what it counts (Generated tokens): print a date before each sample (date -Is)',
    ]);
  });

  it('keeps what one sample counted: it makes no rate', () => {
    expect([...(assemble([pages(1)]).run.tables[0]?.columns.keys() ?? [])]).toEqual(['engine.running', 'engine.generationTokens']);
  });
});

describe('a clock that is assumed', () => {
  const clocks = (...sources: readonly SourceData[]) => assemble(sources).run.tables.map(({ entity, facts }) => [entity.id, facts.get('clock')]);
  const util = (file: string, clock: Clock, from: number, more: { zoneless?: boolean } = {}, id = 'GPU-a') =>
    source(
      file,
      clock,
      [10, 20].map((at): Row => [gpu(id), from + at, { 'gpu.util': 0.9 }]),
      more,
    );
  const tokens = (file: string, clock: Clock, from: number, more: { zoneless?: boolean } = {}) =>
    source(
      file,
      clock,
      [10, 20].map((at): Row => [{ kind: 'engine', id: 'vllm@?' }, from + at, { 'engine.running': 3 }]),
      more,
    );

  it('is said of what is read by it: no times, seconds from its own start, a zone that nobody names', () => {
    expect(clocks(util('dmon.txt', 'ordinal', 0))).toEqual([['GPU-a', 'period of dmon.txt']]);
    expect(clocks(util('query.csv', 'utc', NOON), tokens('stats.csv', 'relative', 0))).toEqual([
      ['GPU-a', undefined],
      ['vllm@?', 'start of stats.csv'],
    ]);
    expect(clocks(util('query.csv', 'utc', NOON), tokens('vllm.log', 'utc', NOON + 7200, { zoneless: true }))).toEqual([
      ['GPU-a', undefined],
      ['vllm@?', 'zone of vllm.log'],
    ]);
  });

  it('is nothing where all is known: dates, one stop-watch, one look', () => {
    expect(clocks(util('query.csv', 'utc', NOON), tokens('vllm.log', 'utc', NOON, { zoneless: true })).flatMap(([, clock]) => clock ?? [])).toEqual([]);
    expect(clocks(util('query.csv', 'relative', 0))).toEqual([['GPU-a', undefined]]);
    expect(clocks(source('page.txt', 'ordinal', [[gpu('GPU-a'), 0, { 'gpu.util': 0.9 }]]))).toEqual([['GPU-a', undefined]]);
  });

  it('of several stop-watches is that they began together, which is said', () => {
    const { notes } = assemble([util('query.csv', 'relative', 0), tokens('stats.csv', 'relative', 0)]);
    expect(notes).toEqual([
      'query.csv counts seconds from its own start: taken to start together with the other sources',
      'stats.csv counts seconds from its own start: taken to start together with the other sources',
    ]);
  });

  it('keeps what the reader itself assumed', () => {
    const facts: Fact[] = [{ entity: { kind: 'engine', id: 'trainer@?' }, name: 'clock', value: 'steps of train.log' }];
    const log = source(
      'train.log',
      'relative',
      [10, 20].map((at): Row => [{ kind: 'engine', id: 'trainer@?' }, at, { 'engine.trainStepTime': 10 }]),
      { facts },
    );
    expect(clocks(util('query.csv', 'utc', NOON), log)).toContainEqual(['trainer@?', 'steps of train.log; start of train.log']);
  });
});

describe('sources given together', () => {
  it('on one stop-watch are merged instant by instant, and the first source wins a value that both have', () => {
    const { run } = assemble([
      source('query.csv', 'relative', [
        [gpu('GPU-a'), 1, { 'gpu.util': 0.9 }],
        [gpu('GPU-a'), 2, { 'gpu.util': 0.8 }],
      ]),
      source('dmon.csv', 'relative', [
        [gpu('#0'), 1, { 'gpu.util': 0.1, 'gpu.power': 300 }],
        [gpu('#0'), 3, { 'gpu.power': 310 }],
      ]),
    ]);
    expect(run.clock).toBe('relative');
    expect(run.tables).toHaveLength(1);
    expect([...(run.tables[0]?.t ?? [])]).toEqual([1, 2, 3]);
    expect([...(run.tables[0]?.columns.get('gpu.util') ?? [])]).toEqual([0.9, 0.8, Number.NaN]);
    expect([...(run.tables[0]?.columns.get('gpu.power') ?? [])]).toEqual([300, Number.NaN, 310]);
  });

  it('an index that a source maps to a UUID is that card, whatever its number', () => {
    const index: Fact[] = [
      { entity: gpu('GPU-a'), name: 'index', value: '0' },
      { entity: gpu('GPU-b'), name: 'index', value: '3' },
    ];
    const { run } = assemble([
      source(
        'query.csv',
        'relative',
        [
          [gpu('GPU-a'), 1, { 'gpu.util': 0.9 }],
          [gpu('GPU-b'), 1, { 'gpu.util': 0.4 }],
        ],
        { facts: index },
      ),
      source('dmon.txt', 'relative', [[gpu('#3'), 1, { 'gpu.power': 120 }]]),
    ]);
    const card = run.tables.find((table) => table.entity.id === 'GPU-b');
    expect(card?.columns.get('gpu.power')?.[0]).toBe(120);
    expect(run.tables.map((table) => table.entity.id).sort()).toEqual(['GPU-a', 'GPU-b']);
  });

  it('two UUIDs and one bare index stay three things: guessing would join a stranger', () => {
    const { run } = assemble([
      source('query.csv', 'relative', [
        [gpu('GPU-a'), 1, { 'gpu.util': 0.9 }],
        [gpu('GPU-b'), 1, { 'gpu.util': 0.4 }],
      ]),
      source('dmon.txt', 'relative', [[gpu('#0'), 1, { 'gpu.power': 120 }]]),
    ]);
    expect(run.tables.map((table) => table.entity.id).sort()).toEqual(['#0', 'GPU-a', 'GPU-b']);
  });

  it('one index that two nodes map to different cards stays apart', () => {
    const facts: Fact[] = [
      { entity: gpu('GPU-a'), name: 'index', value: '0' },
      { entity: gpu('GPU-b'), name: 'index', value: '0' },
    ];
    const { run } = assemble([
      source(
        'nodes.csv',
        'relative',
        [
          [gpu('GPU-a'), 1, { 'gpu.util': 0.9 }],
          [gpu('GPU-b'), 1, { 'gpu.util': 0.4 }],
        ],
        { facts },
      ),
      source('dmon.txt', 'relative', [[gpu('#0'), 1, { 'gpu.power': 120 }]]),
    ]);
    expect(run.tables.map((table) => table.entity.id)).toContain('#0');
  });

  it('a host that a tool did not name is the only named one', () => {
    const { run } = assemble([
      source('proc.txt', 'utc', [[host('alvis4-01'), NOON, { 'host.cpu': 0.2 }]]),
      source('top.txt', 'utc', [[host('?'), NOON, { 'host.load1': 4 }]]),
    ]);
    expect(run.tables.map((table) => table.entity.id)).toEqual(['alvis4-01']);
    expect(run.tables[0]?.columns.get('host.load1')?.[0]).toBe(4);
  });

  it('zone-less stamps two hours off are shifted by two hours, and it is said', () => {
    const { run, notes } = assemble([
      source('engine.csv', 'utc', [
        [host('a'), NOON, { 'host.cpu': 0.1 }],
        [host('a'), NOON + 100, { 'host.cpu': 0.1 }],
      ]),
      source(
        'smi.csv',
        'utc',
        [
          [gpu('GPU-a'), NOON + 7203, { 'gpu.util': 1 }],
          [gpu('GPU-a'), NOON + 7290, { 'gpu.util': 1 }],
        ],
        { zoneless: true },
      ),
    ]);
    expect([...(run.tables.find((table) => table.entity.kind === 'gpu')?.t ?? [])]).toEqual([NOON + 3, NOON + 90]);
    expect(notes.join()).toContain('smi.csv names no time zone and misses engine.csv by −2 h 0 min');
  });

  it('stamps with a zone are never shifted, nor are zone-less ones that overlap', () => {
    const late = source('smi.csv', 'utc', [[gpu('GPU-a'), NOON + 7203, { 'gpu.util': 1 }]]);
    const near = source('near.csv', 'utc', [[gpu('GPU-b'), NOON + 50, { 'gpu.util': 1 }]], { zoneless: true });
    const { run, notes } = assemble([
      source('engine.csv', 'utc', [
        [host('a'), NOON, { 'host.cpu': 0.1 }],
        [host('a'), NOON + 100, { 'host.cpu': 0.1 }],
      ]),
      late,
      near,
    ]);
    expect(run.tables.find((table) => table.entity.id === 'GPU-a')?.t[0]).toBe(NOON + 7203);
    expect(run.tables.find((table) => table.entity.id === 'GPU-b')?.t[0]).toBe(NOON + 50);
    expect(notes).toEqual([]);
  });

  it('zone-less stamps are shifted by up to 14 h, the widest zone there is: a day-old file is not laid over today’s', () => {
    const shifted = (hours: number) =>
      assemble([
        source('engine.csv', 'utc', [
          [host('n1'), NOON, { 'host.cpu': 0.5 }],
          [host('n1'), NOON + 100, { 'host.cpu': 0.5 }],
        ]),
        source('smi.csv', 'utc', [[gpu('GPU-a'), NOON + hours * 3600, { 'gpu.util': 1 }]], { zoneless: true }),
      ]).run.tables.find(({ entity }) => entity.kind === 'gpu')?.t[0];
    expect(shifted(14)).toBe(NOON);
    expect(shifted(-14)).toBe(NOON);
    expect(shifted(14.25)).toBe(NOON + 14.25 * 3600);
    expect(shifted(-14.25)).toBe(NOON - 14.25 * 3600);
    expect(shifted(24)).toBe(NOON + 24 * 3600);
  });

  it('a stop-watch beside dated files is taken to start with the first of them, and it is said', () => {
    const { run, notes } = assemble([
      source('dated.csv', 'utc', [[host('a'), NOON, { 'host.cpu': 0.1 }]]),
      source('watch.csv', 'relative', [
        [gpu('GPU-a'), 5, { 'gpu.util': 1 }],
        [gpu('GPU-a'), 7, { 'gpu.util': 1 }],
      ]),
    ]);
    expect([...(run.tables.find((table) => table.entity.kind === 'gpu')?.t ?? [])]).toEqual([NOON, NOON + 2]);
    expect(notes.join()).toContain('watch.csv counts seconds from its own start');
  });

  it('a source without times is read as one sample a second, and it is said', () => {
    const { run, notes } = assemble([
      source('dmon.txt', 'ordinal', [
        [gpu('#0'), 0, { 'gpu.util': 1 }],
        [gpu('#0'), 1, { 'gpu.util': 1 }],
      ]),
    ]);
    expect(run.clock).toBe('relative');
    expect([...(run.tables[0]?.t ?? [])]).toEqual([0, 1]);
    expect(notes.join()).toContain('carries no times');
  });
});
