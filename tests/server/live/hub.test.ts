// Past the door of server/live: the pile of unsent readings is filled without sockets.
import { describe, expect, it } from 'vitest';
import type { LiveReadings } from '../../../core/contract/index.ts';
import { openHub } from '../../../server/live/index.ts';
import { roomOf } from '../../../server/live/sockets.ts';

const block = (watts: number, rows = 1) => ({
  entity: { kind: 'gpu' as const, id: 'GPU-1' },
  t: Array.from({ length: rows }, (_, index) => index),
  columns: { 'gpu.power': Array.from({ length: rows }, () => watts) },
});
const listening = (rooms: string[]) => {
  const sent: LiveReadings[] = [];
  const hub = openHub();
  hub.attach({
    watched: (room) => rooms.includes(room),
    readings: (_room, readings) => sent.push(readings),
    verdict: () => undefined,
    row: () => undefined,
    status: () => undefined,
  });
  return { hub, sent };
};

describe('readings for watchers', () => {
  it('go out bundled, once, and only for rooms that somebody watches', () => {
    const { hub, sent } = listening(['job:c/1']);
    hub.readings('job:c/1', block(1));
    hub.readings('job:c/2', block(2));
    hub.readings('job:c/1', block(3));
    expect(sent).toEqual([]);
    hub.flush();
    hub.flush();
    expect(sent).toEqual([{ room: 'job:c/1', blocks: [block(1), block(3)] }]);
  });

  it('are bounded: of a flood the newest stay', () => {
    const { hub, sent } = listening(['job:c/1']);
    for (let index = 0; index < 8; index += 1) hub.readings('job:c/1', block(index, 10_000));
    hub.flush();
    expect(sent[0]?.blocks.map((one) => one.columns['gpu.power']?.[0])).toEqual([3, 4, 5, 6, 7]);
  });

  it('fall on the floor before anybody is attached', () => {
    const hub = openHub();
    hub.readings('job:c/1', block(1));
    hub.flush();
    expect(hub.watched('job:c/1')).toBe(false);
  });
});

describe('rooms', () => {
  it('have one name each', () => {
    expect([roomOf({ kind: 'job', cluster: 'c', id: '1' }), roomOf({ kind: 'node', node: 'n1' }), roomOf({ kind: 'overview' })]).toEqual([
      'job:c/1',
      'node:n1',
      'overview',
    ]);
  });
});
