import { describe, expect, it } from 'vitest';
import { jobsQuery } from '../../../web/lib/jobs-query.ts';
import { heardRows, inOrder, lookedBefore, updated, withRows } from '../../../web/lib/overview.ts';
import { sparkPath } from '../../../web/lib/spark.ts';
import { windowOf } from '../../../web/lib/window.ts';
import { overview, row } from '../../pages/support/fixtures.ts';

describe('the window of a long list', () => {
  it('draws a short list whole', () => {
    expect(windowOf({ count: 60, rowHeight: 64, above: 0, view: 900 })).toEqual({ start: 0, end: 60 });
  });

  it('draws the rows in sight and some around them', () => {
    expect(windowOf({ count: 5000, rowHeight: 64, above: -200, view: 900 })).toEqual({ start: 0, end: 19 });
    expect(windowOf({ count: 5000, rowHeight: 64, above: 6400, view: 640 })).toEqual({ start: 92, end: 118 });
    expect(windowOf({ count: 5000, rowHeight: 64, above: 320_000, view: 900 })).toEqual({ start: 4992, end: 5000 });
  });
});

describe('the query of the job list', () => {
  it('takes filters and sort order from the URL and leaves the rest', () => {
    expect(jobsQuery('?q= llama &state=running&sort=-gpus&from=5&page=2')).toEqual({ q: 'llama', state: 'running', sort: '-gpus' });
    expect(jobsQuery('?sort=colour&user=')).toEqual({});
  });
});

describe('rows that come live', () => {
  const before = overview();
  it('replaces a row where it stands', () => {
    const next = withRows(before, [{ ...row(3), grade: 0.11 }]);
    expect(next.running.map(({ job }) => job.id)).toEqual(before.running.map(({ job }) => job.id));
    expect(next.running[3]?.grade).toBe(0.11);
  });

  it('moves a job that ended to the finished ones, once', () => {
    const next = withRows(withRows(before, [row(3, { state: 'completed', end: 5 })]), [row(3, { state: 'completed', end: 5 })]);
    expect(next.running).toHaveLength(13);
    expect(next.finished.map(({ job }) => job.id).slice(0, 2)).toEqual(['4180003', '4180100']);
    expect(next.finished).toHaveLength(6);
  });

  it('puts new jobs first, the latest before the others', () => {
    expect(
      withRows(before, [row(77), { ...row(3), grade: 0.11 }, row(78)])
        .running.map(({ job }) => job.id)
        .slice(0, 3),
    ).toEqual(['4180078', '4180077', '4180000']);
  });

  it('changes no list that it has no place in', () => {
    expect(updated([row(1), row(2)], [{ ...row(2), grade: 0.11 }, row(3)])).toEqual([row(1), { ...row(2), grade: 0.11 }]);
  });

  it('survive an answer that was on its way when they came, and give way to a later one', () => {
    const heard = heardRows();
    heard.take({ at: 10, rows: [row(1), row(2)] });
    heard.take({ at: 12, rows: [{ ...row(2), grade: 0.11 }] });
    expect(heard.since(9)).toEqual([row(1), { ...row(2), grade: 0.11 }]);
    expect(heard.since(11)).toEqual([{ ...row(2), grade: 0.11 }]);
    expect(heard.since(9)).toEqual([{ ...row(2), grade: 0.11 }]);
    expect(heard.since(12.5)).toEqual([]);
  });
});

describe('the order of running jobs', () => {
  const ids = (rows: readonly { job: { id: string } }[]): number[] => rows.map(({ job }) => Number(job.id) - 4_180_000);

  it('puts verdicts first, then idle jobs and findings, then those that nobody measures', () => {
    expect(ids(inOrder([{ ...row(11), grade: 0 }, row(10), row(0), row(2)], []))).toEqual([0, 2, 10, 11]);
  });

  it('keeps every job where it was, whatever became of it, and puts new ones first', () => {
    const before = [row(0), row(2), row(10)].map(({ job }) => `${job.cluster}/${job.id}`);
    expect(ids(inOrder([row(10), { ...row(0), bottleneck: 'unknown', grade: 0 }, row(4), row(2)], before))).toEqual([4, 0, 2, 10]);
  });
});

describe('since the last look', () => {
  function memory(value: string | null = null) {
    let held = value;
    return {
      getItem: () => held,
      setItem: (_: string, next: string) => {
        held = next;
      },
    };
  }

  it('is nothing the first time', () => {
    expect(lookedBefore(1_000_000_000, memory())).toBeNull();
  });

  it('is the last visit, and stays so while the same visit lasts', () => {
    const store = memory(' 900000');
    expect(lookedBefore(1_000_000_000, store)).toBe(900_000);
    expect(lookedBefore(1_000_899_000, store)).toBe(900_000);
    expect(lookedBefore(1_002_000_000, store)).toBe(1_000_899);
  });

  it('is nothing where storage is closed', () => {
    expect(
      lookedBefore(5, {
        getItem: () => {
          throw new Error('denied');
        },
        setItem: () => undefined,
      }),
    ).toBeNull();
  });
});

describe('a sparkline', () => {
  it('breaks at a gap and dots a value alone', () => {
    expect(sparkPath([0, 1, null, 0.5, null, 1, 1], 60, 22)).toBe('M0.0 21.0L10.0 1.0M30.0 11.0h0.01M50.0 1.0L60.0 1.0');
  });

  it('is empty without values', () => {
    expect(sparkPath([null, null], 60, 22)).toBe('');
  });
});
