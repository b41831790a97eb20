import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAll } from '../../../collectors/collector/index.ts';
import { jobLog } from '../../../collectors/logs/index.ts';
import { sniff } from '../../../collectors/sniff.ts';
import { describeRecordings, recordingFiles } from '../../support/recordings.ts';
import { goldens } from '../support/goldens.ts';

describe('logs of engines and trainers', () => {
  goldens(jobLog, 'job-log');
});

const line = (stamp: string, rate: number) => `${stamp} Avg prompt throughput: 1.0 tokens/s, Avg generation throughput: ${rate}.0 tokens/s, Running: 1 reqs`;
const times = (text: string, context = {}) => {
  const batch = parseAll(jobLog, text, context);
  return [batch.clock, ...batch.readings.map((reading) => reading.at)];
};

describe('the clock of a log', () => {
  it('takes the year of a stamp without one from the file’s name', () => {
    expect(times(line('INFO 02-21 18:31:51 x.py:1]', 1), { file: 'runs/vllm_20250221-193057.log' })).toEqual(['utc', 1740162711]);
  });

  it('takes the nearest year: a log of New Year’s Eve in a file of New Year’s Day', () => {
    expect(times(line('INFO 12-31 23:59:59 x.py:1]', 1), { file: 'vllm-2025-01-01.log' })).toEqual(['utc', 1735689599]);
  });

  it('does not take a date of another season for the year', () => {
    expect(times(line('INFO 07-21 18:31:51 x.py:1]', 1), { file: 'vllm-2025-01-01.log' })).toEqual(['relative', 0]);
  });

  it('counts from the log’s first stamp where nothing gives the year, also over New Year', () => {
    expect(times(`${line('INFO 12-31 23:59:50 x.py:1]', 1)}\n${line('INFO 01-01 00:00:10 x.py:1]', 2)}\n`)).toEqual(['relative', 0, 20]);
  });

  it('reads zone-less stamps in the given zone, and says so', () => {
    const batch = parseAll(jobLog, line('2025-02-21 19:31:51,000', 1), { tz: 'Europe/Stockholm' });
    expect(batch.readings[0]?.at).toBe(1740162711);
    expect(batch.zoneless).toBe(true);
  });

  it('counts readings where no line has a time', () => {
    expect(times(`${line('', 1)}\n${line('', 2)}\n`)).toEqual(['ordinal', 0, 1]);
  });

  it('adds step times up where a trainer prints nothing else', () => {
    const step = (n: number) => ` iteration ${n}/ 100 | consumed samples: 4 | elapsed time per iteration (ms): 1500.0 | lm loss: 2.0 |\n`;
    expect(times(step(10) + step(20) + step(30))).toEqual(['relative', 1.5, 16.5, 31.5]);
  });

  it('lets a bar’s seconds count from the dated line where the training began', () => {
    const text =
      '[INFO|trainer.py:1149] 2021-05-25 06:38:26,284 >>   Total optimization steps = 16\n\r  6%|▋         | 1/16 [00:58<14:41, 58.76s/it]\r 12%|█▎        | 2/16 [02:00<13:54, 59.61s/it]\n';
    expect(times(text)).toEqual(['utc', 1621924764.284, 1621924826.284]);
  });
});

describe('the training of a log', () => {
  const steps = (text: string) => parseAll(jobLog, text).readings.map(({ entity, values }) => [entity.id, values['engine.trainSteps']]);

  it('of a bar below a dictionary with a stamp begins as long before the stamp as the bar shows, and the dictionary is of the bar below it', () => {
    const said = (stamp: string, loss: number) => `2026-11-22 ${stamp} - INFO - {'loss': ${loss}, 'learning_rate': 1e-05, 'epoch': 0.1}\n`;
    const bar = (done: number, shown: string) => `  2%|#   | ${done}/600 [${shown}<39:56,  4.10s/it]\n`;
    const log = said('10:00:41', 2) + bar(10, '00:41') + said('10:01:22', 1.9) + bar(20, '01:22') + said('10:02:03', 1.8) + bar(30, '02:03');
    const told = parseAll(jobLog, log).readings.flatMap(({ at, values }) =>
      values['engine.trainSteps'] === undefined ? [] : [[at, values['engine.trainSteps']]],
    );
    // That the first bar is the training's is known by the dictionary that follows it.
    expect(told).toEqual([
      [1795341682, 20],
      [1795341723, 30],
    ]);
  });

  it('is one, whoever tells of it: the steps of a library below are not added to it', () => {
    const step = (n: number) =>
      `[2025-01-01 00:00:0${n},000] [Rank 0] step=${n}, skipped=0, lr=[1]\n iteration ${n}/ 9 | elapsed time per iteration (ms): 1000.0 | lm_loss: 2.0 |\n`;
    expect(steps(step(1) + step(2) + step(3)).filter(([, n]) => n !== undefined)).toEqual([
      ['deepspeed@?', 1],
      ['deepspeed@?', 2],
      ['deepspeed@?', 3],
    ]);
  });

  it('that ended gives way to the next one of another program', () => {
    const nano = (n: number) => `iter ${n}: loss 2.0, time 100.00ms, mfu 30.00%\n`;
    const lit = (n: number) => `iter ${n} step ${n} | loss train: 2.0 | iter time: 100.00 ms (step)\n`;
    const told = steps(Array.from({ length: 3 }, (_, i) => nano(i + 1)).join('') + Array.from({ length: 30 }, (_, i) => lit(i + 1)).join(''));
    expect(told.at(-1)?.[1]).toBe(30);
  });

  it('is drawn by one rank of several, also where each wrote its whole bar after the other', () => {
    const bar = (n: number) => `Training:  ${n}%|#| ${n}/99 [00:0${n}<01:00,  1.00s/it]\n`;
    expect(steps(bar(1) + bar(1) + bar(2) + bar(1) + bar(2)).map(([, n]) => n)).toEqual([1, 2]);
  });

  it('counts the steps that were made: a run that stopped early logs its planned steps over its time', () => {
    // Recorded: one step of 2,000 in 1.04 s, and 1,916 steps a second in the Trainer’s last word.
    const bar = (done: number, rate: string) => `\r  0%|          | ${done}/2000 [00:0${done}<34:23,  ${rate}]`;
    const end = "{'train_runtime': '1.044', 'train_samples_per_second': '7664', 'train_steps_per_second': '1916', 'train_loss': '10.78', 'epoch': '4e-05'}";
    const batch = parseAll(jobLog, `${bar(0, '?it/s')}${bar(1, '1.03s/it')}\r   \r${end}\n${bar(1, '1.03s/it')}${bar(1, '1.04s/it')}\n`, {});
    const times = batch.readings.flatMap(({ values }) => values['engine.trainStepTime'] ?? []);
    expect(times).toEqual([1.03]);
  });

  it('takes the rate of tokens from their counter, and not from a mean that holds the beginning', () => {
    // As transformers 5 logs: 13,500 tokens/s since the beginning, where the last five steps of 8,192 took 2.4 s.
    const words = (step: number, seconds: number, tokens: number) =>
      `\r  0%|          | ${step}/2000 [00:0${seconds}<18:45,  1.77it/s]{'loss': '10.78', 'num_input_tokens_seen': ${tokens}, 'train_runtime': '${seconds}.07', 'train_tokens_per_second': '1.35e+04'}`;
    const batch = parseAll(jobLog, `\r  0%|          | 0/2000 [00:00<?, ?it/s]${words(5, 3, 40960)}${words(10, 6, 81920)}\n`, {});
    const told = batch.readings.map(({ values }) => [values['engine.trainTokens'], values['engine.trainTokenRate']]);
    expect(told).toEqual([
      [40960, undefined],
      [81920, undefined],
    ]);
  });

  it('says so where its times are step times added up, since pauses between steps are not in them', () => {
    const log = (stamp: (i: number) => string) => [1, 2, 3].map((i) => `${stamp(i)}iter ${i * 10}: loss 3.1234, time 250.12ms, mfu 38.05%`).join('\n');
    const clocks = (text: string) => parseAll(jobLog, `${text}\n`, { file: 'train.log' }).facts.flatMap(({ name, value }) => (name === 'clock' ? [value] : []));
    expect(clocks(log(() => ''))).toEqual(['steps of train.log']);
    expect(clocks(log((i) => `2025-02-21 12:00:0${i} `))).toEqual([]);
  });

  it('of nested bars is told by the one with the most steps', () => {
    const inner = (n: number) => `Iteration:  10%|#| ${n}/100 [00:0${n}<01:00,  1.00s/it]\n`;
    expect(
      steps(`Epoch:  33%|#| 1/3 [01:40<03:20, 100.00s/it]\n${inner(3)}Epoch:  66%|#| 2/3 [03:20<01:40, 100.00s/it]\n${inner(4)}`).map(([, n]) => n),
    ).toEqual([1, 3, 4]);
  });

  it('is not what counts examples, loads or evaluates', () => {
    const bar = (title: string, unit: string) => `${title}:  10%|#| 10/100 [00:10<01:30,  1.00${unit}/s]\n`;
    expect(steps(bar('Map train', ' examples') + bar('Loading train shards', 'it') + bar('Validation epoch', 'it') + bar('', 'it'))).toEqual([]);
  });
});

describe('a line of a stranger', () => {
  it.each([
    ['percentages', '12%|'.repeat(250_000)],
    ['digits', '9'.repeat(1_000_000)],
    ['steps', 'steps: 1 loss: '.repeat(60_000)],
    ['keys', `non-default args: {${'a'.repeat(900_000)}`],
    ['dictionaries', "{'loss': ".repeat(100_000)],
    ['epochs', 'Epoch 1/1 • '.repeat(80_000)],
    ['objects', `{"log":${'{"log":'.repeat(100_000)}`],
    ['collectives', 'NCCL '.repeat(200_000)],
  ])('of nothing but %s is looked at quickly', (_, line) => {
    const before = performance.now();
    parseAll(jobLog, `${line}\n`);
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});

describe('a log', () => {
  it('in colours, behind labels of srun or torchrun, reads the same', () => {
    const batch = parseAll(
      jobLog,
      `3: \u001b[32mINFO\u001b[0m 02-21 18:31:51 [loggers.py:80] Avg prompt throughput: 1.5 tokens/s, Avg generation throughput: 2.5 tokens/s, Running: 3 reqs\n`,
    );
    expect(batch.readings.map((reading) => reading.values)).toEqual([{ 'engine.promptRate': 1.5, 'engine.generationRate': 2.5, 'engine.running': 3 }]);
  });

  it('names the model that a benchmark served, from the server’s flags', () => {
    const batch = parseAll(
      jobLog,
      "Namespace(backend='openai', server_args='--port=1 --enable-chunked-prefill --model=/models/opt/opt-1.3b --max-num-seqs=64', model='/models/opt/opt-1.3b')\n",
    );
    expect(batch.facts.map(({ name, value }) => [name, value])).toEqual([
      ['model', '/models/opt/opt-1.3b'],
      ['maxNumSeqs', '64'],
      ['engine', 'vllm'],
    ]);
  });

  it('that tells nothing about an engine or trainer is passed over in silence', () => {
    expect(parseAll(jobLog, 'hello\nworld 2025-02-21 18:31:51\n')).toEqual({
      clock: 'ordinal',
      zoneless: false,
      readings: [],
      facts: [],
      events: [],
      rejected: [],
    });
  });

  it('is recognised by a line that only such a program prints, or faintly by its name', () => {
    expect(sniff(line('INFO 02-21 18:31:51 x.py:1]', 1))?.collector.id).toBe('job-log');
    expect(jobLog.sniff('module load CUDA\n', 'slurm-123.out')).toBe(0.51);
    expect(jobLog.sniff('module load CUDA\n', 'notes.txt')).toBe(0);
    expect(jobLog.sniff('\u0000\u0001', 'core.log')).toBe(0);
  });
});

describeRecordings('job logs that people kept', 'nvidia-smi/embedded-logs', () => {
  const open = (pattern: RegExp) => {
    const file = recordingFiles('nvidia-smi/embedded-logs', pattern)[0] ?? '';
    return parseAll(jobLog, readFileSync(file, 'utf8'));
  };

  it('Megatron on four nodes: twenty lines of steps, and the parallelism', () => {
    const batch = open(/^meg_.*\.out$/);
    const steps = batch.readings.filter((reading) => reading.entity.id === 'megatron@?');
    expect(steps).toHaveLength(20);
    expect(steps.at(-1)?.values['engine.trainSteps']).toBe(200);
    expect(batch.facts.find((fact) => fact.name === 'tensorParallel')?.value).toBe('4');
    expect(batch.rejected).toEqual([]);
  });

  it('the Trainer with DeepSpeed: sixteen steps of one rank, dated, although four ranks drew the bar', () => {
    const batch = open(/^hf_ds_.*\.out$/);
    expect(batch.clock).toBe('utc');
    const bars = batch.readings.filter((reading) => reading.entity.id === 'transformers@?' && reading.values['engine.trainStepTime'] !== undefined);
    expect(bars.slice(0, 16).map((reading) => reading.values['engine.trainSteps'])).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
    expect(batch.events.filter((event) => event.kind === 'checkpoint').length).toBeGreaterThan(0);
  });
});
