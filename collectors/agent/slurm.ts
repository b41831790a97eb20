import { cleanName, cut } from '../../core/readings/index.ts';
import type { JobDeclaration } from '../../core/contract/index.ts';
import type { OwnJob } from './types.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The Slurm job that this process runs in, from the environment that Slurm gives it (sbatch(1), OUTPUT ENVIRONMENT VARIABLES); null outside one.
 * `id` names a job where the environment does not; `cluster` is used where Slurm does not say its name. A task of an array is `<array>_<task>`.
 */
export function ownJob(env: Env, given: { readonly id?: string; readonly cluster?: string; readonly node: string; readonly now: number }): OwnJob | null {
  const array = env['SLURM_ARRAY_JOB_ID'];
  const task = env['SLURM_ARRAY_TASK_ID'];
  const detected = array !== undefined && task !== undefined ? `${array}_${task}` : env['SLURM_JOB_ID'];
  const [cluster, id] = splitId(given.id ?? detected, env['SLURM_CLUSTER_NAME'] ?? given.cluster ?? 'local'); // the server's own default
  if (id === null) return null;
  const inside = detected !== undefined && (given.id === undefined || id === detected);
  return {
    cluster,
    id,
    declaration: inside ? fromSlurm(env, given.node, given.now) : { nodes: [given.node], state: 'running', start: given.now },
    first: !inside || (env['SLURM_NODEID'] ?? '0') === '0',
    gpus: visibleGpus(env['CUDA_VISIBLE_DEVICES']),
  };
}

function fromSlurm(env: Env, node: string, now: number): JobDeclaration {
  const start = whole(env['SLURM_JOB_START_TIME']) ?? now;
  const end = whole(env['SLURM_JOB_END_TIME']);
  const cores = whole(env['SLURM_CPUS_ON_NODE']);
  const megabytes = whole(env['SLURM_MEM_PER_NODE']);
  const nodes = expandNodes(env['SLURM_JOB_NODELIST'] ?? env['SLURM_NODELIST'] ?? '');
  const words: JobDeclaration = {
    ...said('name', env['SLURM_JOB_NAME'], 200),
    ...said('user', env['SLURM_JOB_USER'] ?? env['USER'], 100),
    ...said('project', env['SLURM_JOB_ACCOUNT'], 100),
    ...said('partition', env['SLURM_JOB_PARTITION'], 100),
  };
  return {
    ...words,
    state: 'running',
    start,
    nodes: nodes.length === 0 ? [node] : nodes.map((name) => sameNode(name, node)),
    ...(end === null || end <= start ? {} : { timeLimit: end - start }),
    ...(cores === null ? {} : { cores: cores * Math.max(1, nodes.length) }),
    ...(megabytes === null ? {} : { memory: megabytes * 1024 * 1024 * Math.max(1, nodes.length) }),
  };
}

/** Slurm's short name and the host's long one are one node: readings carry the host's. */
function sameNode(slurm: string, own: string): string {
  return own === slurm || own.startsWith(`${slurm}.`) ? own : slurm;
}

function splitId(text: string | undefined, cluster: string): [string, string | null] {
  if (text === undefined || text === '') return [cluster, null];
  const slash = text.indexOf('/');
  return slash < 0 ? [cluster, text] : [text.slice(0, slash), text.slice(slash + 1)];
}

/** What `nvidia-smi -i` takes: indices or UUIDs. In a job without its own device files nvidia-smi would show the neighbours' GPUs too. */
function visibleGpus(text: string | undefined): string | null {
  return text !== undefined && /^(?:\d+|GPU-[\w-]+)(?:,(?:\d+|GPU-[\w-]+))*$/.test(text) ? text : null;
}

function said<K extends 'name' | 'user' | 'project' | 'partition'>(key: K, value: string | undefined, most: number): Partial<Record<K, string>> {
  return value === undefined || value === '' ? {} : ({ [key]: cut(cleanName(value), most) } as Record<K, string>); // one computed key
}

function whole(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number.parseInt(text, 10) : null;
}

const MOST = 2000;

/** Slurm's node lists: `alvis3-[01-03,07],alvis4-02` → the five names, at most 2000. What cannot be read is left out. */
export function expandNodes(list: string): string[] {
  const names: string[] = [];
  for (const part of topLevel(list)) for (const name of expandOne(part)) if (names.length < MOST) names.push(name);
  return names;
}

/** Splits at commas that stand outside brackets. A list with a bracket that does not close was cut: none of it is believed. */
function topLevel(list: string): string[] {
  const parts = [''];
  let inside = false;
  for (const sign of list) {
    if (sign === '[' || sign === ']') {
      if (inside === (sign === '[')) return [];
      inside = sign === '[';
    }
    if (sign === ',' && !inside) parts.push('');
    else parts[parts.length - 1] += sign;
  }
  return inside ? [] : parts.filter((part) => part !== '');
}

function expandOne(part: string): string[] {
  const match = /^([^[\]]*)\[([^\]]*)\](.*)$/.exec(part);
  if (match === null) return /[[\]\s]/.test(part) ? [] : [part];
  const [, before = '', inside = '', after = ''] = match;
  const tails = expandOne(after);
  return numbers(inside).flatMap((number) => (after === '' ? [''] : tails).map((tail) => `${before}${number}${tail}`));
}

function numbers(inside: string): string[] {
  return inside.split(',').flatMap((range) => {
    const match = /^(\d+)(?:-(\d+))?$/.exec(range.trim());
    if (match === null) return [];
    const from = Number.parseInt(match[1] ?? '', 10);
    const to = match[2] === undefined ? from : Number.parseInt(match[2], 10);
    if (to < from || to - from >= MOST) return [];
    // 08-11 keeps its leading zeros
    return Array.from({ length: to - from + 1 }, (_, index) => String(from + index).padStart(match[1]?.length ?? 0, '0'));
  });
}
