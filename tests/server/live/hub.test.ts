// Past the door of server/live: the pile of unsent readings is filled without sockets.
import { describe, expect, it } from 'vitest';
import type { JobRow, LiveReadings, LiveRows } from '../../../core/contract/index.ts';
import { openHub } from '../../../server/live/index.ts';
import { roomOf } from '../../../server/live/sockets.ts';
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
  const hub = openHub();
  hub.attach({
    watched: (room) => rooms.includes(room),
    readings: (_room, readings) => sent.push(readings),
    verdict: () => undefined,
    rows: (_room, rows) => bundles.push(rows),
    status: () => undefined,
    letSlowGo: () => undefined,
  });
  return { hub, sent, bundles };
};

describe('readings for watchers', () => {
  it('go out bundled, once, and only for rooms that somebody watches', () => {
    const { hub, sent } = listening(['job:c/1']);
    hub.readings('job:c/1', block(1));
    hub.readings('job:c/2', block(2));
    hub.readings('job:c/1', block(3));
    expect(sent).toEqual([]);
    hub.flush(0);
    hub.flush(0);
    expect(sent).toEqual([{ room: 'job:c/1', blocks: [block(1), block(3)] }]);
  });

  it('are bounded: of a flood the newest stay', () => {
    const { hub, sent } = listening(['job:c/1']);
    for (let index = 0; index < 8; index += 1) hub.readings('job:c/1', block(index, 10_000));
    hub.flush(0);
    expect(sent[0]?.blocks.map((one) => one.columns['gpu.power']?.[0])).toEqual([3, 4, 5, 6, 7]);
  });

  it('fall on the floor before anybody is attached', () => {
    const hub = openHub();
    hub.readings('job:c/1', block(1));
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
