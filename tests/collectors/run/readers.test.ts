import { describe, expect, it } from 'vitest';
import { openReaders } from '../../../collectors/run/index.ts';
import { recognise } from '../../../collectors/sniff.ts';

const DMON = '# gpu    pwr  gtemp\n# Idx      W      C\n    0    310     61\n    0    320     61\n';
const JOB_LOG = 'CUDA out of memory\niteration 1/ 9 | elapsed time per iteration (ms): 2500.1 | lm loss: 7.0\n';

describe('the readers of a text', () => {
  it('are decided by the first whole lines of a stream, and by the whole of a short file', () => {
    const stream = openReaders({ context: {}, recognise, soonest: 2 });
    expect(stream.feed('# gpu    pwr  gtemp\n# Idx      W')).toEqual([]);
    expect(stream.state).toBe('undecided');
    stream.feed('      C\n');
    expect([stream.state, ...stream.collectors]).toEqual(['known', 'nvidia-smi-dmon']);

    const file = openReaders({ context: {}, recognise });
    file.feed(DMON);
    expect(file.state).toBe('undecided');
    expect(file.end().map((batch) => batch.readings.map(({ values }) => values['gpu.power']))).toEqual([[310, 320]]);
  });

  it('read lines that end in CR alone, wherever the text is cut', () => {
    const old = DMON.replaceAll('\n', '\r');
    const file = openReaders({ context: {}, recognise });
    for (const char of old) file.feed(char);
    expect(file.end().map((batch) => batch.readings.map(({ values }) => values['gpu.power']))).toEqual([[310, 320]]);
  });

  it('are several for a job’s log, and each is given all of it', () => {
    const log = openReaders({ context: {}, recognise });
    log.feed(JOB_LOG);
    const batches = log.end();
    expect(log.collectors).toEqual(['nvidia-smi-log', 'job-log', 'results-in-log']);
    expect(batches[1]?.events.map(({ kind }) => kind)).toEqual(['oom']);
    expect(batches[1]?.readings.map(({ values }) => values['engine.trainLoss'])).toEqual([7]);
  });

  it('are not looked for again at every character of a text that nobody knows', () => {
    let asked = 0;
    const none = openReaders({ context: {}, recognise: () => ((asked += 1), []), soonest: 2 });
    for (let at = 0; none.state === 'undecided'; at += 1) none.feed(at % 40 === 39 ? '\n' : 'x');
    expect(none.state).toBe('unknown');
    expect(none.head).toHaveLength(65_536);
    expect(asked).toBeLessThan(100);
  });
});
