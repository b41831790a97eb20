import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type DrawnReply, drawnReply, type IngestBatch, type SeriesReply } from '../../../../core/contract/index.ts';
import { RequestFailed } from '../../../../web/lib/api.ts';
import type { Watcher } from '../../../../web/lib/live.svelte.ts';
import { openSeries } from '../../../../web/lib/series/view.svelte.ts';

const watchers: Watcher[] = [];
vi.mock('../../../../web/lib/live.svelte.ts', () => ({
  watch: (_: unknown, watcher: Watcher) => {
    watchers.push(watcher);
    return () => undefined;
  },
}));

const GPU = { kind: 'gpu' as const, id: 'GPU-a', node: 'n1' };
const HOST = { kind: 'host' as const, id: 'n1', node: 'n1' };

/** A pretend server that has a sample every five seconds up to `now`, and answers as the real one buckets. */
function pretend() {
  const server = { now: 100, asked: [] as { from: number | null; to: number | null; points: number }[], down: false };
  const source = async (ask: { metrics: readonly string[]; from?: number; to?: number; points: number }): Promise<DrawnReply> => {
    server.asked.push({ from: ask.from ?? null, to: ask.to ?? null, points: ask.points });
    if (server.down) throw new RequestFailed({ kind: 'offline', status: null, what: 'The server cannot be reached.', where: '', remedy: '' });
    const [from, to] = [ask.from ?? 0, ask.to ?? server.now];
    const every = Math.max(5, Math.ceil((to - from) / ask.points / 5) * 5);
    const t: number[] = [];
    for (let at = Math.ceil(from / 5) * 5; at <= to; at += every) t.push(at);
    const one = (entity: SeriesReply['series'][number]['entity'], metric: string) => ({ entity, metric, unit: '', t, min: t, mean: t, max: t });
    return drawnReply({ from, to, series: [one(GPU, 'gpu.util'), one(HOST, 'host.netRxRate')], absent: [{ metric: 'gpu.fan', reason: 'no fan' }] });
  };
  return { server, source };
}
const live = (t: number[]): { room: string; blocks: IngestBatch['blocks'] } => ({ room: 'r', blocks: [{ entity: GPU, t, columns: { 'gpu.util': t } }] });
const counter = (t: number, value: number): { room: string; blocks: IngestBatch['blocks'] } => ({
  room: 'r',
  blocks: [{ entity: HOST, t: [t], columns: { 'host.netRx': [value] } }],
});
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

function open(points: number) {
  watchers.length = 0;
  const { server, source } = pretend();
  const view = openSeries({ source, metrics: ['gpu.util', 'host.netRxRate'], points, target: { kind: 'node', node: 'n1' } });
  const times = (key = 'gpu:GPU-a gpu.util') => [...(view.tracks.byKey.get(key)?.t ?? [])];
  const [watcher] = watchers;
  if (watcher === undefined) throw new Error('nothing is watched');
  return { server, view, watcher, times };
}

beforeEach(() => vi.useRealTimers());

describe('the series of a view', () => {
  it('have buckets for the past and single samples at their live end', async () => {
    const { server, view, times } = open(5);
    view.show({ from: null, to: null });
    await settled();
    expect(times()).toEqual([0, 20, 40, 60, 80, 85, 90, 95, 100]);
    expect(server.asked).toEqual([
      { from: null, to: null, points: 5 },
      { from: 80, to: null, points: 5000 },
    ]);
    expect([view.from, view.to, view.loading]).toEqual([0, 100, false]);
    expect(view.reasons.get('gpu.fan')).toBe('no fan');
  });

  it('join readings that came while history was on its way, each once', async () => {
    const { view, watcher, times } = open(100);
    view.show({ from: null, to: null });
    watcher.readings?.(live([100]));
    watcher.readings?.(live([105]));
    await settled();
    expect(times().slice(-3)).toEqual([95, 100, 105]);
    expect(view.to).toBe(105);
  });

  it('fetch what a cut hid, and resume with no gap and no doubled point', async () => {
    const { server, view, watcher, times } = open(100);
    view.show({ from: null, to: null });
    await settled();
    watcher.readings?.(live([105]));
    server.now = 140; // thirty seconds and more pass without a word
    watcher.resumed?.();
    watcher.readings?.(live([140]));
    watcher.readings?.(live([145]));
    await settled();
    const expected = Array.from({ length: 30 }, (_, index) => index * 5);
    expect(times()).toEqual(expected);
    expect([...(view.tracks.byKey.get('gpu:GPU-a gpu.util')?.mean ?? [])]).toEqual(expected);
  });

  it('fetch a counter’s first rate from the server, which knows the value before it', async () => {
    const { server, view, watcher, times } = open(100);
    view.show({ from: null, to: null });
    await settled();
    server.now = 105;
    watcher.readings?.(counter(105, 1000));
    expect(times('host:n1 host.netRxRate').at(-1)).toBe(100);
    server.now = 110;
    watcher.readings?.(counter(110, 2000));
    await settled();
    expect(times('host:n1 host.netRxRate').slice(-3)).toEqual([100, 105, 110]);
  });

  it('show a zoom without following, and ask for it alone', async () => {
    const { server, view, watcher, times } = open(100);
    view.show({ from: 20, to: 40 });
    await settled();
    watcher.readings?.(live([105]));
    expect(times()).toEqual([20, 25, 30, 35, 40]);
    expect(server.asked).toEqual([{ from: 20, to: 40, points: 100 }]);
    expect([view.from, view.to]).toEqual([20, 40]);
  });

  it('say what went wrong, keep what is shown, and take the trouble back once it is over', async () => {
    vi.useFakeTimers();
    const { server, view, watcher, times } = open(100);
    view.show({ from: null, to: null });
    await vi.advanceTimersByTimeAsync(5);
    server.down = true;
    watcher.resumed?.();
    await vi.advanceTimersByTimeAsync(5);
    expect(view.trouble?.what).toBe('The server cannot be reached.');
    expect(times()).toHaveLength(21);
    server.down = false;
    server.now = 120;
    await vi.advanceTimersByTimeAsync(5005);
    expect(view.trouble).toBeNull();
    expect(times().at(-1)).toBe(120);
  });

  it('take the whole again before live samples outgrow the history’s resolution', async () => {
    const { server, view, watcher } = open(10);
    view.show({ from: null, to: null });
    await settled();
    const before = server.asked.length;
    for (let at = 105; at <= 220; at += 5) {
      server.now = at;
      watcher.readings?.(live([at]));
    }
    await settled();
    expect(server.asked.slice(before).map((ask) => ask.points)).toEqual([10, 5000]);
    expect(view.tracks.byKey.get('gpu:GPU-a gpu.util')?.t.at(-1)).toBe(220);
  });
});
