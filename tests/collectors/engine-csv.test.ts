import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAll } from '../../collectors/collector.ts';
import { engineCsv } from '../../collectors/engine-csv.ts';
import { sniff } from '../../collectors/sniff.ts';
import { cutAnywhere, truncatedAnywhere } from './support/cuts.ts';
import { describeRecordings, recordingFiles } from '../support/recordings.ts';

const TEXT = [
  'num_requests_running,time [s],model_forward_total_time,gpu_cache_usage_perc,request_id,prompt_tokens_total',
  '64.0,1.5,0.25,0.5,abc,242.0',
  '62.0,2.5,1.25,,abd,480.0',
  '',
].join('\n');

describe('engine CSV', () => {
  it('reads columns in any order by name, in SI, and leaves out those that no engine prints', () => {
    const batch = parseAll(engineCsv, TEXT);
    expect(batch).toEqual({
      clock: 'relative',
      zoneless: false,
      readings: [
        {
          entity: { kind: 'engine', id: 'vllm@?' },
          at: 1.5,
          values: { 'engine.running': 64, 'engine.forwardTime': 0.25, 'engine.kvUsage': 0.5, 'engine.promptTokens': 242 },
        },
        { entity: { kind: 'engine', id: 'vllm@?' }, at: 2.5, values: { 'engine.running': 62, 'engine.forwardTime': 1.25, 'engine.promptTokens': 480 } },
      ],
      facts: [],
      events: [],
      rejected: [],
    });
  });

  it('takes dates as dates, in the given zone where they name none', () => {
    const batch = parseAll(engineCsv, 'timestamp,num_requests_running,num_requests_waiting\n2025-02-21 19:31:51,1,2\n', { tz: 'Europe/Stockholm', node: 'n1' });
    expect(batch.clock).toBe('utc');
    expect(batch.zoneless).toBe(true);
    expect(batch.readings).toEqual([
      { entity: { kind: 'engine', id: 'vllm@?', node: 'n1' }, at: 1740162711, values: { 'engine.running': 1, 'engine.waiting': 2 } },
    ]);
  });

  it('reads milliseconds where the header says so', () => {
    expect(parseAll(engineCsv, 'time [ms],num_requests_running,num_requests_waiting\n1500,1,2\n').readings[0]?.at).toBe(1.5);
  });

  it('refuses a ragged row, a word, an impossible share and a clock that goes back, and keeps the rest', () => {
    const batch = parseAll(engineCsv, 'time [s],kv_cache_usage_perc,num_requests_running\n1,0.5\n2,0.5,many\n3,64,7\n2.5,0.5,8\n4,1,9\n');
    expect(batch.rejected).toEqual([
      { line: 2, reason: 'row has 2 cells, the header 3', text: '1,0.5' },
      { line: 3, column: 7, reason: 'expected a number for engine.running', text: '2,0.5,many' },
      { line: 4, column: 3, reason: 'engine.kvUsage: out of range, expected 0 to 105 %', text: '3,64,7' },
      { line: 5, column: 1, reason: 'time goes back from 3 s to 2.5 s: another run begins, give each run a file of its own', text: '2.5,0.5,8' },
    ]);
    expect(batch.readings.map(({ at, values }) => [at, values])).toEqual([
      [2, { 'engine.kvUsage': 0.5 }],
      [3, { 'engine.running': 7 }],
      [4, { 'engine.kvUsage': 1, 'engine.running': 9 }],
    ]);
  });

  it('prefers the counter to a printed average of the same thing, and the newer of two names', () => {
    const text = 'time,avg_generation_throughput_toks_per_s,generation_tokens_total,gpu_cache_usage_perc,kv_cache_usage_perc\n1,9,100,0.1,0.2\n';
    expect(parseAll(engineCsv, text).readings[0]?.values).toEqual({ 'engine.generationTokens': 100, 'engine.kvUsage': 0.2 });
  });

  it('knows its own files and no others', () => {
    expect(sniff(TEXT)?.collector.id).toBe('engine-csv');
    expect(engineCsv.sniff('timestamp, name, utilization.gpu [%], power.draw [W]\n')).toBe(0);
    expect(engineCsv.sniff('time,gpu,pwr,gtemp,mtemp,sm,mem\n')).toBe(0);
    expect(engineCsv.sniff('')).toBe(0);
  });

  it('gives the same batch wherever the text is cut, and never throws on a part of it or on bytes that are no text', () => {
    cutAnywhere(engineCsv, TEXT);
    truncatedAnywhere(engineCsv, TEXT);
  });
});

describeRecordings('engine CSV of recorded vLLM runs', 'labelled/vllm-h100', () => {
  it.each(recordingFiles('labelled/vllm-h100', /^metrics_engine\.csv$/).map((file) => [file]))('%s is read whole', (file) => {
    const text = readFileSync(file, 'utf8');
    expect(sniff(text)?.collector.id).toBe('engine-csv');
    const batch = parseAll(engineCsv, text);
    expect(batch.rejected).toEqual([]);
    expect(batch.clock).toBe('relative');
    expect(batch.readings).toHaveLength(text.trim().split('\n').length - 1);
    for (const reading of batch.readings) expect(Object.keys(reading.values)).toHaveLength(9);
  });
});
