/**
 * Every number that a verdict turns on, once, with where it comes from. Achievable fractions (η) are hardware knowledge and
 * stand in core/knowledge/hardware/achievable.ts. Nothing here was fitted to a recording.
 */
import { GAP_PERIODS } from '../readings/index.ts';

/**
 * Amdahl: doubling the speed of a resource that is needed for a share s of the time gains at most 1/(1 − s/2).
 * 0.50 → 1.33 ×: dominant, the least that makes a resource the label. 0.33 → 1.20 ×: contributing;
 * below that doubling the resource gains less than a fifth, and it is no bottleneck.
 */
export const DOMINANT = 0.5;
export const CONTRIBUTING = 0.33;

/** η is known to about ± 10 %; two shares, one 10 % too high and the other 10 % too low, differ by 1.1/0.9 = 1.22: within 1.25 they are a tie. */
export const TIE = 1.25;

/** Saturated (§7.1): no share is more than all of the time, so none beats this one by more than the tie factor. */
export const SATURATED = 1 / TIE;

/** How far an η may be off: a label that changes when one η moves by this much is graded at most FLIP_CAP. */
export const ETA_ERROR = 0.1;
/** Half: such a verdict is as likely wrong as right. */
export const FLIP_CAP = 0.5;

/**
 * More than everything (§7.8.2): a counter or a link's rate past its raw peak (a twentieth for the clocks of counter and time
 * stamp), a modelled share that passes the raw peak (1 ÷ 0.83) refute themselves. What lies between the achievable and the peak is
 * possible: an H100 copying within its memory reads 0.88 to 0.97 on DRAM, and that is all of it.
 */
export const BEYOND_COUNTER = 1.05;
export const BEYOND_LINK = 1.05;
export const BEYOND_MODEL = 1.2;

/** The runner-up is named as `second` from here: a smaller share is within the error of η and cannot be told from none. */
export const WORTH_NAMING = 0.1;

/** Below a twentieth of the time a resource is not in use: sampling noise and housekeeping of an idle card stay under it. */
export const INACTIVE = 0.05;

/** What polling itself and a display show on a card that nobody uses: two steps of utilization.gpu. */
export const HOUSEKEEPING = 0.02;

/** A GPU is empty of explanation by its own work above this share of empty time: "leaning" is said only below it. 0.2 empty costs at most 1/(1 − 0.2) = 1.25 ×, a tie with nothing. */
export const LEAN_EMPTY = 0.2;

/** A resource that accounts for half of what is to be explained explains it: no other can account for more. */
export const EXPLAINS = 0.5;

/** Samples below which a window says nothing: two, since g crossing INACTIVE for two samples is already an edge. */
export const MIN_SAMPLES = 2;
/** Demand seen in fewer samples than this, in a window otherwise without demand, may be the skew of two clocks (2 s at 1 Hz). */
export const MIN_DEMAND_SAMPLES = 3;
/**
 * A gauge is a moment (§7.8.5): requests seen running at two looks further apart than this prove nothing of the time between
 * (an engine is asked every 1–2 s), unless others wait, each lasts from one look to the next, or so many run that there is always
 * one (chance would leave e⁻³ = 5 % of the time without) and kernels do not stop either.
 */
export const GLANCE_SECONDS = 2.5;
export const ALWAYS_SOME = 3;
/** Standard errors that a survey of looks may be off: two, exceeded by chance once in forty one way. */
export const LOOK_ERRORS = 2;
/** Samples after which a request that is seen running may have begun: its first tokens are spread over the interval before. */
export const REQUEST_AHEAD = 3;
/** Bins in which an engine that missed a scrape is taken to go on as before. */
export const DEMAND_CARRIED = 10;

/** Counter and model of one share further apart than this are reported as disagreeing (the counter ± 10 % against η ± 10 %). */
export const DISAGREE = 1.25;
/** Cap of the grade where counter and model disagree. */
export const DISAGREE_CAP = 0.6;

/**
 * Ceilings of the evidence grade (§7.4): how sure a perfect, complete observation of that tier can make us. Inferred (§9.6), not
 * calibrated: A with DCGM agreeing, A or B alone, C; what nvidia-smi and /proc do see (idle, host, thermal) as B.
 */
export const CEILINGS = { agreeing: 0.95, single: 0.85, none: 0.6, seenDirectly: 0.85 } as const;

/** Margin (§7.4.3): half at a rule’s edge, whole from a quarter past it. */
export const MARGIN = { edge: 0.5, slope: 2 } as const;

/**
 * Power as a witness (§7.8.3): half of the way from rest to the limit is work by some pipe; spinning kernels stay under it. Where
 * the card was never seen at rest, a fifth of its limit is taken: above what A100, H100, V100, A40 and T4 draw there.
 */
export const LOW_POWER = 0.5;
export const IDLE_POWER = 0.2;

/**
 * Power against rest: the share of the time that it proves, which is twice what rest allows (INACTIVE), since power is known to
 * ± 5 % of some hundred watts. Where a type’s rest was not measured, two fifths of its limit: what a T4 draws with a context open
 * and nothing running, the most of the known ones.
 */
export const POWER_AT_WORK = { share: 2 * INACTIVE, restFraction: 0.4 } as const;
/** The slowest line between a host and a GPU of a data centre: PCIe 3.0 × 16, bytes/s of one direction. */
export const SLOWEST_LINE = 15.75e9;

/**
 * A clock at rest is 0.15 to 0.19 of the highest (A100 210 MHz of 1410, H100 345 of 1980, T4 300 of 1590); work raises it within a sample.
 * A CUDA context alone takes some hundred megabytes: who has less holds none.
 */
export const REST_CLOCK = 0.2;
export const CONTEXT_MEMORY = 100e6;

/** Links: a receive rate over three times the transmit rate is one-way traffic (reading), under three either way is an exchange (collectives). */
export const ONE_WAY = 3;
/** At tier C nothing says how busy the GPU's own resources are, so only a nearly full line makes a network verdict: share of the raw line rate. */
export const FULL_LINE = 0.8;
/** Saturated (§7.1): four fifths of the cores that the job has, while its GPU is empty. */
export const ALL_CORES = 0.8;
/** Two cores in I/O wait: one may be any process's single read; §7.2.2. */
export const IOWAIT_CORES = 2;
/** A process blocked on I/O all the time, on average. */
export const BLOCKED_PROCESSES = 1;
/** Congestion rule: collectives spin in kernels, so the GPU looks busy while tensor and DRAM shares stay under CONTRIBUTING. */
export const SPIN_BUSY = 0.8;

/** A KV cache at 95 % holds no further sequence of ordinary length; in a third of samples, since the mean of a cache that fills and drains misses it. */
export const KV_FULL = 0.95;
export const KV_FULL_FRACTION = 1 / 3;
/** Running requests within this of the engine's maximum stand at it: a gauge is a moment, between the end of one and the start of the next. */
export const PLATEAU = 0.1;
/** Preemptions while requests wait, without a cache gauge (§7.8.6). */
export const UNSEEN_CACHE_CAP = 0.6;
/**
 * A log that says "out of memory" within ten minutes of a phase's beginning says what limited it: room. Later, the time was
 * spent on what the phase's verdict names, and the failure is a finding. Ten minutes as for the idle finding: a judgement, no
 * measurement. The message is printed after the allocation failed; a sampler's last row may be half a minute before it.
 */
export const OUT_OF_MEMORY = { soon: 600, slack: 30 } as const;
/** Device memory this full, with offload traffic, is capacity at tier B. */
export const MEMORY_FULL = 0.95;

/** A step of device memory that means allocation or release of a model or cache, not of an activation buffer: 1 GB. */
export const MEMORY_STEP = 1e9;
/** Times the usual difference between neighbours that a step must be: allocations are exact, so usually that is 0. */
export const CLEAR_STEP = 4;
/** Standard deviations that a rise of device memory must stand out from the noise at its ends. */
export const CLEAR_RISE = 3;
/** Memory that a context of a process with a model takes at least; below it and never busy, a GPU is not the engine's. */
export const IN_USE_MEMORY = 2e9;

/** No progress: kernels resident for nearly all the time, at least five minutes long. */
export const HUNG_BUSY = 0.9;
export const HUNG_SECONDS = 300;

/** Idle this long on an allocated GPU is a finding, and only then counts in the job's verdict against its work. */
export const IDLE_FINDING_SECONDS = 600;
/** Looks at a GPU before its rest counts: two dumps of one machine, days apart, say nothing of the time between. */
export const IDLE_SAMPLES = 5;

/** Activity from the engine's time split: four fifths of the GPU's time in one kind make it that kind. */
export const ONE_ACTIVITY = 0.8;
/** Fewer requests than this say little of the mean length: the error of a mean of ten is a third of the spread. */
export const FEW_REQUESTS = 10;
/** Without an engine: a pass over the weights serves at most this many tokens. Training and prefill move hundreds. */
export const DECODE_TOKENS = 32;
/** Tensor share under which T_eff means nothing when another pipe is busy. */
export const TENSOR_NONE = 0.02;
/**
 * Cap of an activity that rests on counters alone, on a process's name, on bursts of traffic, on memory that rises, and on
 * requests of which the share of prefill is not known.
 */
export const ACTIVITY_CAPS = { counters: 0.6, processName: 0.4, bursts: 0.5, loading: 0.7, requests: 0.5 } as const;
/**
 * Bursts that repeat with the steps of a training job: four samples a period (§7.3.3; fewer are aliased), and 100 MB/s on average,
 * a hundredth of the slowest link that connects nodes: less is housekeeping.
 */
export const BURSTS = { samples: 4, traffic: 1e8 } as const;

/** FP32 work without tensor cores (§7.2.6): their share is under this while the FP32 pipe's is dominant. */
export const NO_TENSOR = INACTIVE;

/** Modifiers. A power cap a third of the time costs what a contributing resource costs; clocks 20 % down are "reduced". */
export const CAPPED_FRACTION = CONTRIBUTING;
export const REDUCED_CLOCK = 0.2;
/** Thermal and brake: 1 % of the busy time is never ordinary; sampled flags need two samples as well. */
export const THERMAL_FRACTION = 0.01;
export const THERMAL_SAMPLES = 2;

/** nvidia-smi alone (§7.5). */
export const TIER_C = {
  /** Busy samples: 80, not 95, which picks the hottest moments. */
  busy: 0.8,
  samples: 10,
  /** Mean utilization.memory of the busy samples that is consistent with a memory bound. */
  memory: 0.8,
  /**
   * The same where the scale is calibrated: GEMMs at the ridge would read 0.73. Only with two thirds of the busy samples at `near` or
   * more. Set on the recordings that the scale comes from, tested on no others (§7.5).
   */
  memoryCalibrated: 0.75,
  near: 0.65,
  mostlyNear: 2 / 3,
  /** Two kinds of work alternate where each has this part of the busy samples: near the limit, and far from it (under `notMemory`). */
  eachKind: 1 / 4,
  /** Below it memory is not the limit, where the scale is calibrated. */
  notMemory: CONTRIBUTING,
  /** Below it, on other types, a remark. */
  low: 0.3,
  capUncalibrated: 0.5,
  capCalibrated: 0.6,
  /** Power at this part of the reported limit is worth a note. */
  power: 0.85,
  lowPower: 0.5,
  /** Two GPUs of one LLM job are ordered by power above idle per memory traffic when this far apart, both with some traffic. */
  orderFactor: 3,
  orderMemory: 0.05,
} as const;

/**
 * GPUs take turns (§7.2.7): each busy 5–70 % of the time in which any works, together at most 115 % of one (100 % and the sampler's
 * error), also in nine samples of ten: GPUs that work independently of each other now and then work at once. Taking turns,
 * somebody works nearly all the time; where the program is known to split by layers half of it will do: its host may be slow.
 */
export const TURNS = { least: 0.05, most: 0.7, together: 1.15, samples: 0.9, leastTogether: 0.8, leastKnown: 0.5 } as const;

/** Several GPUs: more than half of the working ones make a verdict of the job. */
export const MAJORITY = 0.5;
export const MIXED_CAP = 0.5;
/** The busiest GPU of a node this far above the mean of all of them is a straggler’s sign (§7.6.6), as shares of time. */
export const IMBALANCE = 0.2;
/** Leaning is text; the grade says so. */
export const LEAN_CAP = 0.5;

/** Phases (§7.6). An edge stays when a share moves by a tenth (the error of η), or the verdict changes. */
export const SHARE_MOVE = 0.1;
/** Slowed down in this part of its busy time a stretch is one of its own, if it lasts so long, seconds: a shorter slow-down is a finding. */
export const MOSTLY_SLOWED = 0.5;
export const SLOWED_SECONDS = 60;
/** The shortest segment that statistics may find: ten samples, thirty seconds. */
export const MIN_SEGMENT_SAMPLES = 10;
export const MIN_SEGMENT_SECONDS = 30;
/** Below this a difference of shares is no change of phase; an integer-quantised series has a deviation of 0. */
export const NOISE_FLOOR = 0.02;
/** A pattern repeats where its autocorrelation comes back to `peak` after having fallen under `dip`; a period is believed after four repetitions. */
export const PATTERN = { peak: 0.5, dip: 0.25, repetitions: 4 } as const;
/** Edges of different GPUs this many bins apart are one edge of the job: they are not sampled at one instant. */
export const SAME_EDGE = 2;
/** What is drawn as a gap is not bridged either, with some jitter allowed on top. */
export const BRIDGED_PERIODS = GAP_PERIODS;
export const BRIDGED_SLACK = 1.2;
