// Past the door of collectors/prometheus: the suite judges single sample lines.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { validateOpenMetrics } from './openmetrics/validate.ts';
import { readKey, readSample } from '../../../collectors/prometheus/sample-line.ts';
import { describeRecordings } from '../../support/recordings.ts';

describe('validateOpenMetrics', () => {
  it.each([
    ['# TYPE a counter\na_total 1\n# EOF\n'],
    ['# TYPE a counter\n# UNIT a \n# HELP a \na_total{b="c \\" # }"} 1 1.5e3 # {t="x"} 0.5 12\n# EOF'],
    ['# TYPE h histogram\nh_bucket{le="0.1"} 1\nh_bucket{le="+Inf"} 2\nh_count 2\nh_sum 3\n# EOF\n'],
    ['# TYPE s stateset\ns{s="on"} 1\ns{s="off"} 0\n# EOF\n'],
  ])('accepts %j', (text) => {
    expect(validateOpenMetrics(text)).toBeNull();
  });

  it.each([
    ['a 1\n', 2, 'the page does not end with # EOF'],
    ['a 1\n# EOF\nb 2\n', 3, 'text stands after # EOF'],
    ['a  1\n# EOF\n', 1, 'not a number'],
    ['a{b="c",} 1\n# EOF\n', 1, 'labels are separated by one comma, with none at the end'],
    ['a{b="c",b="d"} 1\n# EOF\n', 1, 'a label stands twice'],
    ['# TYPE a counter\na_total -1\n# EOF\n', 2, '_total is a number from 0 up'],
    ['# TYPE a gauge\na 1 2\na 1 1\n# EOF\n', 3, 'the time goes back'],
    ['# TYPE h histogram\nh_bucket{le="1"} 1\n# EOF\n', 3, 'the bucket +Inf is missing'],
    ['# TYPE a gauge\na 1 # {b="c"} 1\n# EOF\n', 2, 'only buckets and the totals of counters have exemplars'],
    ['# TYPE a_created gauge\n# TYPE a counter\n# EOF\n', 3, 'the name a_created belongs to another family'],
  ])('refuses %j', (text, line, reason) => {
    expect(validateOpenMetrics(text)).toEqual({ line, reason });
  });
});

describeRecordings('the OpenMetrics conformance suite', 'openmetrics-corpus', (folder) => {
  const cases =
    folder === ''
      ? []
      : readdirSync(folder).map((name) => {
          const about = JSON.parse(readFileSync(join(folder, name, 'test.json'), 'utf8')) as { file: string; shouldParse: boolean }; // the suite's own format
          const file = join(folder, name, about.file);
          return { name, shouldParse: about.shouldParse, text: existsSync(file) ? readFileSync(file, 'utf8') : '' }; // an empty page is no file here
        });
  const good = cases.filter((one) => one.shouldParse);

  it('agrees with every case in the strict check', () => {
    const disagree = cases.filter((one) => (validateOpenMetrics(one.text) === null) !== one.shouldParse).map((one) => one.name);
    console.log(
      `OpenMetrics conformance: ${cases.length - disagree.length} of ${cases.length} cases agree (${good.length} good, ${cases.length - good.length} bad)`,
    );
    expect(disagree).toEqual([]);
    expect(good.length).toBeGreaterThan(40);
  });

  it.each(good.map((one) => [one.name, one.text] as const))('%s: the collector reads every sample', (_, text) => {
    for (const line of text.split('\n')) {
      if (line === '' || line.startsWith('#')) continue;
      const keys: string[] = [];
      const sample = readSample(line, (key) => {
        keys.push(key);
        return { wanted: true };
      });
      expect(sample.fault, line).toBeNull();
      expect(readKey(keys[0] ?? ''), line).not.toBeNull();
    }
  });
});
