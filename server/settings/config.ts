import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { faultOfId } from '../../core/readings/index.ts';
import {
  BATCH_BOUNDS,
  type Bound,
  CONNECTION_BOUNDS,
  INTAKE_BOUNDS,
  type IntakeBounds,
  JOB_BOUNDS,
  LIVE_BOUNDS,
  MIB,
  READ_BOUNDS,
  STREAM_BOUNDS,
} from './limits/index.ts';

const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** How long a connection may take, seconds. */
export interface Deadlines {
  /** From the first byte of a request to the end of its headers. */
  readonly headers: number;
  /** From the headers to the end of the body; streams that are meant to last (`endless` routes) are exempt. */
  readonly request: number;
  /** Without a byte in either direction while a request is under way. */
  readonly idle: number;
  /** Between two requests; longer than a reverse proxy keeps its own connections. */
  readonly keepAlive: number;
}

/** Beyond these, writes are refused for a moment, and questions wait. */
export interface Limits {
  /** Bytes of readings that are received or wait for the disk at a time. */
  readonly incoming: number;
  /** Bytes of answers of all callers that are made or not yet fetched. */
  readonly answers: number;
  /** Resident bytes of the process; null is a share of what there is. */
  readonly memory: number | null;
  /** Seconds that the event loop may be behind. */
  readonly lag: number;
  /** Answers of one caller that are worked on, or not yet fetched by it, at a time. */
  readonly reads: number;
  /** Connections at a time, in all and of one address. */
  readonly connections: { readonly all: number; readonly perAddress: number };
  /** Raw streams at a time, in all and of one token. */
  readonly streams: { readonly all: number; readonly perToken: number };
  /** Sockets at a time, in all and of one caller. */
  readonly sockets: { readonly all: number; readonly perCaller: number };
  /** Jobs that run or ended lately, in all and of one node's token. */
  readonly jobs: { readonly all: number; readonly perToken: number };
}

/** What the environment says, checked once at start. `port` is null where nobody chose one: the first free one from 8080 on. */
export interface Config {
  readonly data: string;
  readonly host: string;
  readonly port: number | null;
  /** The address that people use when it is not the server's own (a reverse proxy); no slash at its end. */
  readonly url: string | null;
  /** Further names under which the server may be asked (see docs/operations.md, "Names"). */
  readonly hosts: readonly string[];
  readonly rawDays: number;
  readonly rollupDays: number;
  readonly deadlines: Deadlines;
  readonly limits: Limits;
  /** What senders may bring, per token and in all. */
  readonly intake: IntakeBounds;
  readonly log: LogLevel | null;
  /** The site file's path; null is the built-in Alvis. */
  readonly site: string | null;
  /** The cluster that jobs belong to when nobody names one. */
  readonly cluster: string;
}

/** Thrown with every variable that is wrong, one line each: name, value, what is expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

type Value = string | number | null | readonly string[];

interface Row<T> {
  readonly fallback: T;
  /** The value, or undefined where the text is not one. */
  readonly parse: (text: string) => T | undefined;
  readonly expected: string;
}

/** A whole number in a range; null as `fallback` where the service chooses. */
function whole<F extends number | null>(fallback: F, [least, most]: readonly [number, number], of = ''): Row<number | F> {
  return { fallback, parse: (text) => integer(text, least, most), expected: `a whole number${of === '' ? '' : ` of ${of}`} from ${least} to ${most}` };
}

/** A bound that may be set to any count. */
function most({ value }: Pick<Bound, 'value'>): Row<number> {
  return whole(value, [1, 999_999_999]);
}

function deadline({ value }: Pick<Bound, 'value'>): Row<number> {
  return whole(value, [1, 3_600], 'seconds');
}

function mebibytes({ value }: Pick<Bound, 'value'>): Row<number> {
  return whole(value, [1, 100_000], 'MiB');
}

/** Reads and checks the environment. Throws ConfigError naming each wrong variable, its value and the remedy. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const wrong: string[] = [];
  const read = <T extends Value>(name: string, row: Row<T>): T => {
    const text = env[name]?.trim();
    if (text === undefined || text === '') return row.fallback;
    const value = row.parse(text);
    if (value !== undefined) return value;
    wrong.push(`${name} is “${text}”, but must be ${row.expected}: change it, or unset it for the default (${shown(row.fallback)}).`);
    return row.fallback;
  };
  const memory = read('HEADROOM_MEMORY_MB', whole<number | null>(null, [64, 10_000_000], 'MiB'));
  const config: Config = {
    data: resolve(read('HEADROOM_DATA', { fallback: 'headroom-data', parse: (text) => text, expected: 'the path of a folder on a local disk' })),
    host: read('HEADROOM_HOST', {
      fallback: '127.0.0.1',
      parse: address,
      expected: 'an address to listen on, such as 127.0.0.1 (this machine only) or 0.0.0.0 (every interface)',
    }),
    port: read<number | null>('HEADROOM_PORT', {
      fallback: null,
      parse: (text) => integer(text, 0, 65_535),
      expected: 'a port from 0 to 65535 (0 takes any free one)',
    }),
    url: read<string | null>('HEADROOM_URL', {
      fallback: null,
      parse: webAddress,
      expected: 'the address that people type, such as https://headroom.example.org',
    }),
    hosts: read<readonly string[]>('HEADROOM_HOSTS', {
      fallback: [],
      parse: names,
      expected: 'host names separated by commas, without http:// and without ports',
    }),
    rawDays: read('HEADROOM_RAW_DAYS', whole<number>(30, [1, 3_650], 'days')),
    rollupDays: read('HEADROOM_ROLLUP_DAYS', {
      ...whole<number>(400, [1, 36_500]),
      expected: 'a whole number of days from 1 to 36500, not fewer than HEADROOM_RAW_DAYS',
    }),
    deadlines: {
      headers: read('HEADROOM_HEADER_SECONDS', deadline(CONNECTION_BOUNDS.headerSeconds)),
      request: read('HEADROOM_REQUEST_SECONDS', deadline(CONNECTION_BOUNDS.requestSeconds)),
      idle: read('HEADROOM_IDLE_SECONDS', deadline(CONNECTION_BOUNDS.idleSeconds)),
      keepAlive: read('HEADROOM_KEEPALIVE_SECONDS', deadline(CONNECTION_BOUNDS.keepAliveSeconds)),
    },
    limits: {
      incoming: MIB * read('HEADROOM_INGEST_MB', mebibytes(BATCH_BOUNDS.incoming)),
      answers: MIB * read('HEADROOM_ANSWERS_MB', mebibytes(READ_BOUNDS.held)),
      memory: memory === null ? null : MIB * memory,
      lag: read('HEADROOM_LAG_MS', whole<number>(CONNECTION_BOUNDS.lag.value, [50, 60_000], 'milliseconds')) / 1000,
      reads: read('HEADROOM_READS', whole<number>(READ_BOUNDS.perCaller.value, [1, 1_000])),
      connections: {
        all: read('HEADROOM_MOST_CONNECTIONS', most(CONNECTION_BOUNDS.connections)),
        perAddress: read('HEADROOM_MOST_CONNECTIONS_PER_ADDRESS', most(CONNECTION_BOUNDS.perAddress)),
      },
      streams: {
        all: read('HEADROOM_MOST_STREAMS', most(STREAM_BOUNDS.streams)),
        perToken: read('HEADROOM_MOST_STREAMS_PER_TOKEN', most(STREAM_BOUNDS.perToken)),
      },
      sockets: {
        all: read('HEADROOM_MOST_SOCKETS', most(LIVE_BOUNDS.sockets)),
        perCaller: read('HEADROOM_MOST_SOCKETS_PER_CALLER', most(LIVE_BOUNDS.perCaller)),
      },
      jobs: {
        all: read('HEADROOM_MOST_JOBS', most(JOB_BOUNDS.jobs)),
        perToken: read('HEADROOM_MOST_JOBS_PER_TOKEN', most(JOB_BOUNDS.perToken)),
      },
    },
    intake: {
      entities: read('HEADROOM_MOST_ENTITIES', most(INTAKE_BOUNDS.entities)),
      entitiesPerToken: read('HEADROOM_MOST_ENTITIES_PER_TOKEN', most(INTAKE_BOUNDS.entitiesPerToken)),
      values: read('HEADROOM_MOST_VALUES_PER_MINUTE', most(INTAKE_BOUNDS.values)),
      valuesPerToken: read('HEADROOM_MOST_VALUES_PER_MINUTE_PER_TOKEN', most(INTAKE_BOUNDS.valuesPerToken)),
      megabytes: read('HEADROOM_MOST_MB_PER_MINUTE', most(INTAKE_BOUNDS.megabytes)),
      megabytesPerToken: read('HEADROOM_MOST_MB_PER_MINUTE_PER_TOKEN', most(INTAKE_BOUNDS.megabytesPerToken)),
    },
    log: read<LogLevel | null>('HEADROOM_LOG', { fallback: null, parse: level, expected: `one of ${LOG_LEVELS.join(', ')}` }),
    site: read<string | null>('HEADROOM_SITE', { fallback: null, parse: existing, expected: 'the path of a site file that exists' }),
    cluster: read('HEADROOM_CLUSTER', {
      fallback: 'local',
      parse: slug,
      expected: 'a short name of letters, digits, dots, dashes and underscores',
    }),
  };
  if (config.rollupDays < config.rawDays) {
    wrong.push(
      `HEADROOM_ROLLUP_DAYS is “${config.rollupDays}”, fewer than HEADROOM_RAW_DAYS (${config.rawDays}): roll-ups must outlive the raw readings; raise the first or lower the second.`,
    );
  }
  if (wrong.length > 0) throw new ConfigError(wrong.join('\n'));
  return config;
}

function shown(value: Value): string {
  if (value === null) return 'chosen at start';
  if (typeof value === 'object') return value.length === 0 ? 'none' : value.join(',');
  return String(value);
}

/** A whole number in a range, or undefined. */
export function integer(text: string, least: number, most: number): number | undefined {
  if (!/^\d{1,9}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= least && value <= most ? value : undefined;
}

function address(text: string): string | undefined {
  return /^[\w.:-]+$/.test(text) ? text : undefined;
}

function webAddress(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url.href.replace(/\/$/, '') : undefined;
}

function names(text: string): readonly string[] | undefined {
  const list = text
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  return list.every((name) => /^[a-z0-9_.-]+$/.test(name)) ? list : undefined;
}

function level(text: string): LogLevel | undefined {
  return LOG_LEVELS.find((name) => name === text.toLowerCase());
}

function existing(text: string): string | undefined {
  const path = resolve(text);
  return existsSync(path) ? path : undefined;
}

function slug(text: string): string | undefined {
  return /^[\w.-]{1,40}$/.test(text) && faultOfId(text) === null ? text : undefined;
}
