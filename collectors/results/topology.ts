import { type Fact, own, type Statement } from '../../core/readings/index.ts';
import type { ParseContext } from '../collector/index.ts';
import { gpuScope } from '../nvidia-smi/index.ts';
import { splitBlanks } from '../text/index.ts';
import { figure, numberOf, plain, RECORD, resultCollector, type ResultReader, sentence } from './kit/index.ts';

/** How two devices are joined, from the nearest to the farthest, in words (the legend of `nvidia-smi topo -m`). */
const PATHS: Readonly<Record<string, string>> = {
  PIX: 'through one PCIe switch (PIX)',
  PXB: 'through several PCIe switches (PXB)',
  PHB: 'through the CPU’s PCIe host bridge (PHB)',
  NODE: 'across host bridges of one CPU socket (NODE)',
  SYS: 'across CPU sockets (SYS)',
};
const ORDER = Object.keys(PATHS);
/** GPUs and network cards of one node. */
const MOST = 64;
/** Characters of a row of so many devices, and more. */
const LONGEST_ROW = 4_000;

interface Row {
  readonly name: string;
  readonly cells: readonly string[];
  readonly cpus: string;
}

/** `nvidia-smi topo -m`: what joins the GPUs of a node and its network cards. One look, no readings. */
export const topology = resultCollector({
  id: 'nvidia-smi-topo',
  title: 'nvidia-smi topo -m',
  sniff: (head) => (/^[ \t]*GPU0\s+\S/m.test(head) && /^GPU0\s+X(?:\s|$)/m.test(head) ? 0.7 : 0),
  open: openTopology,
});

/** The cells between GPUs of the last whole matrix in a text, row by row in the order of their numbers; empty where there is none. */
export function topologyCells(text: string): readonly (readonly string[])[] {
  const reader = openTopology({});
  for (const line of plain(text).split(/[\r\n]/)) reader.line(line.slice(0, LONGEST_ROW));
  return reader.cells();
}

interface TopologyReader extends ResultReader {
  readonly cells: () => readonly (readonly string[])[];
}

/** Reads the matrix wherever it stands. */
export function openTopology(context: ParseContext): TopologyReader {
  let devices: readonly string[] = [];
  let rows: Row[] = [];
  const nics = new Map<string, string>();

  return {
    line(text) {
      // In a long log nearly every line is somebody else's.
      const start = text.trimStart().slice(0, 5);
      if (!start.startsWith('GPU0') && !start.startsWith('NIC') && (devices.length === 0 || rows.length >= devices.length)) return;
      const words = splitBlanks(text);
      const [first = '', second = ''] = words;
      if (first === 'GPU0' && second !== 'X') {
        const end = words.findIndex((word) => word === 'CPU' || word === 'NUMA');
        const header = end < 0 ? words : words.slice(0, end);
        if (header.length > MOST || !header.every((word) => /^[\w.-]{1,40}$/.test(word))) return;
        [devices, rows] = [header, []];
      } else if (devices.includes(first) && rows.length < MOST && words.length > devices.length) {
        const cells = words.slice(1, devices.length + 1);
        if (cells[devices.indexOf(first)] === 'X') rows.push({ name: first, cells, cpus: words[devices.length + 1] ?? '' });
      } else if (/^NIC\d{1,3}:$/.test(first) && nics.size < MOST) nics.set(first.slice(0, -1), second);
    },
    statements: () => (rows.some(({ name }) => isGpu(name)) ? [statementOf({ devices, rows, nics })] : []),
    facts: () => factsOf({ devices, rows }, context),
    cells: () => {
      const gpus = rows.filter(({ name }) => isGpu(name));
      return gpus.map((row) => gpus.map((other) => row.cells[devices.indexOf(other.name)] ?? ''));
    },
  };
}

interface Matrix {
  readonly devices: readonly string[];
  readonly rows: readonly Row[];
}

const isGpu = (name: string): boolean => /^GPU\d{1,3}$/.test(name);
const linksOf = (cell: string): number | null => (/^NV\d{1,3}$/.test(cell) ? numberOf(cell.slice(2)) : null);

/** Pairs of GPUs, each once, with what joins them. */
function pairsOf({ devices, rows }: Matrix): { a: string; b: string; by: string }[] {
  const gpus = rows.filter(({ name }) => isGpu(name));
  return gpus.flatMap((row, at) =>
    gpus.slice(at + 1).flatMap((other) => {
      const by = row.cells[devices.indexOf(other.name)];
      return by === undefined ? [] : [{ a: row.name, b: other.name, by }];
    }),
  );
}

function statementOf({ devices, rows, nics }: Matrix & { nics: ReadonlyMap<string, string> }): Statement {
  const gpus = rows.filter(({ name }) => isGpu(name));
  const pairs = pairsOf({ devices, rows });
  const joined = pairs.filter(({ by }) => linksOf(by) !== null);
  const apart = pairs.filter(({ by }) => linksOf(by) === null);
  const links = joined.flatMap(({ by }) => linksOf(by) ?? []);
  const kinds = [...new Set(joined.map(({ by }) => by))].join(', ');
  const across = pairs.filter(({ by }) => by === 'SYS').length;
  return {
    tool: 'nvidia-smi’s topology (topo -m)',
    says: [
      ...sentence([
        gpus.length === 1
          ? '1 GPU'
          : joined.length === 0
            ? `${gpus.length} GPUs, and no NVLink between any two of them`
            : apart.length === 0
              ? `${gpus.length} GPUs: NVLink (${kinds}) joins every pair`
              : `${gpus.length} GPUs: NVLink (${kinds}) joins ${joined.length} of ${pairs.length} pairs`,
      ]),
      ...ORDER.flatMap((path) => {
        const such = apart.filter(({ by }) => by === path);
        if (such.length === 0) return [];
        const named = such.length <= 6 ? `: ${such.map(({ a, b }) => `${a}–${b}`).join(', ')}` : '';
        return [
          `${such.length} ${such.length === 1 ? 'pair' : 'pairs'} without NVLink ${such.length === 1 ? 'goes' : 'go'} ${own(PATHS, path) ?? path}${named}.`,
        ];
      }),
      ...(across > 0 ? ['Keep tensor parallelism inside GPUs that NVLink or one switch joins: all-reduces across CPU sockets are the slowest of a node.'] : []),
      ...nicLines({ devices, gpus, nics }),
      ...cpuLine(gpus),
      'It is one look at the wiring and holds no readings: what the links carried is not in it.',
    ],
    figures: [
      ...figure('gpus', gpus.length, 'count'),
      ...figure('gpuPairs.withoutNvlink', pairs.length === 0 ? null : apart.length / pairs.length, 'ratio'),
      ...figure('gpuPairs.acrossSockets', pairs.length === 0 ? null : across / pairs.length, 'ratio'),
      ...figure('nvlinksPerPair', links.length === 0 ? null : Math.min(...links), 'count'),
    ],
    instead: RECORD,
  };
}

/** The nearest network card of each GPU, where the matrix has any. */
function nicLines({ devices, gpus, nics }: { devices: readonly string[]; gpus: readonly Row[]; nics: ReadonlyMap<string, string> }): string[] {
  const cards = devices.filter((name) => !isGpu(name));
  if (cards.length === 0) return [];
  const nearest = gpus.flatMap((gpu) => {
    const paths = cards.map((card) => ({ card, path: gpu.cells[devices.indexOf(card)] ?? '' })).filter(({ path }) => ORDER.includes(path));
    const [best] = paths.sort((a, b) => ORDER.indexOf(a.path) - ORDER.indexOf(b.path));
    return best === undefined ? [] : [`${gpu.name} ${nics.get(best.card) ?? best.card} (${best.path})`];
  });
  if (nearest.length === 0) return [];
  const others = cards.length === 1 ? '' : ' Traffic to another card crosses more of the node.';
  return [`Nearest network card: ${nearest.join(', ')}.${others}`];
}

function cpuLine(gpus: readonly Row[]): string[] {
  const named = gpus.filter(({ cpus }) => /^[\d,-]{1,200}$/.test(cpus));
  if (named.length === 0) return [];
  const sets = [...new Set(named.map(({ cpus }) => cpus))];
  return sets.map(
    (cpus) =>
      `CPU cores near ${named
        .filter((one) => one.cpus === cpus)
        .map(({ name }) => name)
        .join(', ')}: ${cpus}.`,
  );
}

/** What NVLink joins each GPU to; said only where the matrix is whole. */
function factsOf(matrix: Matrix, context: ParseContext): Fact[] {
  const scope = gpuScope(context);
  const pairs = pairsOf(matrix);
  return matrix.rows
    .filter(({ name }) => isGpu(name))
    .flatMap(({ name }) => {
      const own = pairs.filter(({ a, b }) => a === name || b === name);
      if (own.length === 0) return [];
      const links = own.filter(({ by }) => linksOf(by) !== null).map(({ a, b, by }) => `${by} to ${a === name ? b : a}`);
      return [{ entity: scope.byIndex(name.slice(3)), name: 'nvlink' as const, value: links.length === 0 ? 'none' : links.join(', ') }];
    });
}
