import { describe, expect, it } from 'vitest';
import type { LiveReadings } from '../../../core/contract/index.ts';
import { openHub } from '../../../server/live/index.ts';
import { roomOf, roomsFor } from '../../../server/live/sockets.ts';
import { aJob } from '../../support/jobs.ts';

const block = (watts: number, rows = 1) => ({
  entity: { kind: 'gpu' as const, id: 'GPU-1' },
  t: Array.from({ length: rows }, (_, index) => index),
  columns: { 'gpu.power': Array.from({ length: rows }, () => watts) },
});
const listening = (rooms: string[]) => {
  const sent: LiveReadings[] = [];
  const places: string[] = [];
  const rows: (readonly string[])[] = [];
  const hub = openHub();
  hub.attach({
    watched: (room) => rooms.includes(room),
    readings: (room, readings) => {
      places.push(room);
      sent.push(readings);
    },
    verdict: () => undefined,
    row: (to) => rows.push(to),
    status: () => undefined,
  });
  return { hub, sent, places, rows };
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

describe('who hears what', () => {
  const mine = { kind: 'job', cluster: 'c', id: '1' } as const;
  const row = (id: string) => ({ job: aJob(id) }) as Parameters<ReturnType<typeof openHub>['row']>[0]; // all that the hub looks at

  it('is one in the rooms of its circle: one job’s token hears of its job alone', () => {
    expect(roomsFor({ kind: 'overview' }, mine)).toEqual(['overview c/1']);
    expect(roomsFor({ kind: 'node', node: 'n1' }, mine)).toEqual(['node:n1 c/1']);
    expect(roomsFor({ kind: 'job', cluster: 'c', id: '1' }, mine)).toEqual(['job:c/1']);
    expect(roomsFor({ kind: 'overview' }, { kind: 'local' })).toEqual(['overview']);
  });

  it('a row goes to those who see everything and to those who see its job', () => {
    const { hub, rows } = listening([]);
    hub.row(row('1'));
    hub.row(row('2'));
    expect(rows).toEqual([
      ['overview', 'overview c/1'],
      ['overview', 'overview c/2'],
    ]);
  });

  it('a row is wanted where one of those watches', () => {
    const { hub } = listening(['overview c/1']);
    expect([hub.watchesRow(aJob('1')), hub.watchesRow(aJob('2'))]).toEqual([true, false]);
    expect(listening(['overview']).hub.watchesRow(aJob('2'))).toBe(true);
  });

  it('readings of a node for one circle go to its part of the room, under the room’s own name', () => {
    const { hub, sent, places } = listening(['node:n1', 'node:n1 c/1']);
    hub.readings('node:n1', block(1));
    hub.readings('node:n1', block(2), 'c/1');
    hub.readings('node:n1', block(3), 'c/2');
    hub.flush();
    expect(places).toEqual(['node:n1', 'node:n1 c/1']);
    expect(sent).toEqual([
      { room: 'node:n1', blocks: [block(1)] },
      { room: 'node:n1', blocks: [block(2)] },
    ]);
  });
});
