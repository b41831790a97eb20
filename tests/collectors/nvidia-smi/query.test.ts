import { describe, expect, it } from 'vitest';
import { parseAll, type ParseContext } from '../../../collectors/collector/index.ts';
import { nvidiaSmiQuery } from '../../../collectors/nvidia-smi/index.ts';

const parse = (text: string, context: ParseContext = {}) => parseAll(nvidiaSmiQuery, text, context);
const rows = (text: string, context: ParseContext = {}) => parse(text, context).readings.map(({ entity, at, values }) => [entity.id, at, values]);

describe('columns of --query-gpu', () => {
  it('are named by the caller where the text has no header', () => {
    const context = { fields: ['timestamp', 'index', 'utilization.gpu', 'memory.used'] };
    expect(rows('2025-02-21T18:31:51Z, 3, 31, 100\n', context)).toEqual([['#3', 1740162711, { 'gpu.util': 0.31, 'gpu.memUsed': 104857600 }]]);
    expect(parse('2025-02-21T18:31:51Z, 3, 31\n', context).rejected).toEqual([
      { line: 1, reason: 'row has 3 cells, expected 4 as in the header', text: '2025-02-21T18:31:51Z, 3, 31' },
    ]);
  });

  it('are taken by their look where nobody names them, and only those that have one meaning; the batch says which', () => {
    const batch = parse('2025/02/21 18:31:51.000, 7 %, 3 %, 2 MiB, 20146 MiB, 27, 11.64 W\n2025/02/21 18:31:56.000, 8 %, 4 %, 2 MiB, 20146 MiB, 27, 11.36 W\n');
    expect(batch.readings.map(({ values }) => values)).toEqual([
      { 'gpu.util': 0.07, 'gpu.memUtil': 0.03, 'gpu.power': 11.64 },
      { 'gpu.util': 0.08, 'gpu.memUtil': 0.04, 'gpu.power': 11.36 },
    ]);
    expect(batch.events[0]?.text).toContain('no header');
    expect(batch.events[0]?.text).toContain('2: utilization.gpu, 3: utilization.memory, 7: power.draw');
  });

  it('are not guessed from bare numbers: the row is refused with the remedy', () => {
    const batch = parse('31, 12, 100\n');
    expect(batch.readings).toEqual([]);
    expect(batch.rejected[0]?.reason).toBe('expected a header; where there is none, the field names in their order have to be given');
  });

  it('of two powers or three shares stay unguessed', () => {
    expect(parse('2025/02/21 18:31:51.000, 7 %, 3 %, 9 %, 11.64 W, 400.00 W\n').readings).toEqual([]);
  });

  it('may come in any order, with a BOM, CRLF, quotes, semicolons and columns that mean nothing to us', () => {
    expect(rows('\uFEFF"power.draw [W]","pstate","utilization.gpu [%]","timestamp"\r\n"58.31 W","P0","31 %","2025-02-21T18:31:51Z"\r\n')).toEqual([
      ['#0', 1740162711, { 'gpu.power': 58.31, 'gpu.util': 0.31 }],
    ]);
    expect(rows('timestamp;power.draw [W];index\n2025-02-21T18:31:51Z;58.31 W;1\n')).toEqual([['#1', 1740162711, { 'gpu.power': 58.31 }]]);
  });

  it('change where a run is appended with another header', () => {
    const text = 'timestamp, index, utilization.gpu [%]\n2025-02-21T18:31:51Z, 0, 31 %\nindex, timestamp, power.draw [W]\n0, 2025-02-21T18:31:52Z, 58.31 W\n';
    expect(rows(text)).toEqual([
      ['#0', 1740162711, { 'gpu.util': 0.31 }],
      ['#0', 1740162712, { 'gpu.power': 58.31 }],
    ]);
    expect(parse(text).rejected).toEqual([]);
  });

  it('that people head themselves keep nvidia-smi’s MiB, and mem_util% is left out: it may be bandwidth or occupancy', () => {
    expect(rows('timestamp,gpu_name,gpu_util%,mem_util%,mem_used_MB,temp_C,power_W\n2025/02/21 18:31:51.000,NVIDIA A40,12,3,1067,30,58.5\n')).toEqual([
      ['#0', 1740162711, { 'gpu.util': 0.12, 'gpu.memUsed': 1118830592, 'gpu.temp': 30, 'gpu.power': 58.5 }],
    ]);
  });

  it('prefer power.draw, then the average, then the instant; and the enforced limit to the one that was set', () => {
    const head = 'index, power.draw.instant [W], power.draw [W], power.draw.average [W], enforced.power.limit [W], power.limit [W]\n';
    expect(
      rows(`${head}0, 1.00 W, 2.00 W, 3.00 W, 250.00 W, 300.00 W\n0, 1.00 W, [N/A], 3.00 W, [N/A], 300.00 W\n0, 1.00 W, [N/A], [N/A], 250.00 W, 300.00 W\n`),
    ).toEqual([
      ['#0', 0, { 'gpu.power': 2, 'gpu.powerLimit': 250 }],
      ['#0', 1, { 'gpu.power': 3, 'gpu.powerLimit': 300 }],
      ['#0', 2, { 'gpu.power': 1, 'gpu.powerLimit': 250 }],
    ]);
  });

  it('of old and new clock reasons mean the same, and single flags beat the mask', () => {
    const row = (name: string, cell: string) => rows(`index, ${name}\n0, ${cell}\n`)[0]?.[2];
    expect(row('clocks_throttle_reasons.sw_power_cap', 'Active')).toEqual({ 'gpu.capPower': 1 });
    expect(row('clocks_event_reasons.sw_power_cap', 'Not Active')).toEqual({ 'gpu.capPower': 0 });
    expect(row('clocks_throttle_reasons.hw_thermal_slowdown', '[N/A]')).toBeUndefined();
    expect(row('clocks_event_reasons.active', '0x0000000000000008')).toMatchObject({ 'gpu.capHw': 1, 'gpu.capPower': 0 });
  });
});

describe('MIG', () => {
  it('prints [N/A]: utilisation is unknown, not zero, and the GPU is there', () => {
    expect(rows('index, utilization.gpu [%], memory.used [MiB]\n0, [N/A], 59 MiB\n')).toEqual([['#0', 0, { 'gpu.memUsed': 61865984, 'gpu.present': 1 }]]);
  });
});

describe('the GPU of a row', () => {
  const uuid = 'GPU-6d0a1f0c-1111-4aaa-8bbb-000000000001';
  it('is its UUID where it is printed or the scope knows the index, and otherwise the index', () => {
    expect(rows(`uuid, index, power.draw [W]\n${uuid}, 0, 1.00 W\n`)[0]?.[0]).toBe(uuid);
    expect(rows('index, power.draw [W]\n0, 1.00 W\n', { uuids: { '0': uuid } })[0]?.[0]).toBe(uuid);
    expect(rows('index, power.draw [W]\n0, 1.00 W\n')[0]?.[0]).toBe('#0');
  });

  it('is known by its bus id from the time on that an index or UUID came with it', () => {
    const batch = parse(`pci.bus_id, uuid, power.draw [W]\n00000000:3B:00.0, ${uuid}, 1.00 W\npci.bus_id, power.draw [W]\n00000000:3B:00.0, 2.00 W\n`);
    expect(batch.readings.map(({ entity }) => entity.id)).toEqual([uuid, uuid]);
  });

  it('carries the node that the caller names', () => {
    expect(parse('index, power.draw [W]\n0, 1.00 W\n', { node: 'alvis1-01' }).readings[0]?.entity).toEqual({ kind: 'gpu', id: '#0', node: 'alvis1-01' });
  });

  it('is refused where the cell that names it is unreadable, and the rest is kept', () => {
    const batch = parse('index, power.draw [W]\n0, 1.00 W\nx, 2.00 W\n1, 3.00 W\n');
    expect(batch.readings.map(({ entity }) => entity.id)).toEqual(['#0', '#1']);
    expect(batch.rejected).toEqual([{ line: 3, column: 1, reason: 'expected a GPU index or UUID', text: 'x, 2.00 W' }]);
  });
});

describe('time', () => {
  const at = (head: string, cell: string, tz = 'Europe/Stockholm') => {
    const batch = parse(`${head}, index, power.draw [W]\n${cell}, 0, 1.00 W\n`, { tz });
    return [batch.clock, batch.zoneless, batch.readings[0]?.at];
  };
  it.each([
    ['timestamp', '2025/02/21 19:31:51.123', 'utc', true, 1740162711.123],
    ['timestamp', '2025-02-21T18:31:51Z', 'utc', false, 1740162711],
    ['timestamp', '2025-02-21T19:31:51+01:00', 'utc', false, 1740162711],
    ['date', '1740162711', 'utc', false, 1740162711],
    ['time', '1740162711250', 'utc', false, 1740162711.25],
    ['time [s]', '0.25', 'relative', false, 0.25],
    ['time [ms]', '250', 'relative', false, 0.25],
    ['elapsed', '12', 'relative', false, 12],
  ])('%s %s is on the clock %s', (head, cell, clock, zoneless, seconds) => {
    expect(at(head, cell)).toEqual([clock, zoneless, seconds]);
  });

  it('is counted in sweeps where there is none: a sweep ends where a GPU comes again', () => {
    expect(rows('index, power.draw [W]\n0, 1.00 W\n1, 2.00 W\n0, 3.00 W\n1, 4.00 W\n').map(([id, seconds]) => [id, seconds])).toEqual([
      ['#0', 0],
      ['#1', 0],
      ['#0', 1],
      ['#1', 1],
    ]);
    expect(parse('index, power.draw [W]\n0, 1.00 W\n').clock).toBe('ordinal');
  });

  it('of another kind than before is refused, and so is an unreadable one', () => {
    const batch = parse('timestamp, index, power.draw [W]\n2025-02-21T18:31:51Z, 0, 1.00 W\n12, 0, 2.00 W\nyesterday, 0, 3.00 W\n');
    expect(batch.readings.length).toBe(1);
    expect(batch.rejected.map(({ line, column }) => [line, column])).toEqual([
      [3, 1],
      [4, 1],
    ]);
  });

  it('without an index or UUID splits a sweep over several GPUs by the few milliseconds between its rows', () => {
    const text =
      'timestamp, power.draw [W]\n2025/02/21 18:31:51.000, 1.00 W\n2025/02/21 18:31:51.004, 2.00 W\n2025/02/21 18:31:52.000, 3.00 W\n2025/02/21 18:31:52.003, 4.00 W\n';
    expect(rows(text).map(([id, , values]) => [id, values])).toEqual([
      ['#0', { 'gpu.power': 1 }],
      ['#1', { 'gpu.power': 2 }],
      ['#0', { 'gpu.power': 3 }],
      ['#1', { 'gpu.power': 4 }],
    ]);
  });

  it('and name both missing: the column count says how many rows make a sweep', () => {
    expect(rows('count, power.draw [W]\n2, 1.00 W\n2, 2.00 W\n2, 3.00 W\n2, 4.00 W\n').map(([id, seconds]) => [id, seconds])).toEqual([
      ['#0', 0],
      ['#1', 0],
      ['#0', 1],
      ['#1', 1],
    ]);
  });
});

describe('a cell', () => {
  const one = (field: string, cell: string) => parse(`index, ${field}\n0, ${cell}\n`);
  it.each([
    ['utilization.gpu [%]', '100 %', 1],
    ['utilization.gpu [%]', '106 %', null],
    ['utilization.gpu [%]', '-1 %', null],
    ['power.draw [W]', '5000.00 W', 5000],
    ['power.draw [W]', '5000.01 W', null],
    ['memory.total [MiB]', '4194304 MiB', 4398046511104],
    ['memory.total [MiB]', '4194305 MiB', null],
    ['temperature.gpu', '200', 200],
    ['temperature.gpu', '201', null],
    ['temperature.gpu', '65535', null],
  ])('of %s that says %s is %s', (field, cell, expected) => {
    const batch = one(field, cell);
    const [value] = Object.values(batch.readings[0]?.values ?? {});
    expect(batch.rejected.length).toBe(expected === null ? 1 : 0);
    if (expected !== null) expect(value).toBe(expected);
    else if (field.startsWith('utilization'))
      expect(value).toBe(1); // only gpu.present
    else expect(value).toBeUndefined();
  });

  it('that may be cut off at the end of the text is not read as a smaller number', () => {
    const head = 'index, memory.used [MiB], utilization.gpu [%]\n0, 100 MiB, 95 %\n';
    expect(rows(`${head}0, 200 MiB, 9`)[1]?.[2]).toEqual({ 'gpu.memUsed': 209715200, 'gpu.present': 1 });
    expect(rows(`${head}0, 200 MiB, 9 %`)[1]?.[2]).toEqual({ 'gpu.memUsed': 209715200, 'gpu.util': 0.09 });
  });
});

describe('what nvidia-smi says in place of rows', () => {
  it('is an event, and the rows after it go on', () => {
    const batch = parse('index, power.draw [W]\n0, 1.00 W\nFailed to initialize NVML: Driver/library version mismatch\n0, 2.00 W\n');
    expect(batch.readings.length).toBe(2);
    expect(batch.events).toEqual([{ at: null, entity: null, kind: 'gpu-error', text: 'Failed to initialize NVML: Driver/library version mismatch' }]);
    expect(batch.rejected).toEqual([]);
  });
  it('about a field that the driver does not know is the collector’s trouble', () => {
    expect(parse('Field "clocks_event_reasons_counters.foo" is not a valid field to query.\n').events[0]?.kind).toBe('collector');
  });
});

describe('other queries', () => {
  it('of accounting or retired pages make no readings and no complaints', () => {
    const text =
      'timestamp, gpu_name, gpu_uuid, pid, gpu_utilization [%], mem_utilization [%], max_memory_usage [MiB], time [ms]\n2025/02/21 18:31:51.000, Tesla T4, GPU-6d0a1f0c-1111-4aaa-8bbb-000000000001, 12, 50 %, 10 %, 100 MiB, 5000 ms\n';
    expect(parse(text).readings).toEqual([]);
    expect(parse(text).rejected).toEqual([]);
  });
});
