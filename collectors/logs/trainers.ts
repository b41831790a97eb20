import { pairFacts } from './config.ts';
import { numberAfter, scaledAfter } from './fields.ts';
import type { LineTime, LogReader, LogSink } from './reader.ts';
import { present, type Values } from '../text/index.ts';

const TERA = 1e12;

/** A trainer that prints everything of a step on one line. */
interface StepLine {
  readonly id: string;
  readonly hint: RegExp;
  readonly sign: RegExp;
  /** The values of a line; null where it is no step. */
  read(line: string): Values | null;
}

/** Megatron-LM and its forks: `iteration 10/ 500 | … | elapsed time per iteration (ms): 2500.1 | throughput per GPU (TFLOP/s/GPU): 150.2 | lm loss: …`. */
const megatron: StepLine = {
  id: 'megatron',
  hint: /elapsed time per iteration \(ms\)/,
  sign: /iteration\s+\d+\s*\/\s*\d+ *\|.*elapsed time per iteration \(ms\)/,
  read: (line) =>
    present({
      'engine.trainSteps': numberAfter(line, 'iteration'),
      'engine.trainStepTime': over(numberAfter(line, 'elapsed time per iteration (ms):'), 1e3),
      'engine.trainFlopRate': times(
        numberAfter(line, 'throughput per GPU (TFLOP/s/GPU):') ?? numberAfter(line, 'TFLOPS per GPU:') ?? numberAfter(line, 'TFLOPs:'),
        TERA,
      ),
      'engine.trainLoss': numberAfter(line, 'lm loss:'),
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
      'engine.trainFlopRate': times(scaledAfter(line, 'hardware_tflops_per_gpu:'), TERA),
      'engine.trainLoss': scaledAfter(line, 'lm_loss:'),
    }),
};

/** DeepSpeed's engine: `steps: 100 loss: 8.1 iter time (s): 2.5 samples/sec: 409.6`, `step=100, skipped=0, lr=…`, its timer's line. */
const deepspeed: StepLine = {
  id: 'deepspeed',
  hint: /iter time \(s\):|\] step=\d+, skipped=|RunningAvgSamplesPerSec=/,
  sign: /steps: \d+ loss: .*iter time \(s\)|step=\d+, skipped=\d+, lr=|RunningAvgSamplesPerSec=/,
  read: (line) =>
    present({
      'engine.trainSteps': numberAfter(line, 'steps: ') ?? numberAfter(line, '] step=') ?? numberAfter(line, 'global_step='),
      'engine.trainStepTime': numberAfter(line, 'iter time (s): '),
      'engine.trainLoss': line.includes('steps: ') ? numberAfter(line, ' loss: ') : null,
    }),
};

/** torchtitan: `step: 10  loss:  8.03  memory: …  tps: 5,000  tflops: 200.0  mfu: 64.1%`. Its tps are per GPU, so they are left out. */
const torchtitan: StepLine = {
  id: 'torchtitan',
  hint: /step:\s+\d+ .*\btps:/,
  sign: /step:\s+\d+ +.*loss:.*\btps: [\d,.]+/,
  read: (line) =>
    /\[rank[1-9]\d*\]/.test(line)
      ? null
      : present({
          'engine.trainSteps': numberAfter(line, 'step:'),
          'engine.trainFlopRate': times(numberAfter(line, 'tflops:'), TERA),
          'engine.trainLoss': numberAfter(line, 'loss:'),
        }),
};

/** The trainers of one line per step, as readers. */
export const trainerLogs: readonly LogReader[] = [megatron, nanotron, deepspeed, torchtitan].map((trainer) => ({
  id: trainer.id,
  hint: trainer.hint,
  sign: trainer.sign,
  open: (sink) => openTrainer(trainer, sink),
}));

function openTrainer(trainer: StepLine, sink: LogSink): (line: string) => boolean {
  const entity = sink.entity(trainer.id);
  let lastStep: number | null = null;

  return (line) => {
    if (!trainer.hint.test(line)) return false;
    const values = trainer.read(line);
    if (values === null || Object.keys(values).length === 0) return values === null;
    sink.fact(entity, 'trainer', trainer.id);
    sink.fact(entity, 'workload', 'training');
    sink.reading(entity, values, stepTime(values, lastStep));
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

/** Megatron's list of arguments: `  tensor_model_parallel_size ........... 8`. */
export const megatronArguments: LogReader = {
  id: 'megatron-arguments',
  hint: /^ *(?:\[\S+\]:? *)?(?:tensor_model_parallel_size|pipeline_model_parallel_size|data_parallel_size) \.{3,}/,
  sign: /^ *tensor_model_parallel_size \.{3,} \d/,
  open: (sink) => {
    const entity = sink.entity('megatron');
    return (line) => {
      if (!megatronArguments.hint.test(line)) return false;
      pairFacts(line.replace(/ \.{3,} /, '='), entity, sink);
      return true;
    };
  },
};

function over(value: number | null, divisor: number): number | null {
  return value === null ? null : value / divisor;
}

function times(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor;
}
