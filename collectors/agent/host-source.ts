import { statfs } from 'node:fs/promises';
import type { Fact, Reading } from '../../core/readings/index.ts';
import { hostOf } from '../collector/index.ts';
import { hostSample, type HostState, parseUptime, type Scratch } from '../proc/index.ts';
import { readFolder, readKernelFile } from './files.ts';

const FILES = [
  '/proc/stat',
  '/proc/loadavg',
  '/proc/meminfo',
  '/proc/vmstat',
  '/proc/diskstats',
  '/proc/net/dev',
  '/proc/self/mountstats',
  '/proc/pressure/cpu',
  '/proc/pressure/io',
  '/proc/pressure/memory',
] as const;
const PORT_FILES = ['rate', 'state', 'link_layer', 'counters/port_rcv_data', 'counters/port_xmit_data', 'counters/port_xmit_wait'] as const;
/** The list of mounts, of interfaces and of ports changes seldom: looked at every so many samples. */
const RARELY = 30;

export interface HostSource {
  /** The host now. `at` is seconds UTC. */
  sample(at: number): { readings: Reading[]; facts: Fact[] };
}

export interface HostSourceOptions {
  readonly node: string;
  /** A folder of the file system that jobs write to for a while: its size and use are read. */
  readonly scratch: string;
}

/** Reads `/proc` and `/sys` of this machine. */
export function hostSource({ node, scratch }: HostSourceOptions): HostSource {
  const entity = hostOf(node);
  const space = scratchSpace(scratch);
  let previous: HostState | undefined;
  let links: string[] = [];
  let rare = new Map<string, string>();
  let samples = 0;

  return {
    sample(at) {
      if (samples % RARELY === 0) {
        links = linkFiles();
        rare = new Map([['/proc/self/mountinfo', readKernelFile('/proc/self/mountinfo') ?? '']]);
      }
      samples += 1;
      const files = new Map(rare);
      for (const path of [...FILES, ...links]) {
        const text = readKernelFile(path);
        if (text !== null) files.set(path, text);
      }
      // Uptime is a clock that nobody sets: intervals between samples are measured by it.
      const steady = parseUptime(readKernelFile('/proc/uptime') ?? '') ?? at;
      const sample = hostSample({ at: steady, files, scratch: space(), ...(previous === undefined ? {} : { previous }) });
      previous = sample.state;
      const facts = sample.facts.map((fact) => ({ ...fact, entity }));
      return { readings: [{ entity, at, values: sample.values }], facts: [...facts, { entity, name: 'kernel', value: kernel() }] };
    },
  };
}

function linkFiles(): string[] {
  const nets = readFolder('/sys/class/net').flatMap((name) => [`/sys/class/net/${name}/operstate`, `/sys/class/net/${name}/speed`]);
  const ports = readFolder('/sys/class/infiniband').flatMap((device) =>
    readFolder(`/sys/class/infiniband/${device}/ports`).flatMap((port) => PORT_FILES.map((file) => `/sys/class/infiniband/${device}/ports/${port}/${file}`)),
  );
  const lustre = readFolder('/proc/fs/lustre/llite').map((name) => `/proc/fs/lustre/llite/${name}/stats`);
  return [...nets, ...ports, ...lustre];
}

/** Size and use of the scratch file system as they were last heard: a mount that hangs must not hang us, so nobody waits for the answer. */
function scratchSpace(path: string): () => Scratch {
  let total: number | null = null;
  let used: number | null = null;
  let asking = false;
  return () => {
    if (!asking) {
      asking = true;
      statfs(path)
        .then(
          (about) => {
            total = about.blocks * about.bsize;
            used = (about.blocks - about.bfree) * about.bsize;
          },
          () => {
            total = used = null; // no such folder: absent
          },
        )
        .finally(() => (asking = false));
    }
    return { path, total, used };
  };
}

function kernel(): string {
  return (readKernelFile('/proc/sys/kernel/osrelease') ?? '').trim();
}
