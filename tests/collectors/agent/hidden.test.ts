// Past the door of collectors/agent: what the kernel refuses to show depends on who asks; here it is refused at the file layer.
import { spawn, type ChildProcess } from 'node:child_process';
import type * as nodeFs from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { processSource } from '../../../collectors/agent/process-source.ts';

/** Paths that the kernel does not let this user read, with the error that it gives, and names that /proc does not list. */
const kernel = vi.hoisted((): { refused: (path: string) => string | null; hidden: ReadonlySet<string> } => ({ refused: () => null, hidden: new Set() }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof nodeFs>();
  const check = (path: unknown): void => {
    const code = kernel.refused(String(path));
    if (code !== null) throw Object.assign(new Error(`${code}: ${String(path)}`), { code });
  };
  return {
    ...fs,
    openSync: (...args: Parameters<typeof fs.openSync>) => {
      check(args[0]);
      return fs.openSync(...args);
    },
    readdirSync: (path: string) => {
      check(path);
      return fs.readdirSync(path).filter((name) => path !== '/proc' || !kernel.hidden.has(name));
    },
  };
});

const children: ChildProcess[] = [];
afterEach(() => {
  kernel.refused = () => null;
  kernel.hidden = new Set();
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function engine(): number {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'vllm.entrypoints.openai.api_server', '--model', 'tiny'], { stdio: 'ignore' });
  children.push(child);
  if (child.pid === undefined) throw new Error('no process');
  return child.pid;
}

const now = (): number => performance.now() / 1000;
const open = () => processSource({ node: 'n1', uid: null, names: (id) => `user${id}` });
type Source = ReturnType<typeof open>;
let turn = 0;
const look = (source: Source) => source.sample(1000 + (turn += 1), now());
const ids = (sample: ReturnType<typeof look>): string[] => sample.readings.map((reading) => reading.entity.id);

/** Two engines: one's, and another's of whom the kernel shows what it shows. */
async function two(): Promise<{ mine: string; theirs: string; pid: number }> {
  const [mine, pid] = [engine(), engine()];
  const source = open();
  // A fresh process execs a moment after it appears.
  await expect.poll(() => ids(look(source)), { interval: 50 }).toEqual(expect.arrayContaining([`n1/${mine}`, `n1/${pid}`]));
  return { mine: `n1/${mine}`, theirs: `n1/${pid}`, pid };
}

describe('processes of others that the kernel does not show', () => {
  it.each(['EACCES', 'EPERM', 'ENOENT', 'ESRCH'])('a folder of which nothing may be read (%s) is no process, and costs the others nothing', async (code) => {
    const { mine, theirs, pid } = await two();
    kernel.refused = (path) => (path.startsWith(`/proc/${pid}/`) ? code : null);
    const source = open();
    source.onGpus(new Set([pid])); // even one that holds a GPU
    for (let again = 0; again < 4; again += 1) expect(ids(look(source))).toContain(mine);
    expect(ids(look(source))).not.toContain(theirs);
  });

  it('one that /proc does not list (hidepid=2) is none, though nvidia-smi names it', async () => {
    const { mine, theirs, pid } = await two();
    kernel.hidden = new Set([String(pid)]);
    const source = open();
    source.onGpus(new Set([pid]));
    expect(ids(look(source))).toContain(mine);
    expect(ids(look(source))).not.toContain(theirs);
  });

  it.each(['stat', 'status'])('one of which %s alone is hidden is left out, not told as a half', async (file) => {
    const { mine, theirs, pid } = await two();
    kernel.refused = (path) => (path === `/proc/${pid}/${file}` ? 'EACCES' : null);
    const source = open();
    expect(ids(look(source))).toContain(mine);
    const sample = look(source);
    expect(ids(sample)).not.toContain(theirs);
    expect(sample.facts.filter((fact) => fact.entity.id === theirs)).toEqual([]);
  });

  it('one of which I/O and threads are hidden, as those of others usually are, has its CPU and memory; the rest is absent, not zero', async () => {
    const { theirs, pid } = await two();
    kernel.refused = (path) => (path === `/proc/${pid}/io` || path.startsWith(`/proc/${pid}/task`) ? 'EACCES' : null);
    const source = open();
    look(source);
    const values = look(source).readings.find((reading) => reading.entity.id === theirs)?.values ?? {};
    expect(values['process.rss']).toBeGreaterThan(1e6);
    expect(Object.keys(values)).toContain('process.cpu');
    expect(Object.keys(values).filter((name) => /maxThread|Read|Write|read$|write$/.test(name))).toEqual([]);
  });

  it('one that becomes hidden while it is followed is forgotten, and found again when it shows', async () => {
    const { theirs, pid } = await two();
    const source = open();
    expect(ids(look(source))).toContain(theirs);
    kernel.refused = (path) => (path.startsWith(`/proc/${pid}/`) ? 'EACCES' : null);
    expect(ids(look(source))).not.toContain(theirs);
    kernel.refused = () => null;
    await expect.poll(() => ids(look(source)), { interval: 1 }).toContain(theirs);
  });

  it('a machine without /proc has no processes', () => {
    kernel.refused = (path) => (path === '/proc' || path.startsWith('/proc/') ? 'ENOENT' : null);
    expect(look(open())).toEqual({ readings: [], facts: [], gauges: {} });
  });
});
