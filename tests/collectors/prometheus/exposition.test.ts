import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAll } from '../../../collectors/collector/index.ts';
import { prometheus } from '../../../collectors/prometheus/index.ts';
import { sniff } from '../../../collectors/sniff.ts';
import { describeRecordings, recordingFiles } from '../../support/recordings.ts';
import { cutAnywhere, truncatedAnywhere } from '../support/cuts.ts';
import { goldens } from '../support/goldens.ts';

const RUNNING = 'vllm:num_requests_running';
const values = (text: string) => parseAll(prometheus, text).readings.map(({ at, values }) => [at, values]);

describe('pages by the tables', () => {
  goldens(prometheus, 'prometheus');
});

describe('a page', () => {
  it('is over at # EOF, where a description comes again, and where a series comes again', () => {
    expect(values(`${RUNNING} 1\n# EOF\n${RUNNING} 2\n# EOF`)).toEqual([
      [0, { 'engine.running': 1 }],
      [1, { 'engine.running': 2 }],
    ]);
    expect(values(`# HELP a b\n${RUNNING} 1\n# HELP a b\nx 1\n`)).toEqual([[0, { 'engine.running': 1 }]]);
    expect(values(`${RUNNING} 1\nvllm:num_requests_waiting 5\n${RUNNING} 2\n`)).toEqual([
      [0, { 'engine.running': 1, 'engine.waiting': 5 }],
      [1, { 'engine.running': 2 }],
    ]);
  });

  it('has the time of the comment before it, or of its own samples: seconds or milliseconds', () => {
    const batch = parseAll(prometheus, `# headroom-time 1740162711.25\n${RUNNING} 1\n# EOF\n# headroom-time 1740162721.25\n${RUNNING} 2\n`);
    expect(batch.clock).toBe('utc');
    expect(batch.readings.map((reading) => reading.at)).toEqual([1740162711.25, 1740162721.25]);
    expect(values(`${RUNNING} 1 1740162711000\n${RUNNING} 2 1740162721000\n`)).toEqual([
      [1740162711, { 'engine.running': 1 }],
      [1740162721, { 'engine.running': 2 }],
    ]);
    expect(values(`${RUNNING} 1 1740162711.5 # {a="b"} 1\n# EOF\n`)).toEqual([[1740162711.5, { 'engine.running': 1 }]]);
  });

  it('of an endpoint that comes again goes on where it stopped: its disks and cores are not new ones', () => {
    const page = (instance: string, busy: number) => `# headroom-instance ${instance}\nnode_disk_io_time_seconds_total{device="sda"} ${busy}\n# EOF\n`;
    expect(values(page('a:1', 100) + page('b:1', 7) + page('a:1', 103))).toEqual([[2, { 'host.diskBusyTime': 3 }]]);
  });

  it('gives a sample without a time the latest time of its page', () => {
    expect(values(`${RUNNING} 1 1740162711000\nvllm:num_requests_waiting 5\n`)).toEqual([
      [1740162711, { 'engine.running': 1 }],
      [1740162711, { 'engine.waiting': 5 }],
    ]);
  });

  it('without a time among dated ones is refused, not dated by guess', () => {
    const batch = parseAll(prometheus, `${RUNNING} 1 1740162711000\n# EOF\n${RUNNING} 2\n# EOF\n`);
    expect(batch.readings).toHaveLength(1);
    expect(batch.rejected).toEqual([{ line: 4, reason: 'a page without any time among pages that have one', text: '' }]);
  });

  it('names its endpoint by a comment of the recorder', () => {
    const batch = parseAll(prometheus, `# headroom-instance n7:8000\n${RUNNING} 1\n# EOF\n# headroom-instance n8:8000\n${RUNNING} 2\n`);
    expect(batch.readings.map((reading) => reading.entity)).toEqual([
      { kind: 'engine', id: 'vllm@n7:8000', node: 'n7' },
      { kind: 'engine', id: 'vllm@n8:8000', node: 'n8' },
    ]);
  });

  it('prints NaN, infinities and blanks: absent, not zero', () => {
    expect(
      values(
        `${RUNNING} NaN\nvllm:num_requests_waiting +Inf\nvllm:num_requests_swapped 0\nvllm:gpu_prefix_cache_hit_rate -1\nDCGM_FI_DEV_GPU_TEMP{UUID="GPU-a"} 2147483632\n`,
      ),
    ).toEqual([[0, { 'engine.swapped': 0 }]]);
  });

  it('reads escaped labels, braces and hashes in labels, quoted names, blanks and CRLF', () => {
    const facts = parseAll(prometheus, 'vllm:num_requests_running{model_name="a\\"b\\\\c } # d\\n",}\t 1 \r\n{"vllm:num_requests_waiting", "engine"="0"} 2\n');
    expect(facts.facts).toEqual([{ entity: { kind: 'engine', id: 'vllm@?' }, name: 'model', value: 'a"b\\c } # d\n' }]);
    expect(facts.readings.map((reading) => reading.values)).toEqual([{ 'engine.running': 1, 'engine.waiting': 2 }]);
    expect(facts.rejected).toEqual([]);
  });

  it('keeps what is good around broken lines, and says what was expected', () => {
    const batch = parseAll(prometheus, `${RUNNING}\n${RUNNING}{a="b 1\n${RUNNING}{a=b} 1\n${RUNNING} many\n${RUNNING} 1 later\n<html>\n${RUNNING} 7\n`);
    expect(batch.readings.map((reading) => reading.values)).toEqual([{ 'engine.running': 7 }]);
    expect(batch.rejected.map(({ line, reason }) => [line, reason])).toEqual([
      [1, 'expected a value after the name'],
      [2, 'expected } after the labels'],
      [3, 'expected labels as name="value", separated by commas'],
      [4, 'expected a number as the value'],
      [5, 'expected a time stamp after the value'],
      [6, 'expected the name of a metric'],
    ]);
  });

  it('of which no table knows a series says so', () => {
    expect(parseAll(prometheus, '# TYPE a gauge\na 1\nb 2\n').rejected.map((one) => one.reason)[0]).toMatch(
      /^a Prometheus page, but none of its metrics is known \(2 samples\): Headroom's tables have DCGM,/,
    );
  });

  it('of which no table knows a series is still a page where its samples have labels', () => {
    expect(sniff('my_queue{shard="1"} 4\nmy_queue{shard="2"} 5 1580000000000\n')?.collector.id).toBe('prometheus');
    expect(sniff('my_queue 4\nother 5\n')).toBeNull();
  });

  it('that names slices by index alone keeps them apart from their GPU', () => {
    const text = 'DCGM_FI_PROF_SM_ACTIVE{gpu="0",GPU_I_ID="7",GPU_I_PROFILE="1g.10gb"} 0.5\nDCGM_FI_DEV_POWER_USAGE{gpu="0"} 300\n';
    const batch = parseAll(prometheus, text);
    expect(batch.readings.map(({ entity, values }) => [entity.id, values])).toEqual([
      ['MIG-#0/7', { 'gpu.smActive': 0.5 }],
      ['#0', { 'gpu.power': 300 }],
    ]);
    expect(batch.facts.find(({ name }) => name === 'parent')).toEqual({ entity: { kind: 'gpu', id: 'MIG-#0/7' }, name: 'parent', value: '#0' });
  });

  it('of vLLM tells speculative decoding: drafts, what was drafted, what was accepted; V0 counts no drafts', () => {
    const spec = (name: string, count: number) => `vllm:spec_decode_num_${name}_total{engine="0",model_name="m"} ${count}\n`;
    const perPosition = 'vllm:spec_decode_num_accepted_tokens_per_pos_total{engine="0",position="0"} 61\n';
    expect(values(spec('drafts', 90) + spec('draft_tokens', 270) + spec('accepted_tokens', 120) + perPosition)).toEqual([
      [0, { 'engine.specDrafts': 90, 'engine.specDraftTokens': 270, 'engine.specAcceptedTokens': 120 }],
    ]);
    expect(values(`${spec('draft_tokens', 270)}${spec('accepted_tokens', 120)}vllm:spec_decode_num_emitted_tokens_total{engine="0"} 210\n`)).toEqual([
      [0, { 'engine.specDraftTokens': 270, 'engine.specAcceptedTokens': 120 }],
    ]);
  });

  it('of SGLang 0.5 counts retracted requests as preemptions; the counter of later versions wins over the gauge', () => {
    const labels = '{engine_type="unified",model_name="m",moe_ep_rank="0",pp_rank="0",tp_rank="0"}';
    const gauge = `sglang:num_retracted_reqs${labels} 4\n`;
    expect(values(gauge)).toEqual([[0, { 'engine.preemptions': 4 }]]);
    expect(values(`sglang:num_retracted_requests_total${labels} 31\n${gauge}`)).toEqual([[0, { 'engine.preemptions': 31 }]]);
  });

  it('that two GPUs of two hosts print by index keeps them apart; a given scope turns an index into a UUID', () => {
    const text = 'DCGM_FI_DEV_GPU_UTIL{gpu="0",Hostname="n1"} 1\nDCGM_FI_DEV_GPU_UTIL{gpu="0",Hostname="n2"} 2\n';
    expect(parseAll(prometheus, text).readings.map((reading) => reading.entity.id)).toEqual(['#0@n1', '#0@n2']);
    expect(parseAll(prometheus, 'DCGM_FI_DEV_GPU_UTIL{gpu="0"} 1\n', { uuids: { 0: 'GPU-z' } }).readings[0]?.entity.id).toBe('GPU-z');
  });

  it('of a Prometheus server names hosts by label, else by instance without the port', () => {
    const text = 'node_load1{instance="n1:9100"} 1\nnode_load1{instance="n2.example.org:9100",nodename="n2"} 2\nnode_load1{instance="10.0.0.3:9100"} 3\n';
    expect(parseAll(prometheus, text).readings.map((reading) => reading.entity.id)).toEqual(['n1', 'n2', '10.0.0.3']);
    const named = `${text}node_uname_info{instance="10.0.0.3:9100",nodename="n3"} 1\n`;
    expect(parseAll(prometheus, named).readings.map((reading) => reading.entity.id)).toEqual(['n1', 'n2', 'n3']);
  });
});

describe('pages of a loop with date', () => {
  const page = (running: number) => `${RUNNING} ${running}\n`;
  const at = (text: string) => {
    const batch = parseAll(prometheus, text);
    return [batch.clock, ...batch.readings.map((reading) => reading.at), batch.rejected.length];
  };

  it.each([
    ['date -Is', '2026-11-26T14:02:03+00:00', '2026-11-26T14:02:33+00:00'],
    ['date', 'Thu Nov 26 14:02:03 UTC 2026', 'Thu Nov 26 14:02:33 UTC 2026'],
    ['date in twelve hours', 'Thu Nov 26 02:02:03 PM UTC 2026', 'Thu Nov 26 02:02:33 PM UTC 2026'],
    ['date in British English', 'Thu 26 Nov 14:02:03 GMT 2026', 'Thu 26 Nov 14:02:33 GMT 2026'],
    ['date, the year before the time', 'Thu 26 Nov 2026 02:02:03 PM UTC', 'Thu 26 Nov 2026 02:02:33 PM UTC'],
    ['date in German', 'Do 26. Nov 14:02:03 CET 2026', 'Do 26. Nov 14:02:33 CET 2026'],
    ['date in Chinese', '2026年 11月 26日 星期四 14:02:03 CST', '2026年 11月 26日 星期四 14:02:33 CST'],
    ['date in a zone whose name several have', 'Thu Nov 26 14:02:03 CST 2026', 'Thu Nov 26 14:02:33 CST 2026'],
    ['date +%s', '1795701723', '1795701753'],
    ['date +%Y%m%d-%H%M%S', '20261126-140203', '20261126-140233'],
    ['a heading', '=== Thu Nov 26 14:02:03 UTC 2026 ===', '=== Thu Nov 26 14:02:33 UTC 2026 ==='],
    ['a comment', '# 2026-11-26 14:02:03', '# 2026-11-26 14:02:33'],
  ])('%s before each page is its time', (_, first, second) => {
    expect(sniff(`${first}\n${page(1)}${second}\n${page(2)}`)?.collector.id).toBe('prometheus');
    expect(at(`${first}\n${page(1)}${second}\n${page(2)}`)).toEqual(['utc', 1795701723, 1795701753, 0]);
  });

  it('behind each page is that page’s time', () => {
    expect(at(`${page(1)}2026-11-26T14:02:03Z\n${page(2)}2026-11-26T14:02:33Z\n`)).toEqual(['utc', 1795701723, 1795701753, 0]);
  });

  it('with a time of day counts from the first, over midnight', () => {
    expect(at(`23:59:50\n${page(1)}00:00:20\n${page(2)}`)).toEqual(['relative', 0, 30, 0]);
  });

  it('that print it once say the time of one page only', () => {
    expect(at(`2026-11-26T14:02:03Z\n${page(1)}${page(2)}${page(3)}`)).toEqual(['utc', 1795701723, 2]);
  });
});

describe('the busiest disk', () => {
  const page = (sda: number, sdb: number) =>
    `node_disk_io_time_seconds_total{device="sda"} ${sda}\nnode_disk_io_time_seconds_total{device="sdb"} ${sdb}\n# EOF\n`;

  it('is the one that worked most since the last page, not the one with the largest counter', () => {
    expect(values(page(1000, 5) + page(1001, 9) + page(1004, 9))).toEqual([
      [1, { 'host.diskBusyTime': 4 }],
      [2, { 'host.diskBusyTime': 7 }],
    ]);
  });

  it('leaves a disk out whose counter fell back', () => {
    expect(values(page(1000, 5) + page(0, 6))).toEqual([[1, { 'host.diskBusyTime': 1 }]]);
  });
});

describe('a hostile page', () => {
  it('that names ever new entities is cut off, and says so', () => {
    const lines = Array.from({ length: 20_010 }, (_, index) => `vllm:num_requests_running{instance="h${index}:1"} 1\n`);
    const batch = parseAll(prometheus, lines.join(''));
    expect(batch.readings).toHaveLength(20_000);
    expect(batch.rejected).toEqual([
      {
        line: 20_001,
        reason: 'too much at once (4,000,000 values, 1,000,000 rows, 20,000 entities): the rest is left out; export fewer series or a shorter time',
        text: 'vllm:num_requests_running{instance="h20000:1"} 1',
      },
    ]);
  });
});

describe('recognising a page', () => {
  it.each([
    ['# HELP a b\n# TYPE a gauge\na 1\n'],
    ['# headroom-time 1740162711\nvllm:num_requests_running 1\n'],
    ['vllm:num_requests_running{model_name="x"} 1.0\nvllm:num_requests_waiting 0\n'],
    ['DCGM_FI_DEV_SM_CLOCK{gpu="0", UUID="GPU-604ac76c-d9cf-fef3-62e9-d92044ab6e52"} 139\n'],
  ])('takes %j', (text) => {
    expect(sniff(text)?.collector.id).toBe('prometheus');
  });

  it.each([
    [''],
    ['total 12\nfoo 3\n'],
    ['# a comment\nkey: value\n'],
    ['{"a": 1}\n'],
    ['# gpu   pwr gtemp\n# Idx     W     C\n    0    60    30\n'],
    ['time,gpu\n1,2\n'],
  ])('leaves %j', (text) => {
    expect(prometheus.sniff(text)).toBeLessThanOrEqual(0.5);
  });
});

describeRecordings('recorded pages', 'prometheus', () => {
  const files = [
    ...recordingFiles('prometheus/node_exporter', /^e2e-output\.txt$|64k/),
    ...recordingFiles('prometheus/nvidia_gpu_exporter', /\.metrics$/),
    ...recordingFiles('serving', /\.prom$|metrics.*\.txt$|cache_config.*\.txt$/),
  ];
  it.each(files.map((file) => [file]))('%s gives readings and no rejection', (file) => {
    const text = readFileSync(file, 'utf8');
    expect(sniff(text)?.collector.id).toBe('prometheus');
    const batch = parseAll(prometheus, text);
    expect(batch.rejected).toEqual([]);
    expect(batch.readings.length).toBeGreaterThan(0);
  });

  it.each(recordingFiles('prometheus/nvidia_gpu_exporter', /mig.*load\.metrics$/).map((file) => [file]))(
    '%s: under MIG utilisation is absent, not zero',
    (file) => {
      const gpu = parseAll(prometheus, readFileSync(file, 'utf8')).readings.find((reading) => reading.entity.kind === 'gpu');
      expect(gpu?.values['gpu.power']).toBeGreaterThan(0);
      expect(gpu?.values).not.toHaveProperty('gpu.util');
    },
  );

  it.each(recordingFiles('prometheus/prometheus', /(?<!dump-series-\d)\.(prom|txt)$/).map((file) => [file]))(
    '%s, a case of the Prometheus project, has no line that cannot be read',
    (file) => {
      const batch = parseAll(prometheus, readFileSync(file, 'utf8'));
      expect(batch.rejected.filter((one) => !one.reason.includes('none of its metrics'))).toEqual([]);
    },
  );

  it('are read alike wherever they are cut', () => {
    for (const file of recordingFiles('serving', /production_metrics_dump\.prom$/)) {
      const text = readFileSync(file, 'utf8');
      cutAnywhere(prometheus, text);
      truncatedAnywhere(prometheus, text);
    }
  });
});
