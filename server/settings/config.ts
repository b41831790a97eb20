import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  BATCH_BOUNDS,
  type Bound,
  CONNECTION_BOUNDS,
  INTAKE_BOUNDS,
  type IntakeBounds,
  JOB_BOUNDS,
  LIVE_BOUNDS,
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
  /** Jobs that run or ended lately. */
  readonly jobs: number;
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

/** A bound that may be set to any count. */
function most({ value }: Pick<Bound, 'value'>): Row<number> {
  return { fallback: value, parse: (text) => integer(text, 1, 999_999_999), expected: 'a whole number from 1 to 999999999' };
}

const SECONDS = 'a whole number of seconds from 1 to 3600';

const ROWS = {
  HEADROOM_DATA: { fallback: 'headroom-data', parse: (text) => text, expected: 'the path of a folder on a local disk' } satisfies Row<string>,
  HEADROOM_HOST: {
    fallback: '127.0.0.1',
    parse: address,
    expected: 'an address to listen on, such as 127.0.0.1 (this machine only) or 0.0.0.0 (every interface)',
  } satisfies Row<string>,
  HEADROOM_PORT: { fallback: null, parse: (text) => integer(text, 0, 65_535), expected: 'a port from 0 to 65535 (0 takes any free one)' } satisfies Row<
    number | null
  >,
  HEADROOM_URL: { fallback: null, parse: webAddress, expected: 'the address that people type, such as https://headroom.example.org' } satisfies Row<
    string | null
  >,
  HEADROOM_HOSTS: { fallback: [], parse: names, expected: 'host names separated by commas, without http:// and without ports' } satisfies Row<
    readonly string[]
  >,
  HEADROOM_RAW_DAYS: { fallback: 30, parse: (text) => integer(text, 1, 3_650), expected: 'a whole number of days from 1 to 3650' } satisfies Row<number>,
  HEADROOM_ROLLUP_DAYS: {
    fallback: 400,
    parse: (text) => integer(text, 1, 36_500),
    expected: 'a whole number of days from 1 to 36500, not fewer than HEADROOM_RAW_DAYS',
  } satisfies Row<number>,
  HEADROOM_HEADER_SECONDS: {
    fallback: CONNECTION_BOUNDS.headerSeconds.value,
    parse: (text) => integer(text, 1, 3_600),
    expected: SECONDS,
  } satisfies Row<number>,
  HEADROOM_REQUEST_SECONDS: {
    fallback: CONNECTION_BOUNDS.requestSeconds.value,
    parse: (text) => integer(text, 1, 3_600),
    expected: SECONDS,
  } satisfies Row<number>,
  HEADROOM_IDLE_SECONDS: { fallback: CONNECTION_BOUNDS.idleSeconds.value, parse: (text) => integer(text, 1, 3_600), expected: SECONDS } satisfies Row<number>,
  HEADROOM_KEEPALIVE_SECONDS: {
    fallback: CONNECTION_BOUNDS.keepAliveSeconds.value,
    parse: (text) => integer(text, 1, 3_600),
    expected: SECONDS,
  } satisfies Row<number>,
  HEADROOM_INGEST_MB: {
    fallback: BATCH_BOUNDS.incoming.value,
    parse: (text) => integer(text, 1, 100_000),
    expected: 'a whole number of MiB from 1 to 100000',
  } satisfies Row<number>,
  HEADROOM_MEMORY_MB: {
    fallback: null,
    parse: (text) => integer(text, 64, 10_000_000),
    expected: 'a whole number of MiB from 64 to 10000000',
  } satisfies Row<number | null>,
  HEADROOM_LAG_MS: {
    fallback: CONNECTION_BOUNDS.lag.value,
    parse: (text) => integer(text, 50, 60_000),
    expected: 'a whole number of milliseconds from 50 to 60000',
  } satisfies Row<number>,
  HEADROOM_READS: {
    fallback: READ_BOUNDS.perCaller.value,
    parse: (text) => integer(text, 1, 1_000),
    expected: 'a whole number from 1 to 1000',
  } satisfies Row<number>,
  HEADROOM_MOST_ENTITIES: most(INTAKE_BOUNDS.entities),
  HEADROOM_MOST_ENTITIES_PER_TOKEN: most(INTAKE_BOUNDS.entitiesPerToken),
  HEADROOM_MOST_VALUES_PER_MINUTE: most(INTAKE_BOUNDS.values),
  HEADROOM_MOST_VALUES_PER_MINUTE_PER_TOKEN: most(INTAKE_BOUNDS.valuesPerToken),
  HEADROOM_MOST_JOBS: most(JOB_BOUNDS.jobs),
  HEADROOM_MOST_STREAMS: most(STREAM_BOUNDS.streams),
  HEADROOM_MOST_STREAMS_PER_TOKEN: most(STREAM_BOUNDS.perToken),
  HEADROOM_MOST_SOCKETS: most(LIVE_BOUNDS.sockets),
  HEADROOM_MOST_SOCKETS_PER_CALLER: most(LIVE_BOUNDS.perCaller),
  HEADROOM_MOST_CONNECTIONS: most(CONNECTION_BOUNDS.connections),
  HEADROOM_MOST_CONNECTIONS_PER_ADDRESS: most(CONNECTION_BOUNDS.perAddress),
  HEADROOM_LOG: { fallback: null, parse: level, expected: `one of ${LOG_LEVELS.join(', ')}` } satisfies Row<LogLevel | null>,
  HEADROOM_SITE: { fallback: null, parse: existing, expected: 'the path of a site file that exists' } satisfies Row<string | null>,
  HEADROOM_CLUSTER: { fallback: 'local', parse: slug, expected: 'a short name of letters, digits, dots, dashes and underscores' } satisfies Row<string>,
};

/** Reads and checks the environment. Throws ConfigError naming each wrong variable, its value and the remedy. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const wrong: string[] = [];
  const mebibytes = (count: number) => count * 1024 * 1024;
  const read = <T extends Value>(name: keyof typeof ROWS, row: Row<T>): T => {
    const text = env[name]?.trim();
    if (text === undefined || text === '') return row.fallback;
    const value = row.parse(text);
    if (value !== undefined) return value;
    wrong.push(`${name} is “${text}”, but must be ${row.expected}: change it, or unset it for the default (${shown(row.fallback)}).`);
    return row.fallback;
  };
  const config: Config = {
    data: resolve(read('HEADROOM_DATA', ROWS.HEADROOM_DATA)),
    host: read('HEADROOM_HOST', ROWS.HEADROOM_HOST),
    port: read<number | null>('HEADROOM_PORT', ROWS.HEADROOM_PORT),
    url: read<string | null>('HEADROOM_URL', ROWS.HEADROOM_URL),
    hosts: read<readonly string[]>('HEADROOM_HOSTS', ROWS.HEADROOM_HOSTS),
    rawDays: read('HEADROOM_RAW_DAYS', ROWS.HEADROOM_RAW_DAYS),
    rollupDays: read('HEADROOM_ROLLUP_DAYS', ROWS.HEADROOM_ROLLUP_DAYS),
    deadlines: {
      headers: read<number>('HEADROOM_HEADER_SECONDS', ROWS.HEADROOM_HEADER_SECONDS),
      request: read<number>('HEADROOM_REQUEST_SECONDS', ROWS.HEADROOM_REQUEST_SECONDS),
      idle: read<number>('HEADROOM_IDLE_SECONDS', ROWS.HEADROOM_IDLE_SECONDS),
      keepAlive: read<number>('HEADROOM_KEEPALIVE_SECONDS', ROWS.HEADROOM_KEEPALIVE_SECONDS),
    },
    limits: {
      incoming: mebibytes(read<number>('HEADROOM_INGEST_MB', ROWS.HEADROOM_INGEST_MB)),
      memory: optionally(read<number | null>('HEADROOM_MEMORY_MB', ROWS.HEADROOM_MEMORY_MB), mebibytes),
      lag: read<number>('HEADROOM_LAG_MS', ROWS.HEADROOM_LAG_MS) / 1000,
      reads: read<number>('HEADROOM_READS', ROWS.HEADROOM_READS),
      connections: {
        all: read<number>('HEADROOM_MOST_CONNECTIONS', ROWS.HEADROOM_MOST_CONNECTIONS),
        perAddress: read<number>('HEADROOM_MOST_CONNECTIONS_PER_ADDRESS', ROWS.HEADROOM_MOST_CONNECTIONS_PER_ADDRESS),
      },
      streams: {
        all: read<number>('HEADROOM_MOST_STREAMS', ROWS.HEADROOM_MOST_STREAMS),
        perToken: read<number>('HEADROOM_MOST_STREAMS_PER_TOKEN', ROWS.HEADROOM_MOST_STREAMS_PER_TOKEN),
      },
      sockets: {
        all: read<number>('HEADROOM_MOST_SOCKETS', ROWS.HEADROOM_MOST_SOCKETS),
        perCaller: read<number>('HEADROOM_MOST_SOCKETS_PER_CALLER', ROWS.HEADROOM_MOST_SOCKETS_PER_CALLER),
      },
      jobs: read<number>('HEADROOM_MOST_JOBS', ROWS.HEADROOM_MOST_JOBS),
    },
    intake: {
      entities: read<number>('HEADROOM_MOST_ENTITIES', ROWS.HEADROOM_MOST_ENTITIES),
      entitiesPerToken: read<number>('HEADROOM_MOST_ENTITIES_PER_TOKEN', ROWS.HEADROOM_MOST_ENTITIES_PER_TOKEN),
      values: read<number>('HEADROOM_MOST_VALUES_PER_MINUTE', ROWS.HEADROOM_MOST_VALUES_PER_MINUTE),
      valuesPerToken: read<number>('HEADROOM_MOST_VALUES_PER_MINUTE_PER_TOKEN', ROWS.HEADROOM_MOST_VALUES_PER_MINUTE_PER_TOKEN),
    },
    log: read<LogLevel | null>('HEADROOM_LOG', ROWS.HEADROOM_LOG),
    site: read<string | null>('HEADROOM_SITE', ROWS.HEADROOM_SITE),
    cluster: read('HEADROOM_CLUSTER', ROWS.HEADROOM_CLUSTER),
  };
  if (config.rollupDays < config.rawDays) {
    wrong.push(
      `HEADROOM_ROLLUP_DAYS is “${config.rollupDays}”, fewer than HEADROOM_RAW_DAYS (${config.rawDays}): roll-ups must outlive the raw readings; raise the first or lower the second.`,
    );
  }
  if (wrong.length > 0) throw new ConfigError(wrong.join('\n'));
  return config;
}

function optionally(value: number | null, to: (value: number) => number): number | null {
  return value === null ? null : to(value);
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
  return /^[\w.-]{1,40}$/.test(text) ? text : undefined;
}
