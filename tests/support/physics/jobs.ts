import { gemmFraction, GPU_IDS, type GpuId, GPUS, prefillFlops } from '../../../core/knowledge/index.ts';
import type { Draw } from './draw.ts';
import { ENGINE_PART, type Eta, type Served, servedOn } from './served.ts';
import { REST, type Stage } from './stage.ts';

/** What a job does on each of its GPUs, again and again, and how it shows on the host. */
export interface Job {
  readonly gpus: number;
  /** One round; repeated to the end of the window, each time a little different. */
  readonly round: readonly Stage[];
  readonly served: Served | null;
  /** Of the host while the GPU waits for it: one thread at its limit, all the job's cores, or nothing that can be seen. */
  readonly hostShows: 'thread' | 'cores' | 'nothing';
  /** Whether what waits for storage is seen by the kernel. */
  readonly storageShows: boolean;
  /** What the NIC carries comes from storage. */
  readonly nicReads: boolean;
  /** Part of the time in which threads that read ahead wait for storage while the GPU works. */
  readonly readsAhead: number;
  /** A thread polls for the end of each copy. */
  readonly polls: boolean;
  /** Threads spin at the GPU while it works, as CUDA's do. */
  readonly spins: boolean;
  /** A thread spins while nobody asks, as an engine's loop does. */
  readonly spinsAtRest: boolean;
  /** Bytes that device memory holds at the beginning and at the end, as parts of the card's. */
  readonly memory: readonly [number, number];
  /** The KV cache is full and requests wait for it. */
  readonly full: boolean;
  readonly hung: boolean;
}

const PLAIN: Omit<Job, 'round'> = {
  gpus: 1,
  served: null,
  hostShows: 'nothing',
  storageShows: true,
  nicReads: false,
  readsAhead: 0,
  polls: false,
  spins: false,
  spinsAtRest: false,
  memory: [0.6, 0.6],
  full: false,
  hung: false,
};

type Maker = (draw: Draw, gpu: GpuId, eta: Eta) => Job | null;

/** GPUs that run these workloads: with tensor cores and a memory of their own. */
export const CARDS = GPU_IDS.filter((id) => GPUS[id].hasTensorCores && GPUS[id].unified === null);

const showsHost = (draw: Draw) => draw.pick(['thread', 'thread', 'cores', 'nothing'] as const);

function serving(draw: Draw, served: Served | null, more: Partial<Job> = {}): Job | null {
  if (served === null) return null;
  const stage: Stage = { ...REST, busy: 1 - served.empty, tensor: served.tensor, dram: served.dram, waits: 'host' };
  return {
    ...PLAIN,
    round: [stage],
    served,
    memory: [ENGINE_PART, ENGINE_PART],
    spins: draw.chance(0.7),
    hostShows: draw.pick(['thread', 'nothing']),
    ...more,
  };
}

/** A step of training: products, then what only moves bytes (optimizer, norms), a part of its kernels too small to fill the card. */
function step(draw: Draw, seconds: number): Stage[] {
  const products = draw.between(0.3, 0.98);
  const good = draw.between(0.3, 0.95);
  return [
    { ...REST, seconds: seconds * products, busy: draw.between(0.97, 1), tensor: good, dram: draw.between(0.15, 0.6), waits: 'host' },
    {
      ...REST,
      seconds: seconds * (1 - products),
      busy: draw.between(0.97, 1),
      tensor: 0.01,
      fp32: draw.between(0.02, 0.15),
      dram: draw.between(0.3, 0.95),
      waits: 'host',
    },
  ];
}

/** How long one round of a trainer takes: mostly much less than a sample. */
const roundSeconds = (draw: Draw) => draw.pick([draw.across(0.1, 1), draw.across(1, 40)]);

/** Seconds of a round of requests of which a window holds some. */
const LONGEST_ROUND = 60;

/** Users who send their requests together, read the answers, and send the next. */
function thinking(draw: Draw, gpu: GpuId, eta: Eta): Job | null {
  const job = serving(
    draw,
    servedOn(draw, gpu, eta, { kind: 'decode', empty: draw.between(0, 0.1), loose: draw.between(0, 0.2), speculative: false, engines: 1 }),
  );
  const [stage] = job?.round ?? [];
  if (job === null || stage === undefined || job.served === null) return null;
  // All that were sent together are answered before the next are sent: a round is as long as its requests.
  const answered = (draw.pick([1, 1, 2, 3]) * job.served.batch) / job.served.requests;
  if (answered > LONGEST_ROUND) return null;
  return {
    ...job,
    round: [
      { ...stage, seconds: answered },
      { ...REST, seconds: draw.across(2, 20) },
    ],
  };
}

/** Every kind of job, each drawn as often as the others. */
export const JOBS = {
  decode: (draw, gpu, eta) =>
    serving(draw, servedOn(draw, gpu, eta, { kind: 'decode', empty: draw.between(0, 0.25), loose: draw.between(0, 0.4), speculative: false, engines: 1 })),
  prefill: (draw, gpu, eta) =>
    serving(draw, servedOn(draw, gpu, eta, { kind: 'prefill', empty: draw.between(0, 0.25), loose: draw.between(0, 0.4), speculative: false, engines: 1 })),
  serving: (draw, gpu, eta) =>
    serving(draw, servedOn(draw, gpu, eta, { kind: 'serving', empty: draw.between(0, 0.3), loose: draw.between(0, 0.4), speculative: false, engines: 1 })),
  'slow host of a server': (draw, gpu, eta) =>
    serving(draw, servedOn(draw, gpu, eta, { kind: 'decode', empty: draw.between(0.4, 0.9), loose: draw.between(0, 0.05), speculative: false, engines: 1 }), {
      hostShows: draw.pick(['thread', 'cores', 'nothing']),
    }),
  'several engines': (draw, gpu, eta) =>
    serving(
      draw,
      servedOn(draw, gpu, eta, { kind: 'decode', empty: draw.between(0, 0.2), loose: draw.between(0, 0.3), speculative: false, engines: draw.pick([2, 3, 4]) }),
    ),
  'speculative decoding': (draw, gpu, eta) =>
    serving(draw, servedOn(draw, gpu, eta, { kind: 'decode', empty: draw.between(0, 0.2), loose: draw.between(0, 0.5), speculative: true, engines: 1 })),
  'full cache': (draw, gpu, eta) =>
    serving(
      draw,
      servedOn(draw, gpu, eta, { kind: 'decode', empty: draw.between(0, 0.15), loose: draw.between(0, 0.3), speculative: false, full: true, engines: 1 }),
      { full: true },
    ),
  'users who think': (draw, gpu, eta) => thinking(draw, gpu, eta),
  training: (draw) => ({ ...PLAIN, gpus: draw.pick([1, 2, 4]), round: step(draw, roundSeconds(draw)), spins: true }),
  'exchange of gradients': (draw, gpu) => {
    const seconds = roundSeconds(draw);
    const within = GPUS[gpu].nvlink?.reach === 'all' && draw.chance(0.5);
    const link = draw.between(0.7, 1);
    const exchange: Stage = {
      ...REST,
      seconds: seconds * draw.across(0.1, 4),
      busy: 1,
      dram: 0.08,
      exchange: true,
      ...(within ? { nvlink: link } : { nicIn: link, nicOut: link }),
    };
    return { ...PLAIN, gpus: draw.pick([2, 4]), round: [...step(draw, seconds), exchange], spins: true };
  },
  loading: (draw) => {
    const host = draw.chance(0.5);
    return {
      ...PLAIN,
      round: [{ ...REST, busy: 0.01, pcieIn: draw.between(0.02, 0.2), waits: host ? 'host' : 'storage' }],
      hostShows: 'thread',
      storageShows: true,
      memory: [0.02, 0.8],
    };
  },
  idle: (draw) => ({
    ...PLAIN,
    round: [{ ...REST, busy: draw.chance(0.7) ? 0 : draw.between(0, 0.02) }],
    memory: draw.chance(0.5) ? [0.01, 0.01] : [0.85, 0.85],
  }),
  'starved by the host': (draw) => {
    const seconds = roundSeconds(draw);
    return {
      ...PLAIN,
      round: [...step(draw, seconds), { ...REST, seconds: seconds * draw.across(0.3, 6), waits: 'host' }],
      hostShows: showsHost(draw),
      spins: draw.chance(0.3),
    };
  },
  'starved by storage': (draw) => {
    const seconds = roundSeconds(draw);
    return {
      ...PLAIN,
      round: [...step(draw, seconds), { ...REST, seconds: seconds * draw.across(0.3, 6), waits: 'storage', nicIn: draw.between(0, 1), nicOut: 0.01 }],
      storageShows: draw.chance(0.7),
      nicReads: true,
      spins: draw.chance(0.3),
    };
  },
  'offload to the host': (draw) => {
    const seconds = roundSeconds(draw);
    const copy: Stage = { ...REST, seconds: seconds * draw.across(0.3, 6), pcieIn: draw.between(0.7, 1), pcieOut: draw.between(0.1, 1), waits: 'link' };
    return { ...PLAIN, round: [...step(draw, seconds), copy], spins: true };
  },
  'hung collective': (draw) => ({ ...PLAIN, gpus: draw.pick([2, 4]), round: [{ ...REST, busy: 1, dram: draw.between(0, 0.005) }], spins: true, hung: true }),
  'FP64 and FP32': (draw) => {
    const wide = draw.chance(0.5);
    const part = draw.between(0.2, 0.98);
    return {
      ...PLAIN,
      round: [{ ...REST, busy: draw.between(0.95, 1), ...(wide ? { fp64: part, fp32: 0.02 } : { fp32: part }), dram: draw.between(0.02, 0.6), waits: 'host' }],
      spins: true,
    };
  },
  'small kernels': (draw) => ({
    ...PLAIN,
    round: [{ ...REST, busy: draw.between(0.8, 1), tensor: draw.between(0, 0.3), fp32: draw.between(0, 0.2), dram: draw.between(0.02, 0.35), waits: 'host' }],
    spins: true,
  }),
} as const satisfies Record<string, Maker>;

/** Jobs that look like something else where one rule alone is forgotten: each is drawn a little more often than it would be by itself. */
export const LOOKALIKES = {
  // Drafts are cheap passes: launches take most of the time, and more tokens come out than passes were made.
  'speculative decoding of small kernels': (draw, gpu, eta) =>
    serving(draw, servedOn(draw, gpu, eta, { kind: 'decode', empty: draw.between(0, 0.1), loose: draw.between(0.5, 0.65), speculative: true, engines: 1 })),
  'several engines that decode': (draw, gpu, eta) =>
    serving(
      draw,
      servedOn(draw, gpu, eta, { kind: 'decode', empty: draw.between(0, 0.1), loose: draw.between(0, 0.1), speculative: false, engines: draw.pick([2, 3, 4]) }),
    ),
  'decoding beside a slow host': (draw, gpu, eta) =>
    serving(draw, servedOn(draw, gpu, eta, { kind: 'decode', empty: draw.between(0.34, 0.44), loose: draw.between(0, 0.03), speculative: false, engines: 1 }), {
      hostShows: draw.pick(['thread', 'cores']),
    }),
  'FP64 alone': (draw) => ({
    ...PLAIN,
    round: [
      { ...REST, busy: draw.between(0.95, 1), fp64: draw.between(0.75, 0.98), fp32: draw.between(0, 0.02), dram: draw.between(0.02, 0.3), waits: 'host' },
    ],
    spins: true,
  }),
  // The loader is ahead of the GPU and fills the line; its threads wait for each read, the GPU for none.
  'reads ahead of the GPU': (draw) => {
    const line = draw.between(0.85, 1);
    return {
      ...PLAIN,
      round: step(draw, roundSeconds(draw)).map((stage) => ({ ...stage, nicIn: line, nicOut: 0.01 })),
      nicReads: true,
      readsAhead: draw.between(0.4, 0.9),
      spins: true,
    };
  },
  'copies that a thread polls for': (draw) => {
    const seconds = roundSeconds(draw);
    const copy: Stage = { ...REST, seconds: seconds * draw.across(1, 6), pcieIn: draw.between(0.7, 0.95), pcieOut: draw.between(0.1, 0.6), waits: 'link' };
    return { ...PLAIN, round: [...step(draw, seconds), copy], polls: true, spins: true };
  },
  'a slow load': (draw) => ({
    ...PLAIN,
    round: [{ ...REST, busy: 0, pcieIn: draw.between(0.002, 0.01), waits: draw.pick(['host', 'storage']) }],
    hostShows: 'thread',
    memory: [0.02, draw.between(0.06, 0.2)],
  }),
  // The engine's loop spins while nobody asks: a thread at its limit, and no host that is slow.
  'users who think before an engine that spins': (draw, gpu, eta) => {
    const job = thinking(draw, gpu, eta);
    return job === null ? null : { ...job, spinsAtRest: true };
  },
  // Every prompt is counted and none computed; only where they would be more than the card can compute, since nothing else tells.
  'decode worker of long prompts': (draw, gpu, eta) => {
    const served = servedOn(draw, gpu, eta, {
      kind: 'decode',
      empty: draw.between(0, 0.1),
      loose: draw.between(0, 0.3),
      speculative: false,
      engines: 1,
      handed: true,
    });
    return served === null || served.prompted * promptSecondsPerToken(served, gpu) < 1.6 ? null : serving(draw, served);
  },
  // Reads past the kernel, and threads that spin while kernels run: the spinning is not of the time that is waited for.
  'unseen reads beside spinning threads': (draw) => {
    const seconds = draw.across(4, 30);
    return {
      ...PLAIN,
      round: [...step(draw, seconds), { ...REST, seconds: seconds * draw.across(0.7, 4), waits: 'storage', nicIn: draw.between(0, 0.3), nicOut: 0.01 }],
      storageShows: false,
      nicReads: true,
      spins: true,
    };
  },
  // Gradients go through the hosts: no kernel spins, a thread of each host polls, and the line is full.
  'exchange by the hosts': (draw) => {
    const seconds = roundSeconds(draw);
    const line = draw.between(0.7, 1);
    const exchange: Stage = { ...REST, seconds: seconds * draw.across(1, 6), nicIn: line, nicOut: line, pcieIn: 0.1, pcieOut: 0.1, waits: 'link' };
    return { ...PLAIN, gpus: draw.pick([1, 2]), round: [...step(draw, seconds), exchange], polls: true, spins: true };
  },
} as const satisfies Record<string, Maker>;

/** Least seconds that a token of a prompt would take this card, were it computed here. */
function promptSecondsPerToken({ model, cached, batch }: Served, gpu: GpuId): number {
  const prompt = cached / batch;
  return prefillFlops(model, prompt) / prompt / (gemmFraction(gpu).value * (GPUS[gpu].peaks.bf16 ?? GPUS[gpu].peaks.fp16 ?? Number.NaN));
}

export type JobKind = keyof typeof JOBS | keyof typeof LOOKALIKES;
