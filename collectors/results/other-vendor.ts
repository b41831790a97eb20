import { formatValue, type StatementFigure } from '../../core/readings/index.ts';
import { inOrder, quantity, type Sign, splitBlanks } from '../text/index.ts';
import { figure, resultCollector, type ResultReader, sentence, shareOf } from './kit/index.ts';

interface Look {
  readonly device: string;
  readonly busy: number | null;
  readonly memory: number | null;
  readonly watts: number | null;
  readonly limit: number | null;
  readonly celsius: number | null;
}

const INSTEAD =
  'none is made here: the limits and counters that verdicts rest on are NVIDIA’s. An engine’s /metrics page or log says what the server did, whatever the GPU.';
const MOST = 64;

/** `rocm-smi`: one look at AMD GPUs, told and not judged. */
export const rocmSmi = resultCollector({
  id: 'rocm-smi',
  title: 'rocm-smi (AMD)',
  sniff: (head) => (/ROCm System Management Interface/.test(head) && /^=+/m.test(head) ? 0.95 : 0),
  open: openRocm,
});

function openRocm(): ResultReader {
  const looks: Look[] = [];
  let columns: readonly string[] = [];
  return {
    line(text) {
      const words = splitBlanks(text);
      if (/^(?:Device|GPU)$/.test(words[0] ?? '') && words.includes('GPU%')) columns = words;
      else if (columns.length > 0 && /^\d{1,3}$/.test(words[0] ?? '') && looks.length < MOST) looks.push(lookOf(columns, words));
    },
    statements: () => [
      {
        tool: 'rocm-smi’s output: AMD GPUs, which are told here and not judged',
        says: [...looks.flatMap(told), ...(looks.length === 0 ? ['No table of GPUs stands in it.'] : ['It is one look, at one moment.'])],
        figures: looks.flatMap(figuresOf),
        instead: INSTEAD,
      },
    ],
  };
}

/** The last columns are single words; those before hold blanks and are known by their units. */
function lookOf(columns: readonly string[], words: readonly string[]): Look {
  const placeOf = (column: string): number => words.length - (columns.length - columns.lastIndexOf(column));
  const fromEnd = (column: string): string => (columns.includes(column) ? (words[placeOf(column)] ?? '') : '');
  const limit = fromEnd('PwrCap');
  // Where the draw is not printed, the cap behind it is none.
  const before = columns.includes('PwrCap') ? words.slice(0, placeOf('PwrCap')) : words;
  const watts = before.find((word) => /^[\d.]+W$/.test(word));
  const celsius = words.find((word) => /^[\d.]+°?[cC]$/.test(word));
  return {
    device: words[0] ?? '',
    busy: shareOf(fromEnd('GPU%')),
    memory: shareOf(fromEnd('VRAM%')),
    watts: wattsOf(watts ?? ''),
    limit: wattsOf(limit),
    celsius: celsius === undefined ? null : numberIn(quantity(celsius.replace(/°?[cC]$/, ''), 'C')),
  };
}

const numberIn = (value: ReturnType<typeof quantity>): number | null => (typeof value === 'number' ? value : null);
const wattsOf = (text: string): number | null => (text.endsWith('W') ? numberIn(quantity(text.slice(0, -1), 'W')) : null);

function told({ device, busy, memory, watts, limit, celsius }: Look): string[] {
  return sentence([
    `GPU ${device}: ${busy === null ? 'load not printed' : `${formatValue(busy, 'ratio')} busy`}`,
    watts === null ? null : `${formatValue(watts, 'watts')}${limit === null ? '' : ` of ${formatValue(limit, 'watts')}`}`,
    memory === null ? null : `memory ${formatValue(memory, 'ratio')} full`,
    celsius === null ? null : formatValue(celsius, 'celsius'),
  ]);
}

function figuresOf({ device, busy, memory, watts, limit, celsius }: Look): StatementFigure[] {
  return [
    ...figure(`gpu.${device}.busy`, busy, 'ratio'),
    ...figure(`gpu.${device}.memory`, memory, 'ratio'),
    ...figure(`gpu.${device}.power`, watts, 'watts'),
    ...figure(`gpu.${device}.powerLimit`, limit, 'watts'),
    ...figure(`gpu.${device}.temperature`, celsius, 'celsius'),
  ];
}

/** `amd-smi` and `xpu-smi` are named; their layouts change from release to release, so that no number is told. */
export const otherVendor = resultCollector({
  id: 'other-vendor',
  title: 'amd-smi (AMD) and xpu-smi (Intel)',
  sniff: (head) => (vendorOf(head) === null ? 0 : 0.9),
  open: openOther,
});

function openOther(): ResultReader {
  let tool: string | null = null;
  return {
    line(text) {
      tool ??= vendorOf(text);
    },
    statements: () =>
      tool === null
        ? []
        : [{ tool: `${tool}, which are not read`, says: ['Its numbers are another vendor’s, and no verdict is made of them.'], figures: [], instead: INSTEAD }],
  };
}

const VENDORS: readonly (readonly [Sign, string])[] = [
  [/^[ \t]*GPU +(?:XCP +)?POWER +(?:PWR_CAP +)?GPU_T(?:EMP)? /m, 'amd-smi’s output: AMD GPUs'],
  [/^\| AMD-SMI /m, 'amd-smi’s output: AMD GPUs'],
  [/^[ \t]*MARKET_NAME: AMD /m, 'amd-smi’s output: AMD GPUs'],
  [/^device,.{0,400}GPU use \(%\)/m, 'rocm-smi’s output: AMD GPUs'],
  [inOrder(/"card0": ?\{/g, /"GPU use \(%\)"/g, 400), 'rocm-smi’s output: AMD GPUs'],
  [/^\| HL-SMI Version:/m, 'hl-smi’s output: Intel Gaudi accelerators'],
  [/^\| npu-smi \d/m, 'npu-smi’s output: Ascend accelerators'],
  [/^Timestamp, DeviceId, .{0,400}GPU Utilization \(%\)/m, 'xpu-smi’s output: Intel GPUs'],
  [/^\| Device ID +\| Device Information/m, 'xpu-smi’s output: Intel GPUs'],
  [/^\| GPU Utilization \(%\) +\|/m, 'xpu-smi’s output: Intel GPUs'],
];

function vendorOf(text: string): string | null {
  return VENDORS.find(([sign]) => sign.test(text))?.[1] ?? null;
}
