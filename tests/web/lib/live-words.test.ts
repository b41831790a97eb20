import { describe, expect, it } from 'vitest';
import { betterOffset, goneSince, indicatorOf } from '../../../web/lib/live-words.ts';

const NOW = new Date(2026, 10, 22, 12, 6, 30).getTime();

describe('the live indicator', () => {
  it('says how fresh the news is', () => {
    expect(indicatorOf({ connected: true, cutSince: null, heardAt: NOW - 1200 }, NOW)).toEqual({ state: 'live', text: 'live, 1 s ago' });
    expect(indicatorOf({ connected: true, cutSince: null, heardAt: NOW - 90_000 }, NOW)).toEqual({ state: 'live', text: 'live, 1 min ago' });
    expect(indicatorOf({ connected: true, cutSince: null, heardAt: NOW - 91_000 }, NOW)).toEqual({ state: 'quiet', text: 'connected, last news 1 min ago' });
  });

  it('says since when there is no connection, and that it tries', () => {
    expect(indicatorOf({ connected: false, cutSince: NOW - 30_000, heardAt: NOW - 31_000 }, NOW)).toEqual({
      state: 'cut',
      text: 'no connection since 12:06:00, retrying',
    });
  });

  it('says that nobody is signed in, where waiting will not help', () => {
    expect(indicatorOf({ connected: false, cutSince: NOW, heardAt: null, denied: true }, NOW)).toEqual({ state: 'denied', text: 'not signed in' });
  });

  it('is connecting, not cut, before the first connection', () => {
    expect(indicatorOf({ connected: false, cutSince: NOW, heardAt: null }, NOW).state).toBe('connecting');
  });
});

describe('the server’s clock', () => {
  it('takes the offset that was least delayed', () => {
    expect(betterOffset(null, 1000.0, 990_000)).toBe(10);
    expect(betterOffset(10, 1001.0, 991_400)).toBe(10);
    expect(betterOffset(9.6, 1001.0, 991_000)).toBe(10);
  });

  it('follows a clock that was set', () => {
    expect(betterOffset(10, 900, 1_000_000)).toBe(-100);
  });
});

describe('a server that is gone', () => {
  const cut = { connected: false, cutSince: NOW - 2000, heardAt: NOW - 5000 };

  it('was there until it was last heard; a cut of under two seconds is none', () => {
    expect(goneSince(cut, NOW)).toBe(NOW - 5000);
    expect(goneSince(cut, NOW - 1)).toBeNull();
  });

  it('is not one that answers, that asks who comes, or that was never heard', () => {
    expect(goneSince({ ...cut, connected: true }, NOW)).toBeNull();
    expect(goneSince({ ...cut, denied: true }, NOW)).toBeNull();
    expect(goneSince({ ...cut, heardAt: null }, NOW)).toBeNull();
  });
});
