import { GPUS } from '../../../core/knowledge/index.ts';
import { IDLE_HOST, type Frame } from './loads.ts';
import { DEMO_MODELS, serveStep, type DemoModel } from './serving.ts';
import { each, stageAt, type Moment, type Scenario } from './scenario.ts';

interface Mix {
  readonly batch: number;
  readonly context: number;
  readonly prefillPerStep: number;
  readonly waiting?: number;
  readonly gap?: number;
  readonly preemptionRate?: number;
}

interface Setup {
  readonly model: DemoModel;
  readonly bytesPerParam: number;
}

/** A serving engine under a mix of requests. */
function serving(moment: Moment, setup: Setup, mix: Mix): Frame {
  const { gpu, gpuCount } = moment;
  const step = serveStep({
    gpu,
    model: setup.model,
    tp: gpuCount,
    batch: mix.batch,
    context: mix.context,
    prefillPerStep: mix.prefillPerStep,
    bytesPerParam: setup.bytesPerParam,
    gap: mix.gap ?? 0.0006,
  });
  const pool = GPUS[gpu].memoryBytes * 0.9 * gpuCount - setup.model.params * setup.bytesPerParam - 1e9 * gpuCount;
  return {
    gpus: each(gpuCount, () => ({
      busy: step.busy,
      tensorFlops: step.tensorFlops,
      dtype: 'fp16',
      bytes: step.bytes,
      nvlink: step.nvlink,
      memory: GPUS[gpu].memoryBytes * 0.9,
    })),
    hosts: [{ cores: 2.2, thread: 0.92, memory: 24e9, netRx: 4e5, netTx: 9e5 }],
    engine: {
      running: mix.batch,
      waiting: mix.waiting ?? 0,
      kv: Math.min(1, step.kvBytes / pool),
      prefillRate: step.prefillRate,
      decodeRate: step.decodeRate,
      stepRate: step.stepRate,
      requestRate: step.prefillRate / Math.max(1, mix.context * 0.6),
      preemptionRate: mix.preemptionRate ?? 0,
    },
  };
}

/** The engine waits for requests: loaded, nothing to do. */
function lull(moment: Moment): Frame {
  return {
    gpus: each(moment.gpuCount, () => ({ busy: 0, memory: GPUS[moment.gpu].memoryBytes * 0.9, clock: 0.8 })),
    hosts: [{ ...IDLE_HOST, memory: 24e9 }],
    engine: { running: 0, waiting: 0, kv: 0, prefillRate: 0, decodeRate: 0, stepRate: 0, requestRate: 0, preemptionRate: 0 },
  };
}

/** Bytes/s at which many ranks read one checkpoint: far under the line, the reads wait. */
const LOAD_RATE = 0.9e9;

/** Weights come from the parallel file system over the node's network, then over PCIe. */
function loading(moment: Moment, into: number, bytes: number): Frame {
  const rate = LOAD_RATE;
  const done = Math.min(bytes, rate * into);
  return {
    gpus: each(moment.gpuCount, () => ({ busy: 0.02, memory: done / moment.gpuCount + 5e8, pcieRx: rate / moment.gpuCount, clock: 1 })),
    hosts: [{ cores: 5, thread: 0.97, iowaitCores: 2.6, psiIo: 0.48, blocked: 4, memory: 30e9 + done * 0.2, netRx: rate * 1.03, netTx: 6e7, fsRead: rate }],
  };
}

const vllm = (model: DemoModel, gpus: number, dtype: string, more: Record<string, string> = {}) => ({
  id: 'vllm',
  facts: { engine: 'vllm', engineVersion: '0.11.0', model: model.name, dtype, tensorParallel: String(gpus), ...more },
});

export const SERVERS: readonly Scenario[] = [
  {
    name: 'chat-8b',
    user: 'astrid',
    project: 'naiss2026-5-101',
    nodeType: 'A100',
    gpus: 1,
    runs: 6 * 3600,
    timeLimit: 12 * 3600,
    age: 2600,
    command: 'vllm serve meta-llama/Llama-3.1-8B-Instruct --dtype float16',
    dcgm: true,
    endState: 'completed',
    engine: vllm(DEMO_MODELS.llama8b, 1, 'float16'),
    frame(moment) {
      const { stage } = stageAt(
        [
          ['decode', 1500],
          ['lull', 240],
          ['busy', 900],
        ],
        moment.t,
      );
      if (stage === 'lull') return lull(moment);
      const batch = Math.round((stage === 'busy' ? 40 : 22) + 6 * moment.wander('batch', 90));
      return serving(moment, { model: DEMO_MODELS.llama8b, bytesPerParam: 2 }, { batch, context: 900, prefillPerStep: 6 });
    },
  },
  {
    name: 'llama70b-serve',
    user: 'birger',
    project: 'naiss2026-5-12',
    nodeType: 'A100',
    gpus: 4,
    runs: 8 * 3600,
    timeLimit: 12 * 3600,
    age: 7200,
    command: 'vllm serve meta-llama/Llama-3.3-70B-Instruct --tensor-parallel-size 4 --quantization awq --dtype float16',
    dcgm: true,
    endState: 'completed',
    engine: vllm(DEMO_MODELS.llama70b, 4, 'float16', { quantization: 'awq' }),
    frame(moment) {
      const { stage } = stageAt(
        [
          ['prefill', 700],
          ['lull', 180],
          ['decode', 2300],
        ],
        moment.t,
      );
      if (stage === 'lull') return lull(moment);
      const setup = { model: DEMO_MODELS.llama70b, bytesPerParam: 0.56 };
      return stage === 'prefill'
        ? serving(moment, setup, { batch: 3, context: 6000, prefillPerStep: Math.round(1500 + 200 * moment.wander('prompt', 60)), waiting: 9 })
        : serving(moment, setup, { batch: Math.round(14 + 3 * moment.wander('batch', 120)), context: 1200, prefillPerStep: 4 });
    },
  },
  {
    name: 'summarise-reports',
    user: 'cecilia',
    project: 'naiss2026-5-77',
    nodeType: 'A100fat',
    gpus: 2,
    runs: 5 * 3600,
    timeLimit: 8 * 3600,
    age: 1500,
    command: 'vllm serve Qwen/Qwen2.5-14B-Instruct --tensor-parallel-size 2 --enable-chunked-prefill --max-model-len 32768',
    dcgm: true,
    endState: 'completed',
    engine: vllm(DEMO_MODELS.qwen14b, 2, 'bfloat16'),
    frame(moment) {
      const prompt = Math.round(3800 + 500 * moment.wander('prompt', 80));
      return serving(moment, { model: DEMO_MODELS.qwen14b, bytesPerParam: 2 }, { batch: 4, context: 15000, prefillPerStep: prompt, waiting: 30 });
    },
  },
  {
    name: 'rag-mixed',
    user: 'david',
    project: 'naiss2026-5-101',
    nodeType: 'A40',
    gpus: 2,
    runs: 7 * 3600,
    timeLimit: 12 * 3600,
    age: 5000,
    command: 'vllm serve Qwen/Qwen2.5-7B-Instruct --tensor-parallel-size 2',
    dcgm: true,
    endState: 'cancelled',
    engine: vllm(DEMO_MODELS.qwen7b, 2, 'bfloat16'),
    frame(moment) {
      const { stage } = stageAt(
        [
          ['mixed', 800],
          ['prefill', 500],
          ['decode', 900],
        ],
        moment.t,
      );
      const prefill = { mixed: 150, prefill: 1400, decode: 4 }[stage];
      const batch = { mixed: 24, prefill: 4, decode: 30 }[stage];
      return serving(
        moment,
        { model: DEMO_MODELS.qwen7b, bytesPerParam: 2 },
        {
          batch: Math.max(1, Math.round(batch + 3 * moment.wander('batch', 60))),
          context: 2500,
          prefillPerStep: Math.round(prefill * (1 + 0.1 * moment.wander('prompt', 45))),
        },
      );
    },
  },
  {
    name: 'eval-70b-bf16',
    user: 'elsa',
    project: 'naiss2026-5-12',
    nodeType: 'A100fat',
    gpus: 4,
    runs: 1500,
    timeLimit: 4 * 3600,
    age: 900,
    command: 'vllm serve meta-llama/Llama-3.3-70B-Instruct --tensor-parallel-size 4 --dtype bfloat16',
    dcgm: true,
    endState: 'completed',
    engine: vllm(DEMO_MODELS.llama70b, 4, 'bfloat16'),
    frame(moment) {
      const bytes = DEMO_MODELS.llama70b.params * 2;
      if (moment.t < bytes / LOAD_RATE) return loading(moment, moment.t, bytes);
      return serving(
        moment,
        { model: DEMO_MODELS.llama70b, bytesPerParam: 2 },
        { batch: Math.round(16 + 4 * moment.wander('batch', 90)), context: 1500, prefillPerStep: 8 },
      );
    },
  },
  {
    name: 'offload-13b',
    user: 'fredrik',
    project: 'naiss2026-5-77',
    nodeType: 'A40',
    gpus: 1,
    runs: 4 * 3600,
    timeLimit: 6 * 3600,
    age: 1800,
    command: 'python generate.py --model Qwen/Qwen2.5-32B-Instruct --device-map auto --offload-folder $TMPDIR',
    dcgm: true,
    endState: 'timeout',
    engine: null,
    frame(moment) {
      // Weights that do not fit cross PCIe at every step; the kernels wait for them.
      const rate = 21.5e9 * (1 + 0.03 * moment.wander('pcie', 40));
      return {
        gpus: [{ busy: 0.31, bytes: 60e9, tensorFlops: 0.4e12, dtype: 'fp16', pcieRx: rate, pcieTx: 3e7, memory: 44e9 }],
        hosts: [{ cores: 1.6, thread: 0.83, memory: 71e9 }],
      };
    },
  },
];
