// Past the door of collectors/agent: two samples a known time apart need the source alone.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { processSource, type ProcessSource } from '../../../collectors/agent/process-source.ts';
import { hostSource } from '../../../collectors/agent/host-source.ts';
import { cpuTime } from '../../support/cpu-time.ts';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A process of ours that looks like an engine, and spins in one thread. */
function pretend(code: string, ...args: string[]): number {
  const child = spawn(process.execPath, ['-e', code, ...args], { stdio: 'ignore' });
  children.push(child);
  if (child.pid === undefined) throw new Error('no process');
  return child.pid;
}

const SPIN = 'for (;;) ;';
const SLEEP = 'setInterval(() => {}, 1000)';
const VLLM = ['vllm.entrypoints.openai.api_server', '--model', 'tiny', '--port', '18000', '--api-key', 'abc'];
const uid = process.getuid?.() ?? 0;
const open = (own: number | null = uid): ProcessSource => processSource({ node: 'n1', uid: own, names: (id) => `user${id}` });
const now = (): number => performance.now() / 1000;

const runs = (pid: number, word: string) => expect.poll(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toContain(word);

/** Samples until the process shows, since a fresh process execs a moment after it appears. */
async function seen(source: ProcessSource, pid: number) {
  let turn = 0;
  return vi.waitUntil(
    () => {
      const steady = now();
      const sample = source.sample(1000 + (turn += 1), steady);
      return sample.readings.some((reading) => reading.entity.id === `n1/${pid}`) && { ...sample, steady };
    },
    { timeout: 300_000, interval: 50 },
  );
}

describe('LLM processes', () => {
  it('are found by their command line, which leaves without its secret', async () => {
    const pid = pretend(SLEEP, ...VLLM);
    const source = open();
    const sample = await seen(source, pid);
    const facts = sample.facts.filter((fact) => fact.entity.id === `n1/${pid}`);
    expect(facts.map((fact) => fact.name)).toEqual(['command', 'user', 'parent', 'engine', 'model']);
    expect(facts[0]?.value).toMatch(/--api-key \*\*\*$/);
    expect(facts.map((fact) => fact.value).slice(1)).toEqual([`user${uid}`, String(process.pid), 'vllm', 'tiny']);
    expect(source.ports()).toContain(18_000);
  });

  it('the thread that spins is seen: one core, hot', async () => {
    const pid = pretend(SPIN, ...VLLM);
    const source = open();
    const { steady: began } = await seen(source, pid);
    // Others share the cores, so it may not get all of one: what it got is asked of the kernel, between the two samples and in all.
    const inner = cpuTime(pid);
    await expect.poll(() => cpuTime(pid) - inner).toBeGreaterThan(1);
    const least = cpuTime(pid) - inner;
    const ended = now();
    const sample = source.sample(2000, ended);
    const most = cpuTime(pid);
    const used = (share: number | undefined) => (share ?? Number.NaN) * (ended - began);
    const values = sample.readings.find((reading) => reading.entity.id === `n1/${pid}`)?.values;
    expect(used(values?.['process.cpu'])).toBeGreaterThanOrEqual(least - 0.02);
    expect(used(values?.['process.cpu'])).toBeLessThanOrEqual(most + 0.02);
    // One thread has all of it but what Node's own have.
    expect(used(values?.['process.maxThread'])).toBeGreaterThan(0.8 * least);
    expect(used(sample.gauges['host.cpuMaxThread'])).toBeGreaterThan(0.8 * least);
    expect(values?.['process.rss']).toBeGreaterThan(10e6);
  });

  it('one that ended is forgotten', async () => {
    const pid = pretend(SLEEP, ...VLLM);
    const source = open();
    await seen(source, pid);
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => source.sample(3000, now()).readings.some((reading) => reading.entity.id === `n1/${pid}`)).toBe(false);
  });

  it('other programs are not looked at, unless they hold a GPU', async () => {
    const pid = pretend(SLEEP, 'plain', '--password', 'abc');
    const source = open();
    await runs(pid, 'plain');
    expect(source.sample(1, now()).readings.some((reading) => reading.entity.id === `n1/${pid}`)).toBe(false);
    source.onGpus(new Set([pid]));
    const sample = source.sample(2, now());
    expect(sample.readings.some((reading) => reading.entity.id === `n1/${pid}`)).toBe(true);
    expect(sample.facts.find((fact) => fact.entity.id === `n1/${pid}` && fact.name === 'command')?.value).toMatch(/plain --password \*\*\*$/);
  });

  it("somebody else's are left alone by a user's agent", async () => {
    const pid = pretend(SLEEP, ...VLLM);
    const source = open(uid + 1);
    await runs(pid, 'vllm');
    for (let turn = 0; turn < 4; turn += 1) expect(source.sample(turn, now()).readings.some((reading) => reading.entity.id === `n1/${pid}`)).toBe(false);
  });
});

describe('the host', () => {
  it('is read from this machine: the second sample has its CPU', async () => {
    const source = hostSource({ node: 'n1', scratch: '/tmp' });
    const first = source.sample(1);
    expect(first.readings[0]?.values['host.memTotal']).toBeGreaterThan(0);
    expect(first.readings[0]?.values).not.toHaveProperty(['host.cpu']);
    let second: Readonly<Record<string, number>> | undefined;
    await expect
      .poll(() => {
        second = source.sample(2).readings[0]?.values;
        return [second?.['host.cpu'], second?.['host.scratchTotal']].includes(undefined);
      })
      .toBe(false);
    expect(second?.['host.cpu']).toBeGreaterThanOrEqual(0);
    expect(second?.['host.cpu']).toBeLessThanOrEqual(1);
    expect(second?.['host.scratchTotal']).toBeGreaterThan(0);
    expect(first.facts.map((fact) => fact.name)).toContain('cores');
  });
});
