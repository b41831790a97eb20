import { inWords } from '../../readings/index.ts';
import { DAY, isTimeZone } from './day.ts';
import { Value } from 'typebox/value';
import { type GpuId, GPUS, hasNvlink, knownGpus, type NodeType, parseGpuId, type Wiring, wiringFrom } from '../hardware/index.ts';
import { SiteFileSchema, type SiteFile } from './schema.ts';
import { type Site, type SitePrices, UNKNOWN_SITE } from './site.ts';

type SiteResult = { readonly ok: true; readonly site: Site } | { readonly ok: false; readonly errors: readonly string[] };

const GB = 1e9;
const BYTES_PER_GBIT = 1e9 / 8;

/** A site from a parsed headroom.site.json; every error names its place in the file and what was expected. */
export function parseSite(json: unknown): SiteResult {
  if (!Value.Check(SiteFileSchema, json)) {
    const errors = [...Value.Errors(SiteFileSchema, json)].filter((error) => error.message !== 'schema is false');
    return {
      ok: false,
      errors: errors.slice(0, 20).map((error) => `${error.instancePath === '' ? '/' : error.instancePath}: ${inWords(error.message)}${named(error.params)}`),
    };
  }
  const errors = problems(json);
  if (errors.length > 0) return { ok: false, errors };
  return {
    ok: true,
    site: {
      name: json.name,
      timeZone: json.timeZone ?? UNKNOWN_SITE.timeZone,
      longestJob: json.longestJobDays === undefined ? UNKNOWN_SITE.longestJob : json.longestJobDays * DAY,
      nodeTypes: json.nodeTypes.flatMap((row) => nodeType(row)),
      storage: {
        name: json.storage?.name ?? UNKNOWN_SITE.storage.name,
        nodeBytesPerSecond: gigabytes(json.storage?.nodeGBPerSecond),
        scratch: json.storage?.scratch ?? null,
      },
      prices: prices(json),
    },
  };
}

function named(params: unknown): string {
  const extra = typeof params === 'object' && params !== null && 'additionalProperties' in params ? params.additionalProperties : undefined;
  return Array.isArray(extra) ? ` (${extra.join(', ')})` : '';
}

function problems(file: SiteFile): string[] {
  const ids = file.nodeTypes.map((row) => row.id);
  const priced = file.nodeTypes.some((row) => row.pricePerGpuHour !== undefined);
  return [
    ...file.nodeTypes.flatMap((row, i) => (parseGpuId(row.gpu) === null ? [`/nodeTypes/${i}/gpu: "${row.gpu}" is not one of ${knownGpus()}`] : [])),
    ...(file.timeZone === undefined || isTimeZone(file.timeZone)
      ? []
      : [`/timeZone: "${file.timeZone}" is not a time zone of the IANA database: expected a name such as "Europe/Stockholm" or "UTC"`]),
    ...file.nodeTypes.flatMap((row, i) => wiringProblem(row).map((problem) => `/nodeTypes/${i}/topology: ${problem}`)),
    ...ids.flatMap((id, i) => (ids.indexOf(id) === i ? [] : [`/nodeTypes/${i}/id: "${id}" occurs twice`])),
    ...(priced && file.currency === undefined ? ['/currency: expected the currency or unit of pricePerGpuHour, e.g. "SEK" or "core-hours"'] : []),
  ];
}

type Row = SiteFile['nodeTypes'][number];

function wiringOf({ topology }: Row): Wiring | null {
  return topology === undefined ? null : wiringFrom(topology.map((cells) => cells.trim().split(/ +/)));
}

function wiringProblem(row: Row): string[] {
  if (row.topology === undefined) return [];
  const wiring = wiringOf(row);
  const gpu = parseGpuId(row.gpu);
  if (wiring?.length !== row.gpusPerNode)
    return [`expected ${row.gpusPerNode} rows of as many cells each (X, NV4, PIX, PXB, PHB, NODE, SYS), as "nvidia-smi topo -m" prints them between GPUs`];
  return gpu !== null && GPUS[gpu].nvlink === null && hasNvlink(wiring) ? [`${row.gpu} has no NVLink`] : [];
}

function nodeType(row: SiteFile['nodeTypes'][number]): NodeType[] {
  const gpu: GpuId | null = parseGpuId(row.gpu);
  if (gpu === null) return [];
  const wiring = wiringOf(row);
  return [
    {
      id: row.id,
      gpu,
      gpusPerNode: row.gpusPerNode,
      nodes: row.nodes ?? null,
      cores: row.cores,
      cpu: row.cpu ?? null,
      hostMemory: row.hostMemoryGB.map((size) => size * GB).sort((a, b) => a - b),
      networks: row.networks.map(({ kind, gbit }) => ({ kind, rate: gbit * BYTES_PER_GBIT })).sort((a, b) => b.rate - a.rate),
      ...(wiring === null ? {} : { wiring }),
      scratchBytes: gigabytes(row.scratchGB),
      notes: row.notes ?? [],
      source: 'site file',
    },
  ];
}

function gigabytes(value: number | undefined): number | null {
  return value === undefined ? null : value * GB;
}

function prices(file: SiteFile): SitePrices | null {
  const rows = file.nodeTypes.flatMap((row): [string, number][] => (row.pricePerGpuHour === undefined ? [] : [[row.id, row.pricePerGpuHour]]));
  if (rows.length === 0 || file.currency === undefined) return null;
  return { currency: file.currency, perGpuHour: Object.fromEntries(rows) };
}
