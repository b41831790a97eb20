import { DOMINANT, WORTH_NAMING } from '../../judging/index.ts';
import { type Bottleneck, BOTTLENECK_LABELS } from '../../contract/index.ts';
import { ACHIEVABLE } from '../../knowledge/index.ts';
import { formatPercent, formatValue, type MetricId } from '../../readings/index.ts';
import { advise, type Piece } from './gain.ts';
import { coolDown } from './compute.ts';
import { bubble } from './host.ts';
import { canProfile } from './signs.ts';
import type { AdviceContext, Situation } from './situation.ts';

const left = (candidates: readonly Bottleneck[]): string =>
  candidates.length === 0 ? 'any limit' : candidates.map((one) => BOTTLENECK_LABELS[one]).join(', ');

/** An engine speaks, but its model is not known: the cheapest thing to add. */
const nameModel: Piece = {
  id: 'name-the-model',
  when: 'an engine or a trainer speaks, and its model is not known',
  holds: (job) => job.context.model === null && (job.serving || job.training),
  say: (job) => {
    const {
      context: { workload },
      verdict,
    } = job;
    const tokens = job.mean('engine.generationRate') > 0 ? job.mean('engine.generationRate') : job.mean('engine.trainTokenRate');
    return advise(job, {
      text:
        workload.model === null
          ? 'Name the model (as in meta-llama/Llama-3.1-8B) and its data type, or give its config.json: with it the tokens become bytes and FLOPs.'
          : `Give the config.json of ${workload.model}, which is not in the table, and its data type: with them the tokens become bytes and FLOPs.`,
      gain: null,
      arithmetic: `${tokens > 0 ? `${tokens.toFixed(0)} tokens/s` : 'tokens/s'} × 2 FLOP per parameter against the card's peak, steps × bytes of the weights against its bandwidth: that tells ${left(verdict.candidates)} apart`,
    });
  },
};

/** DCGM's profiling counters, and who can start them. */
const dcgm: Piece = {
  id: 'measure-pipes',
  when: 'the share of the tensor pipe or of DRAM is not measured, on a card that DCGM profiles',
  holds: (job) => canProfile(job) && (job.verdict.shares.tensor === null || job.verdict.shares.memory === null),
  say: (job) => {
    const {
      context: { figures },
    } = job;
    const busy = figures?.busy;
    const tensor = DOMINANT * ACHIEVABLE.tensorCounter.value;
    const dram = DOMINANT * ACHIEVABLE.dramCounter.value;
    return advise(job, {
      text: 'Measure pipes and memory: dcgmi dmon -e 1001,1002,1004,1005,1006,1007,1009,1010 -d 1000 beside the job, and give its output with the other files. It needs nv-hostengine on the node: where it does not run, only the admins can start it (or export DCGM to Prometheus).',
      gain: null,
      arithmetic: `${busy === null || busy === undefined ? '' : `a kernel ran ${formatPercent(busy)} of the time, which is all that utilisation says; `}tensor_active from ${tensor.toFixed(2)} on would mean compute, dram_active from ${dram.toFixed(2)} on memory bandwidth (half of what each can reach), neither: overhead`,
    });
  },
};

/** What only an engine's /metrics page tells, never its log. */
const PAGE_ONLY: readonly MetricId[] = ['engine.ttftCount', 'engine.e2eCount', 'engine.prefixQueries', 'engine.steps', 'engine.stepRate', 'engine.forwardTime'];

/** Whether the engine's /metrics page is among what was given: its log names the engine, the page does not. */
function hasPage({ facts, told }: AdviceContext): boolean {
  return facts !== undefined && (facts.get('engine') === undefined || PAGE_ONLY.some((id) => told?.has(id) === true));
}

/** The engine's own counters of work: what has to be switched on, and the page that has them where it was not given. */
function countersOf({ context }: Situation): string | null {
  const given = hasPage(context);
  const page = given ? '' : ' and give its /metrics address to the agent';
  switch (context.workload.engine) {
    case 'vllm':
      return `start vLLM with --enable-mfu-metrics${page}`;
    case 'sglang':
      return given ? null : `start SGLang with --enable-metrics${page}`;
    case 'llama.cpp':
      return given ? null : 'start llama-server with --metrics and give its address to the agent';
    case 'tgi':
      return given ? null : "give TGI's /metrics address to the agent";
    default:
      return null;
  }
}

/** The engine's own counters of work. */
const engineCounters: Piece = {
  id: 'engine-counters',
  when: 'an engine that can count its work or has a page that was not given',
  holds: (job) => countersOf(job) !== null && !(job.mean('engine.flops') > 0),
  say: (job) => {
    const {
      context: { ceilings },
    } = job;
    const peak = ceilings?.peaks.fp16;
    const how = countersOf(job);
    if (how === null) return null;
    return advise(job, {
      text: `Let the engine count its work: ${how}.`,
      gain: null,
      arithmetic:
        peak === undefined || peak === null || ceilings === null
          ? `FLOPs and bytes per second ÷ what the card can do are the two shares; from ${formatPercent(DOMINANT)} on one of them decides`
          : `from ${formatValue(DOMINANT * ACHIEVABLE.tensorGemmSxm.value * peak, 'flop/s')} on arithmetic would decide, from ${formatValue(DOMINANT * ACHIEVABLE.dramBytes.value * ceilings.bandwidth, 'bytes/s')} on memory: half of what this card reaches in 16 bits`,
    });
  },
};

/** A trainer's own words are among what was given. */
function hasLog({ context: { facts }, mean }: Situation): boolean {
  return facts?.has('trainer') === true || mean('engine.trainSteps') >= 0 || mean('engine.trainStepTime') >= 0;
}

/** A log would tell what is not known yet: it is not there, or its trainer counts tokens only when asked to. */
function wantsLog(job: Situation): boolean {
  const { facts, told } = job.context;
  if (job.serving || job.verdict.activity === 'idle') return false;
  const counted = job.mean('engine.trainTokenRate') > 0 || job.mean('engine.trainFlopRate') > 0 || told?.has('engine.trainTokenRatePerGpu') === true;
  return !counted && (!hasLog(job) || facts?.get('trainer') === 'transformers');
}

/** A trainer's steps, where a trainer runs and its log was not given; its tokens, where the log counts none. */
const trainerLog: Piece = {
  id: 'trainer-log',
  when: 'no server, and neither steps nor tokens of a trainer are given',
  holds: wantsLog,
  say: (job) => {
    const given = hasLog(job);
    return advise(job, {
      text: given
        ? 'Let the trainer count its tokens: --include_num_input_tokens_seen of the Hugging Face Trainer.'
        : "Give the trainer's log as well (step time, tokens per second; for Hugging Face --include_num_input_tokens_seen), and name the model.",
      gain: null,
      arithmetic: '6 FLOPs per parameter and token (LoRA 4) ÷ the peak of the job’s data type is its MFU: from about 0.4 on it is compute',
    });
  },
};

/** What the host does while the GPU is empty. */
const host: Piece = {
  id: 'watch-the-host',
  when: 'the GPU is empty for a tenth of the time, and nothing shows what the host does',
  holds: (job) => job.shareOf('empty') >= WORTH_NAMING && !(job.mean('host.psiIo') >= 0) && !(job.mean('host.cpuMaxThread') >= 0),
  say: (job) => {
    const empty = job.shareOf('empty');
    return advise(job, {
      text: 'See what the host does meanwhile: run the agent (or headroom-record) on the node; both need no rights.',
      gain: null,
      arithmetic: `the GPU was empty ${formatPercent(empty)} of the time: I/O pressure from a third of it on would mean storage, a thread at a full core or CPU pressure the host`,
    });
  },
};

/** For a verdict that cannot tell: which counter would, and how to get it. What the job's owner can do comes before what may take an admin. */
export const UNKNOWN: readonly Piece[] = [coolDown, bubble, nameModel, engineCounters, host, trainerLog, dcgm];
