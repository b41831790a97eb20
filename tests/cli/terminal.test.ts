import { describe, expect, it } from 'vitest';
import { diagnosing } from '../../collectors/run/index.ts';
import { ALVIS } from '../../core/knowledge/index.ts';
import { readingLine } from '../../cli/terminal/progress.ts';
import { report } from '../../cli/terminal/report.ts';
import { painter } from '../../cli/terminal/style.ts';
import { commonFolder, shownLength, wrapped } from '../../cli/terminal/wrap.ts';

const LOG = ['timestamp, index, name, utilization.gpu [%], utilization.memory [%], memory.used [MiB], memory.total [MiB], power.draw [W]']
  .concat(
    Array.from(
      { length: 60 },
      (_, second) => `2026/03/02 10:00:${String(second).padStart(2, '0')}.000, 0, NVIDIA A100-SXM4-40GB, 97 %, 44 %, 36000 MiB, 40960 MiB, 240.00 W`,
    ),
  )
  .join('\n');
/** A minute of an A40 whose memory is busy, as `dcgmi dmon` prints it. */
const COUNTERS = ['# Entity  GPUTL  TENSO  DRAMA', '      Id'].concat(Array.from({ length: 60 }, () => '    GPU 0     97  0.105  0.801')).join('\n');

function told(files: Readonly<Record<string, string>>, width: number | null, options = {}): string {
  const work = diagnosing({ tz: 'UTC' });
  for (const [path, text] of Object.entries(files)) {
    const source = work.open(path);
    source.feed(text);
    source.end();
  }
  return report(work.finish(options), { width, paint: painter(false) });
}

const FOLDER = '/cephyr/users/somebody/Alvis/runs/2026-03-02/llama';

describe('a report on a terminal', () => {
  it.each([40, 60, 80, 132])('is no wider than %i characters, but for words that are longer themselves', (width) => {
    const text = told({ [`${FOLDER}/smi.csv`]: LOG, [`${FOLDER}/other.txt`]: 'nothing of a tool' }, width);
    const wide = text.split('\n').filter((line) => shownLength(line) > width && line.trim().includes(' ') && !/^Read, in \/\S+$/.test(line));
    expect(wide).toEqual([]);
    expect(text.split('\n').length).toBeGreaterThan(10);
  });

  it('is not cut where it goes to a file or another program', () => {
    const lines = told({ 'smi.csv': LOG }, null).split('\n');
    expect(Math.max(...lines.map(shownLength))).toBeGreaterThan(150);
  });

  it('names the folder of its files once', () => {
    const text = told({ [`${FOLDER}/smi.csv`]: LOG, [`${FOLDER}/gpu1/smi.csv`]: LOG }, null);
    expect(text.split(FOLDER)).toHaveLength(2);
    expect(text).toContain(`Read, in ${FOLDER}/\n  smi.csv: nvidia-smi-query`);
    expect(text).toContain('\n  gpu1/smi.csv: nvidia-smi-query');
  });

  it('says what each thing to try gains at best, as the page does', () => {
    const text = told({ 'dmon.txt': COUNTERS }, null, { gpu: 'A40', site: ALVIS });
    expect(text).toMatch(/^ {2}1\. .* up to \d+(\.\d+)? ×$/m);
  });

  it('says “idle” of an idle phase once, and of an unknown activity nothing', () => {
    const text = told({ 'smi.csv': LOG.replaceAll(' 97 %, 44 %', ' 0 %, 0 %').replaceAll('240.00 W', '60.00 W') }, null);
    expect(text).toContain('· idle (C ');
    expect(text).not.toMatch(/idle, idle/);
    expect(told({ 'smi.csv': LOG }, null)).not.toContain('activity not known');
  });

  it('says how to give it what it does not know', () => {
    expect(told({ 'smi.csv': LOG.replaceAll('NVIDIA A100-SXM4-40GB', 'Graphics Device') }, null)).toContain('to say it: --gpu ID');
    expect(told({ 'smi.csv': LOG }, null)).not.toContain('--gpu ID');
  });
});

describe('wrapping', () => {
  it.each([
    ['at spaces, under the text', '  1. one two three', 12, ['  1. one two', '     three']],
    ['at spaces, further in than a line without a mark begins', '  one two three', 10, ['  one two', '    three']],
    ['not where it fits', '  one two', 9, ['  one two']],
    ['never inside a word', 'see /a/very/long/path now', 10, ['see', '/a/very/long/path', 'now']],
    ['not counting colours', '\u001b[1mone two\u001b[22m', 7, ['\u001b[1mone two\u001b[22m']],
  ] as const)('cuts %s', (_, line, width, expected) => {
    expect(wrapped(line, width)).toEqual(expected);
  });

  it.each([
    [['/a/b/c.csv', '/a/b/d/e.csv'], '/a/b/'],
    [['run/a.csv', 'run/b.csv'], 'run/'],
    [['/a/b.csv', '/c/d.csv'], ''],
    [['runs/a.csv', 'run/b.csv'], ''],
    [['/a/b.csv'], ''],
    [[], ''],
  ] as const)('finds the folder of %j', (paths, expected) => {
    expect(commonFolder(paths)).toBe(expected);
  });
});

describe('the line of progress', () => {
  it.each([20, 30, 79, 80, 200])('is narrower than %i columns, with the end of the path', (columns) => {
    for (const part of [0, 0.5, 1]) {
      const line = readingLine(part, `${FOLDER}/smi.csv`, columns);
      expect(shownLength(line)).toBeLessThan(columns);
      expect(line).toMatch(/^[█░]{5,30} \d+ % {2}.*v$/);
    }
  });
});
