/** `|   0  Tesla V100-SXM2...  Off  | 00000000:1A:00.0 Off |                    0 |` */
export interface GpuLine {
  readonly index: string;
  /** As printed: older drivers cut it and end it with `...`. */
  readonly name: string;
  readonly busId: string;
  readonly ecc: string;
}

/** `| N/A   45C    P0    44W / 300W |      0MiB / 32510MiB |      0%      Default |` */
export interface StateLine {
  readonly fan: string;
  readonly temp: string;
  readonly power: string;
  readonly cap: string;
  readonly used: string;
  readonly total: string;
  readonly util: string;
}

export interface SliceLine {
  readonly gpu: string;
  readonly gpuInstance: string;
  readonly computeInstance: string;
  readonly device: string;
  readonly used: string;
  readonly total: string;
}

export interface ProcessLine {
  readonly gpu: string;
  readonly pid: string;
  readonly name: string;
  readonly memory: string;
}

/** No line of a table is longer. */
const WIDEST = 400;

/** The cells between the bars of a line, trimmed. */
function cells(line: string): string[] {
  return line
    .slice(0, WIDEST)
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** True for the lines that draw the table: `+-----+`, `|=====|`. */
export function isClosing(line: string): boolean {
  return /^[+|][-=+|]+[+|]\s*$/.test(line);
}

const INDEX = /^(\d{1,3})\s/;
const MODE = /\s(?:On|Off|WDDM|TCC|MCDM|N\/A|ERR!)$/;

/** The first of a GPU's lines, null for any other. */
export function readGpuLine(line: string): GpuLine | null {
  const [gpu = '', bus = '', ecc = '', ...more] = cells(line);
  const index = INDEX.exec(gpu);
  const mode = MODE.exec(gpu);
  if (index === null || mode === null || mode.index < index[0].length - 1 || more.length > 0 || !bus.includes(':')) return null;
  return { index: index[1] ?? '', name: gpu.slice(index[0].length, mode.index).trim(), busId: bus, ecc: ecc.split(/\s+/, 1)[0] ?? '' };
}

/**
 * The second of a GPU's lines, null for any other. A cell that is no figure costs itself: `Not Supported` stands where two sizes would,
 * `N/A` where draw and cap would.
 */
export function readStateLine(line: string): StateLine | null {
  const [state = '', memory = '', util, ...more] = cells(line);
  const match = /^(\S+)\s+(\S+)\s+(\S+)(?:\s+(\S.*))?$/.exec(state);
  if (match === null || util === undefined || more.length > 0) return null;
  const [power = '', cap = ''] = halves(match[4] ?? '');
  const [used = '', total = ''] = halves(memory);
  return {
    fan: match[1] ?? '',
    temp: match[2] ?? '',
    power,
    cap,
    used,
    total,
    util: util.split(/\s+/, 1)[0] ?? '',
  };
}

/** `12 / 40` → both; what is no pair (`Not Supported`, `N/A` alone) has neither. The bar of `N/A` parts nothing. */
function halves(pair: string): string[] {
  const bar = pair.startsWith('N/A') ? pair.indexOf('/', 3) : pair.indexOf('/');
  return bar < 0 ? [] : [pair.slice(0, bar).trim(), pair.slice(bar + 1).trim()];
}

/** `|  0    2   0   0  |              26MiB / 40448MiB    | 60      0 |  3   0    3    0    3 |`; null for any other line. */
export function readSliceLine(line: string): SliceLine | null {
  const [ids = '', memory = ''] = cells(line);
  const match = /^(\d+)\s+(\d+)\s+(\d+)\s+(\d+)$/.exec(ids);
  if (match === null) return null;
  const [used = '', total = ''] = halves(memory);
  return {
    gpu: match[1] ?? '',
    gpuInstance: match[2] ?? '',
    computeInstance: match[3] ?? '',
    device: match[4] ?? '',
    used,
    total,
  };
}

/** `|    7   N/A  N/A     82977      C   ...nv-py310/bin/python    60570MiB |`, without the two instance ids before driver 450. */
export function readProcessLine(line: string): ProcessLine | null {
  const [text = '', ...more] = cells(line);
  if (more.length > 0) return null;
  const match = /^(\d+)\s+(?:(?:N\/A|\d+)\s+(?:N\/A|\d+)\s+)?(\d+)\s+(C|G|C\+G|M\+C|M\+G|M\+C\+G|N\/A)\s+(?=\S)/.exec(text);
  const memory = /(?<!\d)(?:\d+MiB|N\/A|Not Supported|ERR!)$/.exec(text);
  if (match === null || memory === null || memory.index < match[0].length) return null;
  return { gpu: match[1] ?? '', pid: match[2] ?? '', name: text.slice(match[0].length, memory.index).trim(), memory: memory[0] };
}
