import { describe, expect, it } from 'vitest';
import { parseAll, type ParseContext } from '../../../collectors/collector/index.ts';
import { nvidiaSmiLog } from '../../../collectors/nvidia-smi/index.ts';

const parse = (text: string, context: ParseContext = {}) => parseAll(nvidiaSmiLog, text, context);

/** A table of one GPU as drivers from 525 on print it. */
function table({ used = '0MiB', processes = ['  No running processes found'] } = {}): string {
  return [
    '+-----------------------------------------------------------------------------------------+',
    '| NVIDIA-SMI 550.90.12              Driver Version: 550.90.12      CUDA Version: 12.4     |',
    '|-----------------------------------------+------------------------+----------------------+',
    '| GPU  Name                 Persistence-M | Bus-Id          Disp.A | Volatile Uncorr. ECC |',
    '| Fan  Temp   Perf          Pwr:Usage/Cap |           Memory-Usage | GPU-Util  Compute M. |',
    '|                                         |                        |               MIG M. |',
    '|=========================================+========================+======================|',
    '|   0  NVIDIA A100-SXM4-80GB          On  |   00000000:01:00.0 Off |                    0 |',
    `| N/A   32C    P0             69W /  500W |${used.padStart(10)} /  81920MiB |      3%      Default |`,
    '|                                         |                        |             Disabled |',
    '+-----------------------------------------+------------------------+----------------------+',
    '                                                                                         ',
    '+-----------------------------------------------------------------------------------------+',
    '| Processes:                                                                              |',
    '|  GPU   GI   CI        PID   Type   Process name                              GPU Memory |',
    '|        ID   ID                                                               Usage      |',
    '|=========================================================================================|',
    ...processes.map((line) => `|${line.padEnd(89)}|`),
    '+-----------------------------------------------------------------------------------------+',
    '',
  ].join('\n');
}

describe('"No running processes found"', () => {
  const counts = (text: string) => parse(text).readings.flatMap(({ values }) => values['gpu.processes'] ?? []);
  it('means none where the memory in use holds no CUDA context', () => {
    expect(counts(table())).toEqual([0]);
    expect(counts(table({ used: '63MiB' }))).toEqual([0]);
  });
  it('means nothing where memory is in use: a container cannot see the host’s processes', () => {
    expect(counts(table({ used: '64MiB' }))).toEqual([]);
    expect(counts(table({ used: '40000MiB' }))).toEqual([]);
  });
  it('is not said where processes are listed: they are counted', () => {
    const processes = [
      '    0   N/A  N/A     82977      C   python                                   20000MiB ',
      '    0   N/A  N/A     82978      G   /usr/lib/xorg/Xorg                             4MiB ',
    ];
    expect(counts(table({ used: '20004MiB', processes }))).toEqual([2]);
  });
});

describe('a table', () => {
  it('without a date is counted; with one it is dated, and an undated one after it is left out and told', () => {
    expect(parse(table() + table()).readings.map(({ at }) => at)).toEqual([0, 0, 1, 1]);
    const dated = parse(`Fri Feb 21 18:31:51 2025\n${table()}${table()}`);
    expect(dated.clock).toBe('utc');
    expect(dated.readings.map(({ at }) => at)).toEqual([1740162711, 1740162711]);
    expect(dated.events.map(({ text }) => text)).toEqual(['rows without a time stand among output with dates: they were left out']);
  });
  it('is found behind the task numbers of srun --label', () => {
    const text = `Fri Feb 21 18:31:51 2025\n${table()}`
      .split('\n')
      .map((line) => (line === '' ? '' : `3: ${line}`))
      .join('\n');
    expect(parse(text).readings[0]).toMatchObject({ at: 1740162711, values: { 'gpu.util': 0.03, 'gpu.power': 69, 'gpu.powerLimit': 500 } });
  });
  it('that is cut off keeps the GPUs that are whole', () => {
    const text = table();
    expect(
      parse(text.slice(0, text.indexOf('|                                         |                        |             Disabled'))).readings.length,
    ).toBe(1);
    expect(parse(text.slice(0, text.indexOf('69W'))).readings).toEqual([]);
  });
  it('of which the second line is something else says where', () => {
    const text = table().replace(/^\| N\/A {3}32C.*$/m, '| nonsense |');
    expect(parse(text).rejected[0]).toMatchObject({ line: 9, text: '| nonsense |' });
  });
});

describe('a job’s own lines', () => {
  it('may stand between the rows of dmon that a script started in the background', () => {
    const text = 'Loading model\n# gpu   pwr   sm\n# Idx     W    %\n    0   131   31\nstep 1, loss 2.3, 0.5 s\n    0   132   32\n1 2 3\n';
    const batch = parse(text);
    expect(batch.readings.map(({ at, values }) => [at, values['gpu.power']])).toEqual([
      [0, 131],
      [1, 132],
    ]);
    expect(batch.rejected).toEqual([]);
  });
  it('may stand between the rows of --query-gpu', () => {
    const text = 'start\ntimestamp, index, utilization.gpu [%]\n2025-02-21T18:31:51Z, 0, 31 %\nepoch, loss, time\n2025-02-21T18:31:52Z, 0, 32 %\n';
    expect(parse(text).readings.map(({ at, values }) => [at, values])).toEqual([
      [1740162711, { 'gpu.util': 0.31 }],
      [1740162712, { 'gpu.util': 0.32 }],
    ]);
  });
  it('make nothing of themselves', () => {
    const batch = parse('epoch 1 | loss 2.3\n+---+\n| a | b |\n+---+\n{"loss": 2.1}\nGPU 0 is nice\n');
    expect({ ...batch }).toEqual({ clock: 'ordinal', zoneless: false, readings: [], facts: [], events: [], rejected: [] });
  });
});

describe('nvidia-smi -L', () => {
  it('gives the table’s GPU its UUID, and says which MIG devices there are', () => {
    const batch = parse(
      `GPU 0: NVIDIA A100-SXM4-80GB (UUID: GPU-6d0a1f0c-1111-4aaa-8bbb-000000000001)\n  MIG 3g.40gb     Device  0: (UUID: MIG-6d0a1f0c-2222-4aaa-8bbb-000000000001)\n${table()}`,
    );
    expect(batch.readings[0]?.entity.id).toBe('GPU-6d0a1f0c-1111-4aaa-8bbb-000000000001');
    expect(batch.facts).toContainEqual({ entity: { kind: 'gpu', id: 'MIG-6d0a1f0c-2222-4aaa-8bbb-000000000001' }, name: 'name', value: 'MIG 3g.40gb' });
  });
  it('gives the slices of a table their UUIDs', () => {
    const text = [
      'GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-6d0a1f0c-1111-4aaa-8bbb-000000000001)',
      '  MIG 3g.40gb     Device  0: (UUID: MIG-6d0a1f0c-2222-4aaa-8bbb-000000000001)',
      table().trimEnd(),
      '| MIG devices:                                                                            |',
      '|  0    2   0   0  |              26MiB / 40448MiB    | 60      0 |  3   0    3    0    3 |',
      '|  0    3   0   1  |              17MiB / 20096MiB    | 32      0 |  2   0    2    0    2 |',
      '',
    ].join('\n');
    // The list of processes closes a table: a list of slices stands before it.
    const slices = parse(text.replace(/\+-+\+\n\| Processes:[\s\S]*?\n\+-+\+\n/, '')).readings.filter(({ entity }) => entity.id.startsWith('MIG-'));
    expect(slices.map(({ entity, values }) => [entity.id, values])).toEqual([
      ['MIG-6d0a1f0c-2222-4aaa-8bbb-000000000001', { 'gpu.present': 1, 'gpu.memTotal': 42412802048, 'gpu.memUsed': 27262976 }],
      ['MIG-GPU-6d0a1f0c-1111-4aaa-8bbb-000000000001/3/0', { 'gpu.present': 1, 'gpu.memTotal': 21072183296, 'gpu.memUsed': 17825792 }],
    ]);
  });
  it('of two nodes in one log names no GPU by its index', () => {
    const list = (digit: string) => `GPU 0: NVIDIA A100-SXM4-80GB (UUID: GPU-6d0a1f0c-1111-4aaa-8bbb-00000000000${digit})\n`;
    expect(parse(list('1') + list('2') + table()).readings[0]?.entity.id).toBe('#0');
  });
});

describe('cells without a figure', () => {
  const row = (state: string) =>
    parse(
      table()
        .split('\n')
        .map((line) => (/\|\s+\d+%\s+Default/.test(line) ? state : line))
        .join('\n'),
    );
  it.each([
    ['| N/A   66C    P0             61W /  N/A  | Not Supported          |     96%      Default |', { 'gpu.temp': 66, 'gpu.power': 61, 'gpu.util': 0.96 }],
    [
      '| N/A   66C    P0              N/A /  N/A  |   100MiB /  N/A        |     N/A      Default |',
      { 'gpu.temp': 66, 'gpu.memUsed': 104857600, 'gpu.present': 1 },
    ],
    ['| 30%   ERR!   P0                  N/A     | N/A                    |      5%      Default |', { 'gpu.fan': 0.3, 'gpu.util': 0.05 }],
    [
      '| N/A   66C    P0    Unknown Error / 250W  |   100MiB / 16384MiB    |      5%      Default |',
      { 'gpu.temp': 66, 'gpu.powerLimit': 250, 'gpu.memUsed': 104857600, 'gpu.memTotal': 17179869184, 'gpu.util': 0.05 },
    ],
  ])('cost themselves, no more: %s', (state, values) => {
    const batch = row(state);
    expect(batch.rejected).toEqual([]);
    const { 'gpu.eccUncorrected': _ecc, ...rest } = batch.readings[0]?.values ?? {};
    expect(rest).toEqual(values);
  });
});

describe('errors', () => {
  it.each([
    ['Unable to determine the device handle for GPU 0000:02:00.0: GPU is lost. Reboot the system to recover this GPU', 'gpu-error', '00000000:02:00.0'],
    ['Unable to determine the device handle for GPU0000:4F:00.0: Unknown Error', 'gpu-error', '00000000:4F:00.0'],
    ['Unable to determine the device handle for GPU 000:BA:80.0: Unknown Error', 'gpu-error', '00000000:BA:80.0'],
    ['Unable to determine the device handle for GPU3: 0000:C1:00.0: Unknown Error', 'gpu-error', '#3'],
    ['[  12.5] NVRM: Xid (PCI:0000:10:1c): 63, pid=1896, Row Remapper: New row marked for remapping', 'xid', '00000000:10:1C.0'],
    ['NVRM: GPU at PCI:0000:3b:00: has fallen off the bus: GPU-x fallen off the bus', 'gpu-error', '00000000:3B:00.0'],
    ['NVRM: Xid (0000:02:00): 31, Ch 00000010, engmask 00000101', 'xid', '00000000:02:00.0'],
    ['NVRM: Xid (PCI:0000:03:00 GPU-I:06): 94, pid=7194, Contained: CE User Channel (0x9).', 'xid', '00000000:03:00.0'],
    ['nvidia-nvswitch3: SXid (PCI:0000:c1:00.0): 28006, Non-fatal, Link 46 MC TS crumbstore MCTO', 'gpu-error', '00000000:C1:00.0'],
    ['NVRM: GPU 0000:3b:00.0: RmInitAdapter failed! (0x22:0x56:742)', 'gpu-error', '00000000:3B:00.0'],
    ['No devices were found', 'gpu-error', null],
    ['Failed to initialize NVML: Driver/library version mismatch', 'gpu-error', null],
    ['Failed to initialize NVML: Unknown Error', 'gpu-error', null],
    [
      "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.",
      'gpu-error',
      null,
    ],
    ['bash: nvidia-smi: command not found', 'collector', null],
  ])('%s', (line, kind, id) => {
    const batch = parse(`step 1\n${line}\nstep 2\n`);
    expect(batch.events).toEqual([{ at: null, entity: id === null ? null : { kind: 'gpu', id }, kind, text: line }]);
    expect(nvidiaSmiLog.sniff(line)).toBeGreaterThan(0.5);
  });
  it('that the kernel tells over several lines are one, with the stamp and the GPU of the first', () => {
    const journal = (lines: readonly string[]) => lines.map((line) => `Mar  3 07:00:01 n7 kernel: NVRM: ${line}\n`).join('');
    const lost = journal([
      'The NVIDIA GPU 0000:1a:00.0',
      '(PCI ID: 10de:20b2) installed in this system has',
      'fallen off the bus and is not responding to commands.',
    ]);
    expect(parse(lost).events).toEqual([
      {
        at: null,
        entity: { kind: 'gpu', id: '00000000:1A:00.0' },
        kind: 'gpu-error',
        text: 'Mar  3 07:00:01 n7 kernel: NVRM: The NVIDIA GPU 0000:1a:00.0 (PCI ID: 10de:20b2) installed in this system has fallen off the bus and is not responding to commands.',
      },
    ]);
    const mismatch = journal([
      'API mismatch: the client has the version 535.183.01, but',
      'this kernel module has the version 535.161.08.  Please',
      'make sure that this kernel module',
    ]);
    expect(parse(mismatch).events.map(({ kind, text }) => [kind, text.slice(27)])).toEqual([
      ['gpu-error', 'NVRM: API mismatch: the client has the version 535.183.01, but this kernel module has the version 535.161.08.  Please'],
    ]);
    expect(parse(journal(['The NVIDIA GPU 0000:1a:00.0', 'loading', 'loading', 'loading', 'fallen off the roof'])).events).toEqual([]);
  });
  it('have the time that the kernel’s log prints: a stamp without a year is of the year nearest to the rest', () => {
    const dated = '[Fri Apr  5 21:29:39 2024] NVRM: Xid (PCI:0000:a1:00): 79, GPU has fallen off the bus.\n';
    expect(parse(dated)).toMatchObject({ clock: 'utc', events: [{ at: 1712352579 }] });
    expect(parse('2024-04-05T21:29:39+02:00 n kernel: NVRM: Xid (PCI:0000:a1:00): 31, pid=1\n')).toMatchObject({ clock: 'utc', events: [{ at: 1712345379 }] });
    const yearless = 'Dec 31 23:59:30 n kernel: NVRM: Xid (PCI:0000:a1:00): 31, pid=1\n';
    expect(parse(yearless)).toMatchObject({ clock: 'ordinal', events: [{ at: null }] });
    expect(parse(`Wed Jan  1 00:00:10 2025\n${table()}${yearless}`)).toMatchObject({ clock: 'utc', events: [{ at: 1735689570 }] });
    // A dated message makes no clock of output without dates.
    const mixed = parse(`${dated}${table().replace(/^\w{3} \w{3}.*\n/, '')}`);
    expect([mixed.clock, mixed.readings.length > 0, mixed.events[0]?.at]).toEqual(['ordinal', true, null]);
  });
  it('talk about errors is none', () => {
    expect(parse('This typically would correspond to Xid 94 error. If no devices were found, reboot. The GPU requires a reset\n').events).toEqual([]);
  });
});

it('a slice or a process whose memory cannot be has none', () => {
  const text = [
    '==============NVSMI LOG==============',
    '',
    'Timestamp                                 : Fri Feb 21 18:31:51 2025',
    'Attached GPUs                             : 1',
    'GPU 00000000:00:09.0',
    '    MIG Device',
    '        Index                             : 0',
    '        GPU Instance ID                   : 2',
    '        Compute Instance ID               : 0',
    '        Shared FB Memory Usage',
    '            Total                         : -140448 MiB',
    '            Used                          : 26 MiB',
    '    GPU UUID                              : GPU-6d0a1f0c-1111-4aaa-8bbb-000000000001',
    '    Processes',
    '        Process ID                        : 21180',
    '            Name                          : python3',
    '            Used GPU Memory               : -2296 MiB',
    '',
  ].join('\n');
  const { readings } = parseAll(nvidiaSmiLog, text, { node: 'n1' });
  expect(readings.flatMap(({ values }) => Object.values(values)).filter((value) => value < 0)).toEqual([]);
  expect(readings.some(({ values }) => values['gpu.memUsed'] === 26 * 2 ** 20)).toBe(true);
});
