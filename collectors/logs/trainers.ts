import { pairFacts } from './config.ts';
import { numberAfter, scaledAfter } from './fields.ts';
import type { LineTime, LogReader, LogSink } from './reader.ts';
import { inOrder, present, type Sign, type Values } from '../text/index.ts';

const TERA = 1e12;

/** A trainer that prints everything of a step on one line. */
interface StepLine {
  readonly id: string;
  readonly hint: RegExp;
  readonly sign: Sign;
  /** The values of a line: none where it is no step of this program; null where another rank says the same again. */
  read(line: string): Values | null;
}

/** Megatron-LM and its forks: `iteration 10/ 500 | … | elapsed time per iteration (ms): 2500.1 | throughput per GPU (TFLOP/s/GPU): 150.2 | lm loss: …`. */
const megatron: StepLine = {
  id: 'megatron',
  hint: /elapsed time per iteration \(ms\)/,
  sign: /\| elapsed time per iteration \(ms\): [\d.]/,
  read: (line) =>
    present({
      'engine.trainSteps': numberAfter(line, 'iteration'),
      'engine.trainStepTime': over(numberAfter(line, 'elapsed time per iteration (ms):'), 1e3),
      'engine.trainFlopRate': times(
        numberAfter(line, 'throughput per GPU (TFLOP/s/GPU):') ??
          numberAfter(line, 'TFLOPS per GPU:') ??
          numberAfter(line, 'approx flops per GPU:') ??
          numberAfter(line, 'TFLOPs:'),
        TERA,
      ),
      'engine.trainTokens': numberAfter(line, 'consumed tokens:'),
      'engine.trainTokenRatePerGpu': numberAfter(line, 'tokens per gpu per second (tgs):'),
      'engine.trainLoss': numberAfter(line, 'lm loss:') ?? numberAfter(line, 'lm_loss:'),
    }),
};

/** nanotron: `iteration: 1 / 15 | consumed_tokens: 512 | elapsed_time_per_iteration_ms: 4.71K | tokens_per_sec: 109 | …`. */
const nanotron: StepLine = {
  id: 'nanotron',
  hint: /elapsed_time_per_iteration_ms:/,
  sign: /iteration: \d+ \/ \d+ \| consumed_tokens/,
  read: (line) =>
    present({
      'engine.trainSteps': scaledAfter(line, 'iteration:'),
      'engine.trainStepTime': over(scaledAfter(line, 'elapsed_time_per_iteration_ms:'), 1e3),
      'engine.trainTokenRate': scaledAfter(line, 'tokens_per_sec:'),
      'engine.trainTokenRatePerGpu': scaledAfter(line, 'tokens_per_sec_per_gpu:'),
      'engine.trainFlopRate': times(scaledAfter(line, 'hardware_tflops_per_gpu:'), TERA),
      'engine.trainLoss': scaledAfter(line, 'lm_loss:'),
    }),
};

/** DeepSpeed's engine: `steps: 100 loss: 8.1 iter time (s): 2.5 samples/sec: 409.6`, `step=100, skipped=0, lr=…`, its timer's line. */
const deepspeed: StepLine = {
  id: 'deepspeed',
  hint: /iter time \(s\):|\] step=\d+, skipped=|RunningAvgSamplesPerSec=/,
  sign: /steps: \d+ loss: [^|]{1,40}iter time \(s\)|step=\d+, skipped=\d+, lr=|RunningAvgSamplesPerSec=/,
  read: (line) =>
    present({
      'engine.trainSteps': numberAfter(line, 'steps: ') ?? numberAfter(line, '] step=') ?? numberAfter(line, 'global_step='),
      'engine.trainStepTime': numberAfter(line, 'iter time (s): '),
      'engine.trainLoss': line.includes('steps: ') ? numberAfter(line, ' loss: ') : null,
    }),
};

/** torchtitan: `step: 10  loss:  8.03  memory: …  tps: 5,000  tflops: 200.0  mfu: 64.1%`. Its tokens are per GPU; older ones print wps. */
const torchtitan: StepLine = {
  id: 'torchtitan',
  hint: /\bstep: {1,8}\d[^|]{1,160}\b[tw]ps: /,
  sign: /\bstep: {1,8}\d+ +loss:[^|]{1,120}\b[tw]ps: [\d,.]+/,
  read: (line) =>
    /\[rank[1-9]\d*\]/.test(line)
      ? null
      : present({
          'engine.trainSteps': numberAfter(line, 'step:'),
          'engine.trainFlopRate': times(numberAfter(line, 'tflops:'), TERA),
          'engine.trainTokenRatePerGpu': numberAfter(line, ' tps:') ?? numberAfter(line, ' wps:'),
          'engine.trainMfu': over(numberAfter(line, 'mfu:'), 100),
          'engine.trainLoss': numberAfter(line, 'loss:'),
        }),
};

/** torchtune's file of metrics: `Step 12 | loss:1.2 lr:2e-05 tokens_per_second_per_gpu:823.1 peak_memory_active:24.1`. */
const torchtune: StepLine = {
  id: 'torchtune',
  hint: /^Step \d+ \| /,
  sign: /^Step \d+ \| loss:/,
  read: (line) =>
    present({
      'engine.trainSteps': numberAfter(line, 'Step '),
      'engine.trainTokenRatePerGpu': numberAfter(line, 'tokens_per_second_per_gpu:'),
      'engine.trainLoss': numberAfter(line, ' loss:'),
    }),
};

/** NeMo 2: `Training epoch 0, iteration 10/99 | … | global_step: 10 | reduced_train_loss: 10.2 | train_step_timing in s: 5.2`. */
const nemo: StepLine = {
  id: 'nemo',
  hint: /Training epoch \d+, iteration \d+\/\d+ \|/,
  sign: /Training epoch \d+, iteration \d+\/\d+ \|/,
  read: (line) =>
    present({
      'engine.trainSteps': numberAfter(line, 'global_step:') ?? numberAfter(line, ', iteration '),
      'engine.trainStepTime': numberAfter(line, 'train_step_timing in s:'),
      'engine.trainFlopRate': times(numberAfter(line, 'TFLOPS_per_GPU:'), TERA),
      'engine.trainLoss': numberAfter(line, 'reduced_train_loss:'),
    }),
};

/** nanoGPT counts its MFU against an A100's peak, whatever it runs on (`flops_promised` in its model.py). */
const NANOGPT_PEAK = 312 * TERA;

/** nanoGPT: `iter 100: loss 3.1234, time 250.12ms, mfu 38.05%`; before its fifth step the MFU is −100 %. */
const nanogpt: StepLine = {
  id: 'nanogpt',
  hint: /\biter \d+: loss /,
  sign: /\biter \d+: loss [\d.]+, time [\d.]+ms/,
  read: (line) => {
    const mfu = numberAfter(line, 'mfu ');
    return present({
      'engine.trainSteps': numberAfter(line, 'iter '),
      'engine.trainStepTime': over(numberAfter(line, 'time '), 1e3),
      'engine.trainFlopRate': mfu !== null && mfu > 0 ? (mfu / 100) * NANOGPT_PEAK : null,
      'engine.trainLoss': numberAfter(line, 'loss '),
    });
  },
};

/** nanochat, build-nanogpt, llm.c: `step 00010/21400 (0.05%) | loss: 9.8 | dt: 1024.50ms | tok/sec: 511,743 | mfu: 48.21`. */
const stepBars: StepLine = {
  id: 'nanochat',
  hint: /\bstep +\d+(?:\/\d+)?(?: \([\d.]+%\))? *\| /,
  sign: /\bstep +\d+(?:\/\d+)?(?: \([\d.]+%\))? *\| loss:? *[\d.]+/,
  read: (line) => {
    const milliseconds = numberAfter(line, 'dt:') ?? numberAfter(/\| *[\d.]+ ms \|/.exec(line)?.[0] ?? '', '|');
    const rate = numberAfter(line, 'tok/sec:') ?? numberAfter(/\| *[\d.]+ tok\/s/.exec(line)?.[0] ?? '', '|');
    const mfu = numberAfter(line, ' mfu:');
    if (milliseconds === null && rate === null) return {}; // another program's
    return present({
      'engine.trainSteps': numberAfter(line, 'step'),
      'engine.trainStepTime': over(milliseconds, 1e3),
      'engine.trainTokenRate': rate,
      'engine.trainMfu': mfu !== null && mfu > 0 ? mfu / 100 : null,
      'engine.trainLoss': numberAfter(line, '| loss:') ?? numberAfter(line, '| loss'),
    });
  },
};

/** Megatron-Bridge below its line of the iteration: `Step Time : 12.30s GPU utilization: 512.3MODEL_TFLOP/s/GPU`. */
const megatronBridge: StepLine = {
  id: 'megatron',
  hint: /Step Time : [\d.]+s GPU utilization: /,
  sign: /Step Time : [\d.]+s GPU utilization: [\d.]+MODEL_TFLOP/,
  read: (line) =>
    present({
      'engine.trainStepTime': numberAfter(line, 'Step Time : '),
      'engine.trainFlopRate': times(numberAfter(line, 'GPU utilization: '), TERA),
    }),
};

/**
 * verl: `step:3 - actor/pg_loss:0.001 - perf/mfu/actor:0.318 - timing_s/gen:74.1 - timing_s/step:96.9 - perf/throughput:5667.2`, behind
 * Ray's `(TaskRunner pid=1)`. Newer ones print `np.float64(0.001)`. Its throughput is per GPU.
 */
const verl: StepLine = {
  id: 'verl',
  hint: /\bstep:\d+ - /,
  sign: inOrder(/\bstep:\d+ - ./g, /\btiming_s\//g, 4_000),
  read: (line) => {
    const of = (name: string): number | null => numberAfter(line, ` - ${name}:`) ?? numberAfter(line, ` - ${name}:np.float64(`);
    const step = of('timing_s/step') ?? of('perf/time_per_step');
    const tokens = of('perf/total_num_tokens');
    const generating = of('timing_s/gen') ?? of('timing_s/generate_sequences');
    if (step === null) return {};
    return present({
      'engine.trainSteps': numberAfter(line, 'step:'),
      'engine.trainStepTime': step,
      'engine.trainTokenRate': tokens === null || !(step > 0) ? null : tokens / step,
      'engine.trainTokenRatePerGpu': of('perf/throughput'),
      'engine.trainMfu': of('perf/mfu/actor'),
      'engine.trainRollout': generating === null || !(step > 0) ? null : generating / step,
    });
  },
};

/** The trainers of one line per step, as readers. */
export const trainerLogs: readonly LogReader[] = [
  ...[megatron, nanotron, deepspeed, torchtitan, torchtune, nemo, nanogpt, stepBars, megatronBridge, verl].map((trainer) => ({
    id: trainer.id,
    hint: trainer.hint,
    sign: trainer.sign,
    open: (sink: LogSink) => openTrainer(trainer, sink),
  })),
  { id: 'litgpt', hint: /\biter \d+ step \d+/, sign: /\biter \d+ step \d+(?: \||:) loss\b/, open: openLitgpt },
];

function openTrainer(trainer: StepLine, sink: LogSink): (line: string) => boolean {
  let lastStep: number | null = null;

  return (line) => {
    if (!trainer.hint.test(line)) return false;
    const values = trainer.read(line);
    if (values === null || Object.keys(values).length === 0) return values === null;
    sink.trains(trainer.id, values, stepTime(values, lastStep));
    lastStep = values['engine.trainSteps'] ?? lastStep;
    return true;
  };
}

/** How long the steps since the last line took: the line's mean step time, times the steps. */
function stepTime(values: Values, lastStep: number | null): LineTime {
  const step = values['engine.trainSteps'];
  const each = values['engine.trainStepTime'];
  if (each === undefined) return {};
  const steps = step === undefined || lastStep === null || step <= lastStep ? 1 : step - lastStep;
  return { took: each * steps };
}

/**
 * LitGPT: `Epoch 34 | iter 3050700 step 610140 | loss train: 2.806, val: 2.861 | iter time: 110.20 ms (step)`; older ones `iter 0 step 1:
 * loss 1.2, iter time: 1234.56ms`. An iteration is one micro-batch of a step: a step takes as many of them as lie between two lines.
 */
function openLitgpt(sink: LogSink): (line: string) => boolean {
  let before: { readonly iteration: number; readonly step: number } | null = null;

  return (line) => {
    const [, iteration = '', step = ''] = /\biter (\d{1,15}) step (\d{1,15})/.exec(line) ?? [];
    const milliseconds = numberAfter(line, 'iter time:');
    if (iteration === '' || milliseconds === null) return false;
    const now = { iteration: Number.parseInt(iteration, 10), step: Number.parseInt(step, 10) };
    const iterations = before === null || now.iteration <= before.iteration ? 1 : now.iteration - before.iteration;
    const steps = before === null || now.step <= before.step ? null : now.step - before.step;
    const took = (milliseconds / 1e3) * iterations;
    before = now;
    sink.trains(
      'litgpt',
      present({
        'engine.trainSteps': now.step,
        'engine.trainStepTime': steps === null ? null : took / steps,
        'engine.trainLoss': numberAfter(line, 'loss train:') ?? numberAfter(line, ': loss '),
      }),
      { took },
    );
    return true;
  };
}

/** Megatron's list of arguments: `  tensor_model_parallel_size ........... 8`. */
export const megatronArguments: LogReader = {
  id: 'megatron-arguments',
  hint: /^ *(?:\[\S{1,60}\]:? *)?(?:tensor_model_parallel_size|pipeline_model_parallel_size|data_parallel_size) \.{3,}/,
  sign: /^ *tensor_model_parallel_size \.{3,} \d/,
  open: (sink) => (line) => {
    if (!megatronArguments.hint.test(line)) return false;
    pairFacts(line.replace(/ \.{3,} /, '='), sink.trainer('megatron'), sink);
    return true;
  },
};

function over(value: number | null, divisor: number): number | null {
  return value === null ? null : value / divisor;
}

function times(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor;
}
