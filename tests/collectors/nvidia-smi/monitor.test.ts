import { describe, expect, it } from 'vitest';
import { parseAll, type ParseContext } from '../../../collectors/collector.ts';
import { nvidiaSmiDmon, nvidiaSmiPmon } from '../../../collectors/nvidia-smi/monitor.ts';

const parse = (text: string, context: ParseContext = {}) => parseAll(nvidiaSmiDmon, text, context);
const rows = (text: string, context: ParseContext = {}) => parse(text, context).readings.map(({ entity, at, values }) => [entity.id, at, values]);

describe('dmon', () => {
  it('is read by its header: the same columns in another order mean the same', () => {
    expect(rows('# gpu   sm   pwr\n# Idx    %     W\n    0   31   131\n')).toEqual([['#0', 0, { 'gpu.util': 0.31, 'gpu.power': 131 }]]);
    expect(rows('# gpu   pwr   sm\n# Idx     W    %\n    0   131   31\n')).toEqual([['#0', 0, { 'gpu.util': 0.31, 'gpu.power': 131 }]]);
  });

  it('without its header is read where the columns are named', () => {
    expect(rows('    0   131   31\n', { fields: ['gpu', 'pwr', 'sm'] })).toEqual([['#0', 0, { 'gpu.util': 0.31, 'gpu.power': 131 }]]);
    expect(parse('    0   131   31\n').rejected).toEqual([{ line: 1, reason: 'expected the header of dmon or pmon (# gpu …)', text: '    0   131   31' }]);
  });

  it('counts sweeps where a GPU comes again; a header repeated inside a sweep does not end it', () => {
    const text = '# gpu   pwr   sm\n# Idx     W    %\n    0   131   31\n# gpu   pwr   sm\n# Idx     W    %\n    1    60    0\n    0   132   32\n';
    expect(rows(text).map(([id, at]) => [id, at])).toEqual([
      ['#0', 0],
      ['#1', 0],
      ['#0', 1],
    ]);
  });

  it('refuses a ragged row and keeps the others', () => {
    const batch = parse('# gpu   pwr   sm\n# Idx     W    %\n    0   131   31\n    0   131\n    0   133   33\n');
    expect(batch.readings.length).toBe(2);
    expect(batch.rejected).toEqual([{ line: 4, reason: 'expected a row of 3 cells as in the header, with a GPU index', text: '    0   131' }]);
  });

  it('prefers the PCIe rates of --gpm-metrics to the sampled ones, and counts them in MiB', () => {
    expect(rows('# gpu rxpci txpci pcirx pcitx\n# Idx  MB/s  MB/s GPM:MiB/s GPM:MiB/s\n    0   100   200     10      -\n')).toEqual([
      ['#0', 0, { 'gpu.pcieRx': 10485760, 'gpu.pcieTx': 200000000 }],
    ]);
  });

  it('that ends in the middle of its last column does not read 19 for 1980', () => {
    const head = '# gpu    pwr   pclk\n# Idx      W    MHz\n    0    131   1980\n';
    expect(rows(`${head}    0    132   19`)[1]?.[2]).toEqual({ 'gpu.power': 132 });
    expect(rows(`${head}    0    132   1410`)[1]?.[2]).toEqual({ 'gpu.power': 132, 'gpu.smClock': 1.41e9 });
  });

  it('has violations of power in per cent and of temperature as yes or no', () => {
    expect(rows('# gpu pviol tviol\n# Idx     %  bool\n    0    57     1\n')[0]?.[2]).toEqual({ 'gpu.capPower': 0.57, 'gpu.capHwThermal': 1 });
    expect(parse('# gpu pviol tviol\n# Idx     %  bool\n    0   157     7\n').rejected.map(({ reason }) => reason)).toEqual([
      'pviol: out of range, expected 0 to 105 %, got "157"',
      'tviol: out of range, expected 0 to 105 %, got "7"',
    ]);
  });

  it('with a stop-watch refuses a second run laid over the first', () => {
    const batch = parse('time,gpu,pwr,sm\ns,Idx,W,%\n0.5,0,131,31\n1.5,0,132,32\ntime,gpu,pwr,sm\ns,Idx,W,%\n0.5,0,99,9\n2.5,0,133,33\n');
    expect(batch.readings.map(({ at }) => at)).toEqual([0.5, 1.5, 2.5]);
    expect(batch.rejected[0]?.reason).toContain('time goes back from 1.5 s to 0.5 s');
  });

  it('with a time of day goes on through midnight: a night’s log keeps its second half', () => {
    const batch = parse(
      '#Time        gpu   pwr   sm\n#HH:MM:SS    Idx     W    %\n 23:59:58      0   131   31\n 23:59:59      0   132   32\n 00:00:01      0   133   33\n 11:59:59      0   134   34\n',
    );
    expect(batch.readings.map(({ at }) => at)).toEqual([0, 1, 3, 43_201]);
    expect(batch.rejected).toEqual([]);
  });

  it('with a time of day that goes back by half a day or less is another run, not the next day', () => {
    const batch = parse(
      '#Time        gpu   pwr   sm\n#HH:MM:SS    Idx     W    %\n 13:00:00      0   131   31\n 01:00:00      0   132   32\n 13:00:01      0   133   33\n',
    );
    expect(batch.readings.map(({ at }) => at)).toEqual([0, 1]);
    expect(batch.rejected.map(({ line }) => line)).toEqual([4]);
  });

  it('with times of day counts from the first one, through midnight, and refuses rows of a clock that was set back', () => {
    const row = (time: string, watts: number): string => ` ${time}      0    ${watts}     31\n`;
    const batch = parse(
      `#Time        gpu    pwr     sm\n#HH:MM:SS    Idx      W      %\n${row('23:59:58', 131)}${row('00:00:01', 132)}${row('23:59:59', 133)}`,
    );
    expect(batch.readings.map(({ at, values }) => [at, values['gpu.power']])).toEqual([
      [0, 131],
      [3, 132],
      [86_401, 133],
    ]);
    const back = parse(`#Time        gpu    pwr     sm\n#HH:MM:SS    Idx      W      %\n${row('10:00:00', 131)}${row('09:59:59', 132)}${row('10:00:02', 133)}`);
    expect(back.readings.map(({ at }) => at)).toEqual([0, 2]);
    expect(back.rejected.map(({ line, reason }) => [line, reason.split(',')[0]])).toEqual([[4, 'the clock went back: this row cannot be placed in time']]);
  });

  it('takes the error of a lost GPU as an event', () => {
    const line = 'Unable to determine the device handle for GPU 0000:02:00.0: GPU is lost. Reboot the system to recover this GPU';
    expect(parse(`# gpu pwr sm\n# Idx W %\n 0 1 2\n${line}\n`).events).toEqual([
      { at: null, entity: { kind: 'gpu', id: '00000000:02:00.0' }, kind: 'gpu-error', text: line },
    ]);
  });
});

describe('pmon', () => {
  it('says how many processes a GPU has only where it lists one: a container prints - too', () => {
    const batch = parseAll(
      nvidiaSmiPmon,
      '# gpu  pid  type  sm  mem  enc  dec  command\n# Idx    #   C/G   %    %    %    %  name\n    0    -     -   -    -    -    -  -\n    1   12     C   5    6    -    -  python\n',
    );
    expect(batch.readings.map(({ entity, values }) => [entity.id, values])).toEqual([
      ['?/12', { 'process.gpuUtil': 0.05, 'process.gpuMemUtil': 0.06 }],
      ['#1', { 'gpu.processes': 1 }],
    ]);
  });
  it('reads CSV with a date', () => {
    const batch = parseAll(
      nvidiaSmiPmon,
      '#Date, Time, gpu, pid, type, sm, mem, command\n#YYYYMMDD, HH:MM:SS, Idx, #, C/G, %, %, name\n 20250221, 18:31:51, 0, 12, C, 5, 6, python\n',
    );
    expect(batch.readings.map(({ entity, at }) => [entity.id, at])).toEqual([
      ['?/12', 1740162711],
      ['#0', 1740162711],
    ]);
  });
});
