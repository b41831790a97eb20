// Past the door of server/live: the pile of unsent readings is filled without sockets.
import { describe, expect, it } from 'vitest';
import type { JobRow, LiveReadings, LiveRows } from '../../../core/contract/index.ts';
import { tableFromBlock } from '../../../core/readings/index.ts';
import { openHub } from '../../../server/live/index.ts';
import { roomOf, roomsFor } from '../../../server/live/sockets.ts';
import { aJob } from '../../support/jobs.ts';

const block = (watts: number, rows = 1) => ({
  entity: { kind: 'gpu' as const, id: 'GPU-1' },
  t: Array.from({ length: rows }, (_, index) => index),
  columns: { 'gpu.power': Array.from({ length: rows }, () => watts) },
});
const aRow = (id: string, grade: number): JobRow => ({
  job: aJob(id),
  bottleneck: 'compute',
  activity: 'training',
  grade,
  headroom: null,
  sparkline: [],
  ribbon: [],
  findings: [],
  lastReadingAt: null,
});
const listening = (rooms: string[]) => {
  const sent: LiveReadings[] = [];
  const bundles: LiveRows[] = [];
  const places: string[] = [];
  const rows: string[] = [];
  const hub = openHub();
  hub.attach({
    watched: (room) => rooms.includes(room),
    readings: (room, readings) => {
      places.push(room);
      sent.push(readings);
    },
    verdict: () => undefined,
    rows: (to, bundle) => {
      rows.push(to);
      bundles.push(bundle);
    },
    status: () => undefined,
    letSlowGo: () => undefined,
  });
  return { hub, sent, bundles, places, rows };
};

describe('readings for watchers', () => {
  it('go out bundled, once, and only for rooms that somebody watches', () => {
    const { hub, sent } = listening(['job:c/1']);
    hub.readings('job:c/1', tableFromBlock(block(1)));
    hub.readings('job:c/2', tableFromBlock(block(2)));
    hub.readings('job:c/1', tableFromBlock(block(3)));
    expect(sent).toEqual([]);
    hub.flush(0);
    hub.flush(0);
    expect(sent).toEqual([{ room: 'job:c/1', blocks: [block(1), block(3)] }]);
  });

  it('are bounded: of a flood the newest stay', () => {
    const { hub, sent } = listening(['job:c/1']);
    for (let index = 0; index < 8; index += 1) hub.readings('job:c/1', tableFromBlock(block(index, 10_000)));
    hub.flush(0);
    expect(sent[0]?.blocks.map((one) => one.columns['gpu.power']?.[0])).toEqual([3, 4, 5, 6, 7]);
  });

  it('fall on the floor before anybody is attached', () => {
    const hub = openHub();
    hub.readings('job:c/1', tableFromBlock(block(1)));
    hub.flush(0);
    expect(hub.watched('job:c/1')).toBe(false);
  });
});

describe('rows for watchers of the overview', () => {
  it('go out together, each job’s latest once, never too many in one event', () => {
    const { hub, bundles } = listening(['overview']);
    for (let id = 0; id < 1_200; id += 1) hub.row(aRow(String(id), 0.5));
    hub.row(aRow('7', 0.9));
    expect(bundles).toEqual([]);
    hub.flush(12);
    hub.flush(13);
    expect(bundles.map(({ at, rows }) => [at, rows.length])).toEqual([
      [12, 500],
      [12, 500],
      [12, 200],
    ]);
    expect(bundles.flatMap(({ rows }) => rows).filter(({ job }) => job.id === '7')).toEqual([aRow('7', 0.9)]);
  });

  it('are not kept for nobody', () => {
    const { hub, bundles } = listening([]);
    hub.row(aRow('7', 0.9));
    hub.flush(12);
    expect(bundles).toEqual([]);
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

  it('is one in the rooms of its circle: one job’s token hears of its job alone', () => {
    expect(roomsFor({ kind: 'overview' }, mine)).toEqual(['overview c/1']);
    expect(roomsFor({ kind: 'node', node: 'n1' }, mine)).toEqual(['node:n1 c/1']);
    expect(roomsFor({ kind: 'job', cluster: 'c', id: '1' }, mine)).toEqual(['job:c/1']);
    expect(roomsFor({ kind: 'overview' }, { kind: 'local' })).toEqual(['overview']);
  });

  it('a row goes to those who see everything and to those who see its job', () => {
    const { hub, rows, bundles } = listening(['overview', 'overview c/1']);
    hub.row(aRow('1', 0.5));
    hub.row(aRow('2', 0.5));
    hub.flush(1000);
    expect(rows).toEqual(['overview', 'overview c/1']);
    expect(bundles.map((one) => one.rows.map(({ job }) => job.id))).toEqual([['1', '2'], ['1']]);
  });

  it('a row is wanted where one of those watches', () => {
    const { hub } = listening(['overview c/1']);
    expect([hub.watchesRow(aJob('1')), hub.watchesRow(aJob('2'))]).toEqual([true, false]);
    expect(listening(['overview']).hub.watchesRow(aJob('2'))).toBe(true);
  });

  it('readings of a node for one circle go to its part of the room, under the room’s own name', () => {
    const { hub, sent, places } = listening(['node:n1', 'node:n1 c/1']);
    hub.readings('node:n1', tableFromBlock(block(1)));
    hub.readings('node:n1', tableFromBlock(block(2)), 'c/1');
    hub.readings('node:n1', tableFromBlock(block(3)), 'c/2');
    hub.flush(1000);
    expect(places).toEqual(['node:n1', 'node:n1 c/1']);
    expect(sent).toEqual([
      { room: 'node:n1', blocks: [block(1)] },
      { room: 'node:n1', blocks: [block(2)] },
    ]);
  });
});
