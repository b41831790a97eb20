// Faults that would hurt a user, one each, for scripts/mutate.ts. Paths are relative to the root; what is found must stand exactly
// once in its file. A fault that no test can notice says why in `survives`.

export type Area = 'judging' | 'telling' | 'series store' | 'ingest' | 'collectors';

export interface Mutation {
  readonly find: string;
  readonly replace: string;
  /** What somebody would see. */
  readonly harm: string;
  /** Why no test can notice it. */
  readonly survives?: string;
}

export interface MutatedFile {
  readonly area: Area;
  readonly file: string;
  /** Files or folders of tests of which one should fail. */
  readonly tests: readonly string[];
  readonly mutations: readonly Mutation[];
}

const BOTTLENECKS = 'tests/core/judging/bottlenecks.test.ts';
const LABEL = 'tests/core/judging/label.test.ts';
const CAPACITY = 'tests/core/judging/capacity.test.ts';
const MODIFIERS = 'tests/core/judging/modifiers.test.ts';
const GRADE = 'tests/core/judging/grade.test.ts';
const TIER_C = 'tests/core/judging/tier-c.test.ts';
const ACTIVITY = 'tests/core/judging/activity.test.ts';
const ANALYSE = 'tests/core/analyse/analyse.test.ts';
const TRACKER = 'tests/core/analyse/tracker.test.ts';
const SEGMENTS = 'tests/core/judging/segments.test.ts';
const WORK = 'tests/core/judging/work.test.ts';
const WORKLOAD = 'tests/core/judging/workload';
const VERDICTS = [BOTTLENECKS, LABEL, CAPACITY, MODIFIERS, GRADE, TIER_C, ACTIVITY, WORK, ANALYSE];
const PHASES = [SEGMENTS, ANALYSE, WORK, TRACKER];
const TURNS = 'tests/core/judging/turns.test.ts';
const SPINNING = 'tests/core/judging/spinning.test.ts';
const RESTS = 'tests/core/judging/rests.test.ts';
const FINDINGS = 'tests/core/telling/findings';
const UNEVEN = `${FINDINGS}/uneven.test.ts`;
const ADVICE = ['advised', 'evidence', 'memory', 'others', 'whole'].map((name) => `tests/core/telling/advice/${name}.test.ts`);
const ROOFLINE = 'tests/core/telling/roofline';
const PROGRESS = 'tests/core/telling/progress';
const CODEC = 'tests/server/store/series/codec.test.ts';
const BUCKETS = 'tests/core/readings/buckets.test.ts';
const COLUMNS = 'tests/server/store/series/columns.test.ts';
const SERIES = 'tests/server/store/series/series.test.ts';
const STATE = 'tests/server/store/series/state.test.ts';
const INGEST = 'tests/server/ingest';

export const MUTATIONS: readonly MutatedFile[] = [
  {
    area: 'telling',
    file: 'core/telling/beside.ts',
    tests: ['tests/core/telling/beside.test.ts'],
    mutations: [
      { find: 'if (value >= most)', replace: 'if (value > most)', harm: 'a profile at the threshold says nothing' },
      { find: 'LEAST_KERNELS = 5', replace: 'LEAST_KERNELS = 4', harm: 'a profile of four kernels speaks for a run' },
      { find: 'LEAST_SPAN = 0.5', replace: 'LEAST_SPAN = 0.4', harm: 'a moment of a profile speaks against a verdict' },
      { find: "measured && verdict === 'unknown'", replace: "verdict === 'unknown'", harm: 'wiring alone points to the network' },
    ],
  },
  {
    area: 'collectors',
    file: 'collectors/results/nsight/timeline.ts',
    tests: ['tests/collectors/results/nsight.test.ts'],
    mutations: [
      { find: 'known.until = Math.max(known.until, end);', replace: 'known.until = end;', harm: 'work on two streams opens gaps that were none' },
      { find: 'start - known.until >= SHORTEST', replace: 'start - known.until > SHORTEST', harm: 'a gap of just 100 µs is left out' },
    ],
  },
  {
    area: 'collectors',
    file: 'collectors/run/assemble.ts',
    tests: ['tests/collectors/run/statements.test.ts'],
    mutations: [
      {
        find: 'statements === undefined || readings !== 0 ? tables',
        replace: 'readings !== -1 ? tables',
        harm: 'a topology of the node makes all its GPUs the job’s',
      },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/thresholds.ts',
    tests: [...VERDICTS, SEGMENTS, TURNS, TRACKER, SPINNING, RESTS, UNEVEN, `${FINDINGS}/stuck.test.ts`, `${FINDINGS}/idle.test.ts`],
    mutations: [
      { find: 'DISAGREE_CAP = 0.6', replace: 'DISAGREE_CAP = 0.85', harm: 'a verdict against which the engine speaks is graded as sure' },
      { find: 'IN_USE_MEMORY = 2e9', replace: 'IN_USE_MEMORY = 20e9', harm: 'a GPU that holds a small model is nobody’s' },
      { find: 'TENSOR_NONE = 0.02', replace: 'TENSOR_NONE = 0.2', harm: 'a trainer with little tensor work has no activity' },
      { find: 'counters: 0.6, processName', replace: 'counters: 0.9, processName', harm: 'an activity guessed from counters is graded as seen' },
      { find: 'LEAN_CAP = 0.5', replace: 'LEAN_CAP = 0.9', harm: 'a lean is graded as a verdict' },
      { find: 'MIN_SEGMENT_SECONDS = 30', replace: 'MIN_SEGMENT_SECONDS = 3', harm: 'a second sampled ten times is a phase' },
      { find: 'notMemory: CONTRIBUTING', replace: 'notMemory: 0.1', harm: 'memory stays possible on a card that shows it is not' },
      { find: 'IDLE_SAMPLES = 5', replace: 'IDLE_SAMPLES = 2', harm: 'two looks days apart make an idle GPU' },
      { find: 'DOMINANT = 0.5', replace: 'DOMINANT = 0.45', harm: 'a resource is named that is not needed for half of the time' },
      { find: 'CONTRIBUTING = 0.33', replace: 'CONTRIBUTING = 0.4', harm: 'a third of the time lost to the host is no longer said' },
      { find: 'TIE = 1.25', replace: 'TIE = 1.1', harm: 'two shares within the error of η are told apart' },
      { find: 'ETA_ERROR = 0.1', replace: 'ETA_ERROR = 0.02', harm: 'a verdict at an edge is graded as sure' },
      { find: 'FLIP_CAP = 0.5', replace: 'FLIP_CAP = 0.8', harm: 'a verdict as likely wrong as right is graded 0.8' },
      { find: 'WORTH_NAMING = 0.1', replace: 'WORTH_NAMING = 0.3', harm: 'the runner-up is not named' },
      { find: 'INACTIVE = 0.05', replace: 'INACTIVE = 0.08', harm: 'a GPU that works a little is called idle' },
      { find: 'LEAN_EMPTY = 0.2', replace: 'LEAN_EMPTY = 0.35', harm: 'a GPU with a third of its time empty is said to lean to memory' },
      { find: 'MIN_SAMPLES = 2', replace: 'MIN_SAMPLES = 1', harm: 'one sample makes a verdict' },
      { find: 'MIN_DEMAND_SAMPLES = 3', replace: 'MIN_DEMAND_SAMPLES = 1', harm: 'the skew of two clocks at the end of a request makes a phase' },
      { find: 'DISAGREE = 1.25', replace: 'DISAGREE = 2', harm: 'a wrong model is not noticed beside the counter' },
      { find: 'none: 0.6', replace: 'none: 0.85', harm: 'nvidia-smi alone is believed like DCGM' },
      { find: 'ONE_WAY = 3', replace: 'ONE_WAY = 2', harm: 'an exchange between nodes is taken for reading' },
      { find: 'FULL_LINE = 0.8', replace: 'FULL_LINE = 0.6', harm: 'a line with room makes a network verdict' },
      { find: 'IOWAIT_CORES = 2', replace: 'IOWAIT_CORES = 1', harm: 'one process’s read is called storage-bound' },
      { find: 'BLOCKED_PROCESSES = 1', replace: 'BLOCKED_PROCESSES = 3', harm: 'a loader blocked on its files is no evidence' },
      { find: 'SPIN_BUSY = 0.8', replace: 'SPIN_BUSY = 0.3', harm: 'a GPU that rests is said to spin on a congested network' },
      { find: 'KV_FULL = 0.95', replace: 'KV_FULL = 0.9', harm: 'a cache with room is called full' },
      { find: 'KV_FULL_FRACTION = 1 / 3', replace: 'KV_FULL_FRACTION = 1 / 4', harm: 'a cache that is seldom full is called full' },
      { find: 'MEMORY_FULL = 0.95', replace: 'MEMORY_FULL = 0.99', harm: 'offloading is not told as lack of room' },
      { find: 'MEMORY_STEP = 1e9', replace: 'MEMORY_STEP = 4e9', harm: 'loading a small model is told as idle time' },
      { find: 'HUNG_BUSY = 0.9', replace: 'HUNG_BUSY = 0.6', harm: 'a slow job is called hung' },
      { find: 'HUNG_SECONDS = 300', replace: 'HUNG_SECONDS = 30', harm: 'a pause is called hung' },
      { find: 'IDLE_FINDING_SECONDS = 600', replace: 'IDLE_FINDING_SECONDS = 300', harm: 'five minutes of rest are an alarm' },
      { find: 'ONE_ACTIVITY = 0.8', replace: 'ONE_ACTIVITY = 0.6', harm: 'a server that reads and writes is called decode' },
      { find: 'DECODE_TOKENS = 32', replace: 'DECODE_TOKENS = 64', harm: 'training is called decode' },
      { find: 'CAPPED_FRACTION = CONTRIBUTING', replace: 'CAPPED_FRACTION = 0.5', harm: 'a power cap is not said' },
      { find: 'REDUCED_CLOCK = 0.2', replace: 'REDUCED_CLOCK = 0.1', harm: 'ordinary clocks are called reduced' },
      { find: 'THERMAL_SAMPLES = 2', replace: 'THERMAL_SAMPLES = 1', harm: 'one flag is a cooling fault' },
      { find: 'samples: 10,', replace: 'samples: 5,', harm: 'five busy samples make a memory verdict' },
      { find: 'orderFactor: 3', replace: 'orderFactor: 2', harm: 'two alike GPUs are ordered' },
      { find: 'together: 1.15', replace: 'together: 1.4', harm: 'GPUs that work at once are said to take turns' },
      { find: 'IMBALANCE = 0.2', replace: 'IMBALANCE = 0.3', harm: 'a rank that does most of the work is not told' },
      { find: 'MAJORITY = 0.5', replace: 'MAJORITY = 0.8', harm: 'three of four GPUs no longer decide' },
      { find: 'SHARE_MOVE = 0.1', replace: 'SHARE_MOVE = 0.2', harm: 'a change of load is not drawn as a phase' },
      { find: 'MIN_SEGMENT_SAMPLES = 10', replace: 'MIN_SEGMENT_SAMPLES = 40', harm: 'a phase of twenty samples is lost in its neighbour' },
      { find: 'CLEAR_RISE = 3', replace: 'CLEAR_RISE = 6', harm: 'a load with a noisy memory is told as idle time' },
      { find: 'PLATEAU = 0.1', replace: 'PLATEAU = 0.8', harm: 'a changing load is called a plateau' },
      { find: 'FEW_REQUESTS = 10', replace: 'FEW_REQUESTS = 1', harm: 'one finished request sets the mean length' },
      { find: 'REQUEST_AHEAD = 3', replace: 'REQUEST_AHEAD = 1', harm: 'the rest before a request is shortened by a slow scrape' },
      { find: 'DEMAND_CARRIED = 10', replace: 'DEMAND_CARRIED = 1', harm: 'an engine that missed two scrapes loses its demand' },
      { find: 'BRIDGED_SLACK = 1.2', replace: 'BRIDGED_SLACK = 1.6', harm: 'a fourth missing sample is made up' },
      { find: 'SAME_EDGE = 2', replace: 'SAME_EDGE = 0', harm: 'GPUs sampled a second apart make two phases of one edge' },
      { find: 'samples: 0.9,', replace: 'samples: 0.5,', harm: 'independent GPUs are said to take turns' },
      { find: 'leastTogether: 0.8', replace: 'leastTogether: 0.3', harm: 'two hardly used GPUs are said to take turns' },
      { find: 'BRIDGED_PERIODS = GAP_PERIODS', replace: 'BRIDGED_PERIODS = 10', harm: 'readings are made up over an outage' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/shares.ts',
    tests: VERDICTS,
    mutations: [
      { find: ' && !(tokens > 0)', replace: '', harm: 'a server whose cache grows is said to load' },
      { find: "memUtil') - scale.offset)", replace: "memUtil') - 10 * scale.offset)", harm: 'the memory share of an H100 is a tenth too low' },
      { find: 'const rate = largest(receive, transmit)', replace: 'const rate = receive + transmit', harm: 'a duplex link counts twice' },
      { find: '!(shares.ethernet > shares.ib)', replace: 'true', harm: 'a busy Ethernet beside a resting InfiniBand is not seen' },
      { find: '(known(tensor) || !(computeModel > pipes))', replace: '!(computeModel > pipes)', harm: 'the model is believed before the counter' },
      { find: '(known(tensor) || !(computeModel > pipes))', replace: 'true', harm: 'a pipe that rests hides the work of one that nobody looked at' },
      { find: "waiting('host.iowait') * cores", replace: "waiting('host.iowait')", harm: 'two cores in I/O wait of 16 are not seen' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/decide.ts',
    tests: VERDICTS,
    mutations: [
      { find: ' || (window.disk >= CONTRIBUTING && window.ioPressure)', replace: '', harm: 'a GPU that waits for its disk is called idle' },
      { find: '(window.busy < least ||', replace: '(window.busy <= least ||', harm: 'a GPU busy for a twentieth is called idle' },
      { find: 'window.demand === true || isLoading(window)', replace: 'isLoading(window)', harm: 'requests on an empty GPU are called idle' },
      { find: 'window.demand === true || isLoading(window)', replace: 'window.demand === true', harm: 'loading is called idle' },
      {
        find: '[window.pcie, window.nvlink].some',
        replace: '[window.nvlink].some',
        harm: 'a GPU that is being filled over PCIe is called idle',
      },
      {
        find: 'ratios: window.busy > 0 && window.demand !== false ? [INACTIVE / window.busy] : [],',
        replace: 'ratios: [],',
        harm: 'nearly busy is graded as surely idle',
      },
      {
        find: '|| window.line >= FULL_LINE;',
        replace: '|| true;',
        harm: 'a half-full line decides against a GPU of which nothing is known',
      },
      { find: '&& !(window.nic >= DOMINANT)', replace: '', harm: 'a plainly full NIC is graded as an inference' },
      { find: 'window.congested && quiet', replace: 'window.congested', harm: 'a computing GPU is said to wait for the network' },
      { find: 'window.nic >= INACTIVE && window.receive', replace: 'window.receive', harm: 'a waiting port without traffic is the bottleneck' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/label.ts',
    tests: [LABEL, BOTTLENECKS],
    mutations: [
      { find: 'linkShare >= TIE * own', replace: 'linkShare > TIE * own', harm: 'a link at its threshold is a tie' },
      { find: 'label.s2 >= CONTRIBUTING && empty', replace: 'empty', harm: 'empty time is a tie with a share that is no bottleneck' },
      { find: 'return s1 < TIE * label.s2 ?', replace: 'return s1 <= TIE * label.s2 ?', harm: 'a clear winner is called balanced' },
      { find: " || (name === 'disk' && !facts.diskCounts)", replace: '', harm: 'a busy disk that nobody waits for is the bottleneck' },
      {
        find: '!(facts.busy >= DOMINANT) || !facts.complete',
        replace: '!(facts.busy >= DOMINANT)',
        harm: 'overhead is claimed though a pipe was not measured',
      },
      { find: 'if (s1 < TIE * empty)', replace: 'if (s1 < empty)', harm: 'waiting is named though the GPU works as much' },
      { find: 'shares[busiest] > TIE * shares[runnerUp]', replace: 'shares[busiest] > shares[runnerUp]', harm: 'a lean between equals' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/by-label.ts',
    tests: [...VERDICTS, 'tests/core/analyse/scoreboard.test.ts'],
    mutations: [
      { find: 'const explained = counter > model &&', replace: 'const explained = counter < model &&', harm: 'a model that claims too much is believed' },
      { find: 'window.empty < window.busy;', replace: 'false;', harm: 'the host is blamed for the smaller part of the time' },
      {
        find: 'const rival = waits && !facts.complete ? Math.max(label.s2, window.busy) : label.s2;',
        replace: 'const rival = label.s2;',
        harm: 'waiting is graded as if the busy time had no cause',
      },
      { find: 'label.s2 >= WORTH_NAMING ? next : null', replace: 'label.s2 >= 0 ? next : null', harm: 'noise is named as the next limit' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/capacity.ts',
    tests: [CAPACITY, BOTTLENECKS, TIER_C],
    mutations: [
      { find: 'queued >= KV_FULL_FRACTION', replace: 'full >= KV_FULL_FRACTION', harm: 'a full cache that nobody waits for is lack of room' },
      { find: '(1 - PLATEAU) * maximum', replace: '2 * maximum', harm: 'a server at its own limit is told to find room' },
      { find: 'queued >= KV_FULL_FRACTION', replace: 'queued >= 0.9', harm: 'a cache that is full in half of the samples is not told' },
      { find: 'if (unseen && preemptions > 0)', replace: 'if (unseen)', harm: 'a queue without a cache gauge is lack of room' },
      { find: '!subject.serving && used', replace: 'used', harm: 'a server that fills its card at the start lacks room' },
      { find: '&& pcie >= CONTRIBUTING) {', replace: ') {', harm: 'a full card without traffic lacks room' },
      {
        find: 'Math.min(phase.to + OUT_OF_MEMORY.slack, phase.from + OUT_OF_MEMORY.soon)',
        replace: 'phase.from + OUT_OF_MEMORY.soon',
        harm: 'a failure blames a phase that was over',
      },
      { find: "event.entity.kind !== 'gpu' || event.entity.id === gpu", replace: 'true', harm: 'one GPU’s failure is told of all' },
      { find: 'at >= phase.from && ', replace: '', harm: 'a failure blames the phase after it' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/cause.ts',
    tests: VERDICTS,
    mutations: [
      { find: 'files >= EXPLAINS * receive', replace: 'files >= 0.05 * receive', harm: 'a little file reading makes all traffic storage' },
      { find: '(window.ioPressure || explained)', replace: 'explained', harm: 'reading with I/O pressure cannot be told from network' },
      { find: 'read * window.seconds >= EXPLAINS * window.memoryRise', replace: 'read * window.seconds >= 0', harm: 'any read explains a load' },
      { find: 'own > 0 && own >= EXPLAINS * node', replace: 'own > 0', harm: 'a shared node’s traffic is a job’s that reads a little' },
      { find: 'ownCores >= ALL_CORES * cores', replace: 'ownCores >= cores', harm: 'loaders at 99 % of the cores are not seen' },
      { find: 'if (!shared && nodeCores', replace: 'if (nodeCores', harm: 'the neighbours’ CPU is blamed on the job' },
      { find: 'if (remote >= CONTRIBUTING)', replace: 'if (remote >= 0)', harm: 'a remote cache is blamed for everything' },
      { find: 'transmit > ONE_WAY * receive && known(writes)', replace: 'known(writes)', harm: 'an exchange beside a checkpoint is called storage' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/cross-checks.ts',
    tests: ['tests/core/judging/cross-checks.test.ts'],
    mutations: [
      {
        find: 'subject.engineElsewhere !== null && !(busy >= INACTIVE)',
        replace: 'subject.engineElsewhere !== null && busy < 0',
        harm: 'a job that produces tokens is told to end',
      },
      { find: 'tally.paused >= CONTRIBUTING * samples', replace: 'tally.paused >= 2 * samples', harm: 'paused profiling is not told' },
      { find: 'rest + LOW_POWER * (limit - rest)', replace: 'limit', harm: 'FP64 work that nobody measured is a hang' },
      { find: '&& !links;', replace: ';', harm: 'collectives over NVLink are a pipe that was not collected' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/at-rest.ts',
    tests: ['tests/core/analyse/h100.test.ts', 'tests/core/judging/at-rest.test.ts'],
    mutations: [
      { find: 'workByPower(window) >= POWER_AT_WORK.share', replace: 'workByPower(window) >= 2', harm: 'a job whose steps fall between the looks is idle' },
      { find: "mean(stats, 'gpu.util') >= INACTIVE ||", replace: '', harm: 'a GPU that nvidia-smi sees busy is idle by another counter' },
      { find: '|| copiesUnknown(window)', replace: '', harm: 'weights that stream over a line of unknown speed are idle' },
      { find: 'tally.touched >= DOMINANT * tally.busyCount', replace: 'false', harm: 'a slow host that feeds a little all the time is surely idle' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/believed.ts',
    tests: ['tests/core/judging/believed.test.ts'],
    mutations: [
      { find: '!(read > BEYOND_COUNTER)', replace: 'read >= 0', harm: 'a counter of 111 % is told as 100 %' },
      { find: '!(most > BEYOND_MODEL)', replace: 'most >= 0', harm: 'bandwidth of more than the card has is told' },
      { find: '!(line > BEYOND_LINK)', replace: 'line >= 0', harm: 'a rate over the line is told' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/subjects.ts',
    tests: ['tests/core/judging/several-engines.test.ts', 'tests/core/judging/demand.test.ts'],
    mutations: [
      { find: 'silent.length > gpus() || models.size > 1', replace: 'false', harm: 'engines of which nobody knows the GPUs are modelled on all of them' },
      { find: 'longest > GLANCE_SECONDS ? longest : null', replace: 'null', harm: 'a user who thinks is a slow host' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/evidence.ts',
    tests: [GRADE],
    mutations: [
      { find: 'MARGIN.slope * (ratio - 1)', replace: '2 * MARGIN.slope * (ratio - 1)', harm: 'grades near an edge are too sure' },
      { find: 'Math.min(low, cap.value)', replace: 'Math.max(low, cap.value)', harm: 'caps do not hold' },
      { find: 'ceiling * Math.min(1, coverage) * margin', replace: 'ceiling * margin', harm: 'a counter that was there a tenth of the time is believed' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/tally.ts',
    tests: [...VERDICTS, TRACKER],
    mutations: [
      { find: 'used >= KV_FULL) {', replace: 'used > KV_FULL) {', harm: 'a cache at its threshold does not count' },
      { find: '>= TIER_C.busy && bins.demand[i] !== 0', replace: '>= TIER_C.busy', harm: 'samples without a request count as busy' },
      { find: 'Number.isNaN(a.memoryFirst) ? b.memoryFirst : a.memoryFirst', replace: 'b.memoryFirst', harm: 'a load over several segments is not seen' },
      { find: 'soFar: b.soFar', replace: 'soFar: a.soFar', harm: 'request lengths of a long phase are those of its start' },
      { find: "  'hotPower',\n", replace: '', harm: 'the power of a long phase is that of its start' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/work.ts',
    tests: [...VERDICTS, ROOFLINE],
    mutations: [
      { find: 'Math.max(0, generated - requests)', replace: 'generated', harm: 'the first token of a request is counted twice' },
      { find: 'all * (1 - Math.min(1, Math.max(0, ratio)))', replace: 'all', harm: 'prompts from the cache count as computed' },
      { find: 'Math.min(1, smClock / ceilings.boostClock)', replace: '1', harm: 'a slowed card seems to have room' },
      {
        find: '(work.tensorParallel * work.pipelineParallel * work.replicas);',
        replace: '(work.tensorParallel * work.pipelineParallel);',
        harm: 'replicas’ work is counted on every GPU',
      },
      { find: 'lengths.prompt + lengths.output / 2', replace: 'lengths.prompt + lengths.output', harm: 'caches seem larger than they are' },
      { find: '(tokens * perToken) / gpus', replace: 'tokens * perToken', harm: 'a trainer’s work is counted on every GPU' },
      { find: 'usage * size, from', replace: 'size, from', harm: 'an empty cache is read in full at every step' },
      { find: 'lora: worker.fineTuning', replace: 'lora: false', harm: 'LoRA seems to compute half as much again' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/verdict.ts',
    tests: VERDICTS,
    mutations: [
      { find: 'Math.max(decision.next, 1 - decision.share)', replace: '1 - decision.share', harm: 'the gain promised ignores the next limit' },
      { find: 'return Math.max(1, 1 / share);', replace: 'return 1 / share;', harm: 'a headroom under 1' },
      {
        find: "const part = decision.bottleneck === 'idle' ? 1 : 1 - idleFraction;",
        replace: 'const part = 1;',
        harm: 'the time tree adds up to more than the time',
      },
      { find: 'Math.max(0, busy - sum - ', replace: '(busy - sum - ', harm: 'less than nothing is unexplained' },
      {
        find: 'const largest = best === null ? 0 : Math.min(busy, window[best]);',
        replace: 'const largest = best === null ? 0 : window[best];',
        harm: 'more busy time than there was',
      },
      {
        find: 'known(rate) ? rate : flag(',
        replace: "known(rate) ? Math.max(rate, flag(sight, 'gpu.capPower')) : flag(",
        harm: 'a flag overrules the counter of time',
      },
      { find: 'if (!(window.busy >= INACTIVE)) return fp32;', replace: '', harm: 'a resting card is said to be capped' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/activity.ts',
    tests: [ACTIVITY, BOTTLENECKS, ANALYSE],
    mutations: [
      { find: 'window.empty >= DOMINANT && known(writes)', replace: 'known(writes)', harm: 'a logging trainer is said to save' },
      { find: 'decode > 0 && decode >= ONE_ACTIVITY', replace: 'decode >= ONE_ACTIVITY', harm: 'a server without a token decodes' },
      { find: 'if (isLoading(window) && !(window.busy >= DOMINANT))', replace: 'if (isLoading(window))', harm: 'a working GPU is said to load' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/phases.ts',
    tests: [ACTIVITY, BOTTLENECKS, ...PHASES],
    mutations: [
      { find: 'receive <= TIE * transmit && transmit', replace: 'transmit', harm: 'reading is taken for gradients' },
      { find: '(soon ? half - shortest : half)', replace: 'half', harm: 'an edge moves where a long run is cut into spans' },
      { find: 'to: Math.min(segment.to, to)', replace: 'to: segment.to', harm: 'samples at a span’s end count twice' },
      { find: 'continues = !edge;', replace: 'continues = false;', harm: 'a long steady phase is cut where a span ends' },
      { find: '          soFar = tally.soFar;\n', replace: '', harm: 'requests that finished earlier are forgotten' },
      {
        find: '< SHARE_MOVE)',
        replace: '<= SHARE_MOVE)',
        harm: 'a step of exactly a tenth is not drawn',
        survives: 'the difference of two shares is a tenth to the last binary digit by accident only',
      },
      { find: ' || a.activity !== b.activity', replace: '', harm: 'prefill and decode are one phase' },
      { find: 'a.tally.endBin !== b.tally.firstBin', replace: 'false', harm: 'phases are joined over an outage' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/bins.ts',
    tests: PHASES,
    mutations: [
      { find: '(!soon || (busy[i] ?? Number.NaN) >= DOMINANT)', replace: '!soon', harm: 'short requests on a busy GPU are called idle' },
      { find: "how === 'mean' ? value / count : value", replace: 'value', harm: 'two half-full caches are one that is full' },
      { find: "how === 'max' ? Math.max(value, one) : value + one", replace: 'value + one', harm: 'two threads at half a core are one at its limit' },
      { find: 'value === value ? value : (util[i] ?? Number.NaN)', replace: 'value', harm: 'a GPU whose DCGM stopped is not seen' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/grid.ts',
    tests: PHASES,
    mutations: [
      { find: '    column.sum = 0;\n', replace: '', harm: 'a bin holds the sum of all before it' },
      { find: 'if (bridged) spread(', replace: 'spread(', harm: 'a rate over an outage is spread over all of it' },
      { find: 'Math.max(column.cadence, period)', replace: 'period', harm: 'a slow sampler has gaps between all its samples' },
      { find: 'grid.base = first;', replace: '', harm: 'a long run’s bins are shifted in time' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/edges.ts',
    tests: PHASES,
    mutations: [
      {
        find: "const small = segment.state === 'gap' && segment.to - segment.from < shortest;",
        replace: 'const small = false;',
        harm: 'each missed sample begins a phase',
      },
      { find: 'PATTERN_SEGMENTS = 6', replace: 'PATTERN_SEGMENTS = 60', harm: 'a loader that stalls makes a hundred phases' },
      { find: 'Math.max(MEMORY_STEP, CLEAR_STEP *', replace: 'Math.max(MEMORY_STEP, 0 *', harm: 'a noisy memory makes a phase of each sample' },
      { find: 'segment.to - segment.from >= PATTERN_LONGEST * shortest', replace: 'false', harm: 'hours of rest and hours of work are one phase' },
      { find: 'last.to - last.from < MIN_SAMPLES && segment.state', replace: 'segment.state', harm: 'a job’s first phase is swallowed by the second' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/entity.ts',
    tests: PHASES,
    mutations: [
      { find: ' && value >= before.value', replace: '', harm: 'a restarted engine has a negative rate' },
      { find: '<= last) start += 1', replace: '< last) start += 1', harm: 'a row that is sent twice counts twice' },
      { find: 'if (value > peak) peak = value;', replace: 'peak = value;', harm: 'a GPU that rests at the end is taken for one that its engine never used' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/series.ts',
    tests: [...PHASES, ROOFLINE],
    mutations: [
      { find: 'const shift = series.base - 2 * base;', replace: 'const shift = 0;', harm: 'a long chart is shifted by a row' },
      {
        find: "column.rollup === 'max') column.sum[row] = Math.max(old, sum)",
        replace: "column.rollup === 'max') column.sum[row] = sum",
        harm: 'peaks vanish from a long chart',
      },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/job.ts',
    tests: [ANALYSE],
    mutations: [
      { find: 'part > MAJORITY', replace: 'part >= MAJORITY', harm: 'half of the GPUs speak for all' },
      { find: 'round(verdict.grade * part)', replace: 'round(verdict.grade)', harm: 'three of four are as sure as four' },
      { find: 'time(counted) < WORTH_NAMING * time(phases)', replace: 'false', harm: 'a burst of a second speaks for an idle hour' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/turns.ts',
    tests: [TURNS, UNEVEN],
    mutations: [
      { find: '!abreast &&', replace: '', harm: 'a tensor-parallel group with a slow host is said to take turns' },
      { find: 'at(busy, row) >= INACTIVE', replace: 'at(busy, row) >= 0', harm: 'rest of all GPUs counts as their work' },
      { find: '<= TURNS.together) inTurn', replace: '<= 2 * TURNS.together) inTurn', harm: 'GPUs that work at once are said to take turns' },
      {
        find: 'away[k]?.some((rest) => time >= rest.from && time < rest.to) === true',
        replace: 'false',
        harm: 'a GPU that ended early makes the rest uneven',
      },
      { find: ' && !gpus.every(isExplained)', replace: '', harm: 'GPUs that wait for files are said to take turns' },
      { find: 'Math.min(rows.length * width,', replace: 'Math.min(rows.length,', harm: 'uneven work sampled every 10 s is told after fifty minutes' },
      { find: ' && mean <= TURNS.most', replace: '', harm: 'one GPU that does all of the work is said to take turns' },
      { find: "verdict.evidence.includes('proc'));", replace: 'true);', harm: 'a host that only seems slow hides a layer split' },
      { find: "&& !phase.verdict.evidence.includes('proc')", replace: '', harm: 'a host that was seen at its limit is not blamed' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/subjects.ts',
    tests: [ANALYSE, ACTIVITY],
    mutations: [
      { find: 'gpu.used ? engines.filter', replace: 'gpu.id !== null ? engines.filter', harm: 'an engine’s work is spread over GPUs that it never used' },
      { find: 'unclear ? [] : candidates', replace: 'candidates', harm: 'a trainer’s GPU is judged by a server’s tokens' },
      { find: 'one.entity.node === node);\n    const byGpu', replace: 'true);\n    const byGpu', harm: 'another node’s trainer names this GPU’s work' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/period.ts',
    tests: PHASES,
    mutations: [
      { find: 'JITTER = 0.15', replace: 'JITTER = 0.005', harm: 'a sampler at 1.02 s gets bins of 2 s' },
      { find: 'own > cadence)) cadence = own', replace: 'own < cadence)) cadence = own', harm: 'a grid finer than the samples' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/unmeasured.ts',
    tests: [TIER_C],
    mutations: [
      { find: 'fraction >= TIER_C.power', replace: 'fraction > TIER_C.power', harm: 'power at its threshold is not noted' },
      { find: 'fraction <= TIER_C.lowPower && traffic', replace: 'traffic', harm: 'a card at full power is said to use little energy' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/pelt.ts',
    tests: [SEGMENTS, TRACKER],
    mutations: [
      { find: '2 * d * Math.log(n)', replace: '0.2 * d * Math.log(n)', harm: 'noise makes phases' },
      { find: 'return placed(edges, n, stride, cost);', replace: 'return edges;', harm: 'an edge stands where no change was' },
      { find: 'Math.max(floor, Math.sqrt(', replace: 'Math.max(1e-9, Math.sqrt(', harm: 'a series of whole per cents is cut at each of its steps' },
      { find: 'deviations[deviations.length >> 1]', replace: 'deviations[0]', harm: 'the quietest minute makes phases of all others' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/segments.ts',
    tests: [SEGMENTS, TRACKER],
    mutations: [
      { find: 'Math.max(shortest, 2 * pattern)', replace: 'shortest', harm: 'a loader that stalls every minute makes a phase of each stall' },
      {
        find: 'Math.max(MIN_SEGMENT_SAMPLES, Math.ceil(MIN_SEGMENT_SECONDS / period))',
        replace: 'MIN_SEGMENT_SAMPLES',
        harm: 'ten samples a second make a phase of each second',
      },
      {
        find: "  { ids: ['gpu.dramActive'], scale: (v) => v / ACHIEVABLE.dramCounter.value },\n",
        replace: '',
        harm: 'prefill and decode by DCGM alone are one phase',
      },
      { find: 'Number.isNaN(value) ? 0 : value - mean', replace: 'Number.isNaN(value) ? 0 : value', harm: 'no pattern is found in a job that is mostly busy' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/stats.ts',
    tests: VERDICTS,
    mutations: [
      { find: 'Math.round(value * TWELVE_DECIMALS) / TWELVE_DECIMALS : value', replace: 'value : value', harm: 'a share at its threshold is under it' },
      { find: '!(value <= best)', replace: '!(value >= best)', harm: 'the least busy pipe is the compute share' },
      { find: 'sum = known(sum) ? sum + value : value', replace: 'sum = value', harm: 'of disk and network file system one counts' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/subject.ts',
    tests: [...VERDICTS, WORKLOAD],
    mutations: [
      {
        find: 'said ?? named ?? model.nativeQuantization',
        replace: 'said ?? model.nativeQuantization',
        harm: 'a model that is quantised by its name is read in 16 bits',
      },
      {
        find: 'tensor ?? Math.max(1, Math.round(gpus / (pipeline * replicas)))',
        replace: 'tensor ?? 1',
        harm: 'each of four GPUs seems to read the whole model',
      },
      { find: 'e4m3|e5m2/i.test(kvDtype)) return 1;', replace: 'e4m3|e5m2/i.test(kvDtype)) return 2;', harm: 'an FP8 cache seems twice as large' },
      { find: 'Math.max(1, context.engines)', replace: '1', harm: 'the work of two servers is counted twice on each GPU' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/engine-windows.ts',
    tests: [ROOFLINE],
    mutations: [
      { find: '{ ...tallyOf(bins, row, end), soFar }', replace: 'tallyOf(bins, row, end)', harm: 'a window in which no request ended reads no cache' },
      { find: 'gpus: sharing,', replace: 'gpus: 1,', harm: 'each GPU of a server is drawn with all of its work' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/figures.ts',
    tests: [FINDINGS, ...VERDICTS],
    mutations: [
      {
        find: 'return tally.kvFull / tally.kv;',
        replace: 'return tally.kvFull / tally.seen;',
        harm: 'a full cache is not told where the engine answers seldom',
      },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/followed-run.ts',
    tests: [TRACKER, ANALYSE],
    mutations: [
      { find: 'grid.trim(needed - KEPT_BINS)', replace: 'grid.trim(needed + 2 * KEPT_BINS)', harm: 'the open phase of a long run loses its beginning' },
      { find: 'if (knewSome) for (', replace: 'if (!knewSome) for (', harm: 'what was judged before the model was named stays as it was' },
      { find: '  alike.sort((a, b) => compare(a.entity.id, b.entity.id));\n', replace: '', harm: 'the order in which senders are heard changes the verdict' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/workload/detect.ts',
    tests: [WORKLOAD],
    mutations: [
      { find: 'doubt === null ? knownFirst(models) : []', replace: 'knownFirst(models)', harm: 'the arithmetic of one model judges another' },
      { find: 'knownFirst(models) : []', replace: 'models : []', harm: 'an alias hides the model' },
      { find: 'return serving.length > 0 ? serving : all;', replace: 'return all;', harm: 'a script beside the server says what the server runs' },
      { find: " && !entity.id.startsWith('lmcache')", replace: '', harm: 'a cache is taken for the engine' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/workload/command-line.ts',
    tests: [WORKLOAD],
    mutations: [
      {
        find: 'readOptions(found.flatMap(({ args }) => args))',
        replace: 'readOptions(splitCommand(line))',
        harm: 'the queue of a job is taken for its quantisation',
      },
      { find: 'world / ((parallel.tensor ?? 1) * (parallel.pipeline ?? 1))', replace: 'world', harm: 'tensor-parallel ranks count as replicas' },
      { find: ' && !LOAD_FORMATS.test(value)', replace: '', harm: 'a file format is taken for a quantisation' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/workload/programs.ts',
    tests: [WORKLOAD],
    mutations: [{ find: '  if (takesNext(before)) return null;\n', replace: '', harm: 'the value of an option is taken for a program' }],
  },
  {
    area: 'judging',
    file: 'core/judging/spinning.ts',
    tests: [SPINNING, `${FINDINGS}/stuck.test.ts`],
    mutations: [
      { find: 'work.length > 1 &&', replace: '', harm: 'one counter alone calls a job hung' },
      { find: 'work.some(({ name }) => name === DRAM) &&', replace: '', harm: 'a job whose memory nobody measured is called hung' },
      {
        find: 'work.every(({ share }) => share < INACTIVE)',
        replace: 'work.some(({ share }) => share < INACTIVE)',
        harm: 'a job that moves bytes only is called hung',
      },
      { find: '!PROGRESS.some((id)', replace: '!PROGRESS.every((id)', harm: 'a job that makes tokens is called hung' },
      { find: 'isNoProgress(to - from)', replace: 'true', harm: 'a pause is called no progress' },
      { find: "verdict.bottleneck === 'overhead' ? verdict.why.slice(1) : verdict.why", replace: 'verdict.why', harm: 'a hung job is told of small kernels' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/rests.ts',
    tests: [RESTS, `${FINDINGS}/idle.test.ts`],
    mutations: [
      { find: 'to - from >= IDLE_FINDING_SECONDS && ', replace: '', harm: 'idle tails outvote a short job’s work' },
      { find: ' && samples >= IDLE_SAMPLES', replace: '', harm: 'two dumps a day apart make a rest' },
      { find: 'samplesOf(stretch.phases)', replace: '(stretch.to - stretch.from) / period', harm: 'the gap between two looks at a GPU counts as rest' },
    ],
  },
  {
    area: 'judging',
    file: 'core/readings/metrics.ts',
    tests: VERDICTS,
    mutations: [{ find: 'HOT_THREAD = 0.9', replace: 'HOT_THREAD = 0.95', harm: 'a thread at its limit is no evidence' }],
  },
  {
    area: 'telling',
    file: 'core/readings/units.ts',
    tests: [FINDINGS, ...ADVICE],
    mutations: [{ find: '(gpus * seconds) / 3600', replace: '(gpus * seconds) / 60', harm: 'sixty times the GPU-hours are lost' }],
  },
  {
    area: 'judging',
    file: 'core/judging/at-work.ts',
    tests: [FINDINGS, TURNS],
    mutations: [
      { find: "verdict.bottleneck !== 'idle'", replace: 'true', harm: 'a GPU that rests is told to work' },
      { find: ' && busy !== null && busy >= INACTIVE', replace: '', harm: 'a GPU is called unused while the job still loads' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/straggler.ts',
    tests: [UNEVEN],
    mutations: [
      {
        find: 'exact(Math.max(...shares) - mean) > IMBALANCE',
        replace: 'Math.max(...shares) - mean > IMBALANCE',
        harm: 'twenty points, which are allowed, are told',
      },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/stretches.ts',
    tests: [RESTS, SPINNING, FINDINGS],
    mutations: [
      { find: 'if (name === null) open = null;', replace: 'if (name === null) continue;', harm: 'rest before and after work is one stretch' },
      {
        find: 'part.from - open.stretch.to <= BRIDGED_PERIODS * period',
        replace: 'part.from === open.stretch.to',
        harm: 'one missed sample cuts a rest in two that are no rest',
      },
      { find: ' && part.from - open.stretch.to <= BRIDGED_PERIODS * period', replace: '', harm: 'two pauses hours apart are one hang' },
      { find: 'open.name === name && ', replace: '', harm: 'a hang of one GPU goes on as the hang of another' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/slowed.ts',
    tests: [MODIFIERS, `${FINDINGS}/hardware.test.ts`],
    mutations: [
      { find: 'if (!(busy(row) >= INACTIVE)) continue;', replace: '', harm: 'a resting card is said to be slowed' },
      { find: 'part > THERMAL_FRACTION', replace: 'part > 0', harm: 'a moment of heat is a cooling fault' },
      { find: 'Math.min(1, time) * samples', replace: 'time * samples', harm: 'more slowed time than there was' },
      { find: "counted > 0 ? 'counter' : 'flag'", replace: "'flag'", harm: 'a flag of a moment overrules the counter of time' },
      { find: "(how === 'counter' ? counted : busy)", replace: 'busy', harm: 'a counter that was there for an hour of the day shows a day without heat' },
      { find: 'flagged: a.flagged + b.flagged', replace: 'flagged: b.flagged', harm: 'the heat of a long phase is that of its end' },
    ],
  },
  {
    area: 'judging',
    file: 'core/judging/tensor-cores.ts',
    tests: [MODIFIERS, `${FINDINGS}/arithmetic.test.ts`, ROOFLINE],
    mutations: [
      { find: 'tensor < NO_TENSOR', replace: 'tensor < 1', harm: 'work on tensor cores is told to use them' },
      { find: 'fp32 >= DOMINANT && ', replace: '', harm: 'a card that does little in FP32 is told to use tensor cores' },
      {
        find: ' && (type === null || GPUS[type].hasTensorCores)',
        replace: '',
        harm: 'a card without tensor cores is told to use them',
        survives: 'every card of the table has tensor cores: the clause is for the first one without',
      },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/findings/limits.ts',
    tests: [FINDINGS],
    mutations: [
      { find: 'EMPTY_MEMORY = 100e6', replace: 'EMPTY_MEMORY = 900e6', harm: 'a GPU with a process on it is said to have none' },
      { find: 'HELD_MEMORY = 1e9', replace: 'HELD_MEMORY = 8e9', harm: 'a notebook that holds 4 GB is told as plain rest' },
      { find: 'SUSTAINED_SECONDS = 300', replace: 'SUSTAINED_SECONDS = 60', harm: 'start-up is told as uneven work' },
      { find: 'LOADED_SAMPLES = 10', replace: 'LOADED_SAMPLES = 1', harm: 'a link just leaving its idle state is called degraded' },
      { find: 'factor: 10,', replace: 'factor: 2,', harm: 'an ordinary load is called slow' },
      { find: 'seconds: 120', replace: 'seconds: 1', harm: 'a small model’s load is called slow' },
      { find: 'part: 0.9 }', replace: 'part: 0.5 }', harm: 'loads seem nearly twice as long' },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/findings/stretches.ts',
    tests: [FINDINGS],
    mutations: [{ find: 'sum += one * phase.figures.samples;', replace: 'sum += one;', harm: 'means are not means' }],
  },
  {
    area: 'telling',
    file: 'core/telling/findings/finding.ts',
    tests: [FINDINGS],
    mutations: [
      { find: 'judged.options.now !== undefined && ', replace: '', harm: 'a finished recording is told as still so' },
      { find: 'group.length > 1 && group.length === judged.gpus.length', replace: 'group.length > 1', harm: 'two of four idle GPUs are told as the whole job' },
      { find: 'SAME_EDGE * judged.period', replace: '0 * judged.period', harm: 'a job that rests is told GPU by GPU' },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/findings/idle.ts',
    tests: [FINDINGS],
    mutations: [
      { find: 'processes === 0 || used', replace: 'used', harm: 'a GPU without a process is not told as such' },
      {
        find: "if (used >= HELD_MEMORY) return 'held-idle';\n  if (processes === 0 || used <= EMPTY_MEMORY) return 'no-process';",
        replace: "if (processes === 0 || used <= EMPTY_MEMORY) return 'no-process';\n  if (used >= HELD_MEMORY) return 'held-idle';",
        harm: 'memory held by a process that no tool listed is told as nobody’s',
      },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/findings/unused.ts',
    tests: [FINDINGS],
    mutations: [
      { find: 'samplesOf(phases) >= IDLE_SAMPLES && ', replace: '', harm: 'a GPU seen once is called unused' },
      { find: 'if (missing.length === gpusAllocated.length) return [];', replace: '', harm: 'all GPUs are missing where tools print indexes' },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/findings/health.ts',
    tests: [FINDINGS],
    mutations: [
      {
        find: 'return first === undefined || last === undefined || values.length <= 1 ? Number.NaN : last - first;',
        replace: 'return last ?? Number.NaN;',
        harm: 'old remapped rows are told as new',
      },
      { find: 'busy(row) >= DOMINANT', replace: 'true', harm: 'every idle link is degraded' },
      { find: 'best: Math.max(...values)', replace: 'best: Math.min(...values)', harm: 'one sample of a slow link is a fault' },
      { find: '2 ** (mostGeneration - generation.best)', replace: 'mostGeneration - generation.best', harm: 'a link at an eighth is told as a third' },
      { find: '&& !isBuiltSo(judged, gpu, width.best)', replace: '', harm: 'every GPU of a node that is built with half its lanes is a fault' },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/findings/slowed.ts',
    tests: [FINDINGS],
    mutations: [
      { find: 'samples: width / judged.period', replace: 'samples: 1', harm: 'flags of a long run count too little' },
      { find: 'slowed.samples * judged.period)', replace: 'slowed.samples)', harm: 'slowed time is told in samples' },
      { find: ' ?? Number.NaN) + width)', replace: ' ?? Number.NaN))', harm: 'a slow-down of one row has no length' },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/findings/stuck.ts',
    tests: [FINDINGS],
    mutations: [
      { find: 'gpus.active.length === 0', replace: 'true', harm: 'a job of which one rank works is called hung' },
      { find: 'gpus.active.length === 1', replace: 'gpus.active.length <= 2', harm: 'a pipeline is told that one rank works' },
      { find: 'at <= to + HUNG_SECONDS', replace: 'at <= to', harm: 'the watchdog’s line, which comes later, is not shown' },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/findings/uneven.ts',
    tests: [UNEVEN, TURNS],
    mutations: [
      { find: 'judged.turns.filter(isSustained)', replace: 'judged.turns', harm: 'a start-up in turns is a finding' },
      { find: 'isSustained(team) && hasStraggler(team.means)', replace: 'hasStraggler(team.means)', harm: 'an uneven start-up is a finding' },
      { find: '!inTurn.has(id)', replace: 'true', harm: 'GPUs that take turns are told to be uneven, too' },
      {
        find: "`${engines.join(',')} ${entity.node ?? host ?? ''}`",
        replace: "entity.node ?? host ?? ''",
        harm: 'two servers are told that one waits for the other',
      },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/findings/capacity.ts',
    tests: [FINDINGS],
    mutations: [
      { find: ' || seen.has(key)', replace: '', harm: 'one full cache is told for each of its GPUs' },
      { find: '.filter(\n      ({ phases }) => samplesOf(phases) >= MIN_SEGMENT_SAMPLES,\n    )', replace: '', harm: 'a moment of a full cache is a finding' },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/findings/types.ts',
    tests: [FINDINGS],
    mutations: [{ find: 'GPUS[gpu].peaks.bf16 === null)', replace: 'GPUS[gpu].peaks.bf16 !== null)', harm: 'BF16 is refused on the cards that have it' }],
  },
  {
    area: 'telling',
    file: 'core/telling/findings/loading.ts',
    tests: [FINDINGS],
    mutations: [
      { find: 'seconds < SLOW_LOAD.seconds || seconds', replace: 'seconds', harm: 'a small model’s load is called slow' },
      {
        find: 'Math.min(Math.max(...rows.map(({ value }) => value)) - least, weightsPerGpu(judged, gpu))',
        replace: 'Math.max(...rows.map(({ value }) => value)) - least',
        harm: 'the cache that an engine takes counts as loaded bytes',
      },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/findings/oom.ts',
    tests: [FINDINGS],
    mutations: [
      { find: '(rate[row] ?? Number.NaN) > 0);', replace: '(rate[row] ?? Number.NaN) >= 0);', harm: 'every host has killed a process' },
      { find: 'events.filter(({ text }) => !ON_HOST.test(text))', replace: 'events', harm: 'a host out of memory is told as a GPU’s' },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/advice/gain.ts',
    tests: ADVICE,
    mutations: [
      { find: '1 / (1 - share + share * factor)', replace: '1 / (share * factor)', harm: 'gains are promised that nobody can reach' },
      { find: '1 / Math.max(share, 1 - share)', replace: '1 / Math.min(share, 1 - share)', harm: 'overlapping promises more than there is' },
      { find: 'Math.min(gain, bound)', replace: 'gain', harm: 'a gain beyond the next limit is promised' },
      { find: 'WORTH_TRYING = 1.05', replace: 'WORTH_TRYING = 1', harm: 'people are told to work for nothing' },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/advice/signs.ts',
    tests: ADVICE,
    mutations: [
      { find: 'tensorWidth(job) > 1 || bothWays', replace: 'tensorWidth(job) > 1 && bothWays', harm: 'collectives over PCIe are told to use pinned memory' },
      { find: ' || takesTurns === true', replace: '', harm: 'GPUs that take turns are told to schedule ahead' },
      { find: 'isOverheated(job) || clockPart', replace: 'clockPart', harm: 'a job that is slowed down is told that it is healthy' },
      { find: ' || isOffloading(job)) return false', replace: ') return false', harm: 'an offloaded optimiser is taken for collectives' },
      { find: '!(readRateOf(job) >= written)', replace: 'true', harm: 'a job that reads is told to save aside' },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/advice/memory.ts',
    tests: ADVICE,
    mutations: [
      { find: 'Math.floor(Math.min(critical, fits))', replace: 'Math.floor(critical)', harm: 'more requests are advised than the cache holds' },
      { find: 'compute > 0 ? 1 / compute : Number.POSITIVE_INFINITY);', replace: 'Number.POSITIVE_INFINITY);', harm: 'more is promised than compute allows' },
      { find: 'decode !== null && bitsOf(decode) >= WIDE_WEIGHTS', replace: 'decode !== null', harm: '4-bit weights are advised to whoever has them' },
      {
        find: 'job.decode.running * (DRAFT.tokens + 1) <= DRAFT.batch * job.decode.critical',
        replace: 'true',
        harm: 'speculative decoding is advised to a full batch',
      },
      { find: 'if (!(cache / before >= CONTRIBUTING)) return null;', replace: '', harm: 'another model is advised for a cache that costs nothing' },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/advice/situation.ts',
    tests: ADVICE,
    mutations: [
      { find: 'Math.min(1, Math.max(...known))', replace: 'Math.max(...known)', harm: 'a share above one promises an endless gain' },
      { find: "mean('engine.running') / replicas", replace: "mean('engine.running')", harm: 'replicas’ requests are counted on each' },
      { find: 'Math.max(1, requests)) / gpus', replace: 'Math.max(1, requests))', harm: 'each GPU seems to read the whole model' },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/advice/overhead.ts',
    tests: ADVICE,
    mutations: [
      { find: 'if (fits >= tp) return null;', replace: '', harm: 'fewer GPUs are advised than hold the model' },
      { find: '!standsStill(job) && piece.holds(job)', replace: 'piece.holds(job)', harm: 'a hung job is told to compile' },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/advice/network.ts',
    tests: ADVICE,
    mutations: [
      {
        find: 'tensorWidth(job) > gpusPerNode(job)',
        replace: 'tensorWidth(job) >= gpusPerNode(job)',
        harm: 'tensor parallelism inside a node is told to leave it',
      },
      { find: 'const perStep = tokens / steps / nodeCount;', replace: 'const perStep = tokens / steps;', harm: 'enough accumulation is claimed on many nodes' },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/advice/advised.ts',
    tests: ADVICE,
    mutations: [
      { find: "engines.join(',') === key);", replace: 'true);', harm: 'a server’s arithmetic counts the trainer’s GPUs' },
      {
        find: 'phase.verdict.bottleneck === verdict.bottleneck && phase.from < to',
        replace: 'phase.from < to',
        harm: 'advice is computed on another phase’s numbers',
      },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/roofline/achieved.ts',
    tests: [ROOFLINE],
    mutations: [
      { find: 'Math.min(1, hertz / ceilings.boostClock)', replace: '1', harm: 'a slowed card is drawn too high' },
      { find: ' || busy(row) < INACTIVE', replace: '', harm: 'rest is drawn as work' },
      { find: '(first !== undefined && phaseAt(first.at) !== phaseAt(window.at))', replace: 'false', harm: 'a point lies between two phases' },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/roofline/next-roof.ts',
    tests: [ROOFLINE],
    mutations: [
      { find: 'at.intensity >= ridge', replace: 'at.intensity < ridge', harm: 'a memory-bound job is told of faster arithmetic' },
      { find: 'if (gain < TIE) return null;', replace: '', harm: 'a move within the error is advised' },
      { find: "fewerBytes: next === 'tf32' ? 1 : 2", replace: 'fewerBytes: 1', harm: 'half the bytes move no roof' },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/progress/progress.ts',
    tests: [PROGRESS],
    mutations: [
      { find: '.filter((value) => value > 0)),', replace: '),', harm: 'pauses pull the median down' },
      { find: 'one.growth.secondsToFull <= longest', replace: 'true', harm: 'memory that fills after the end of the longest job is an alarm' },
      {
        find: 'judged.options.site?.longestJob ?? Number.POSITIVE_INFINITY',
        replace: '7 * 86_400',
        harm: 'one site’s longest job hides a memory that fills on another',
      },
      {
        find: 'a.growth.secondsToFull - b.growth.secondsToFull',
        replace: 'b.growth.secondsToFull - a.growth.secondsToFull',
        harm: 'the memory that is full last is told',
      },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/progress/growth.ts',
    tests: [PROGRESS],
    mutations: [
      { find: 'LEAST_SECONDS = 600', replace: 'LEAST_SECONDS = 60', harm: 'start-up is told as a leak' },
      { find: 'STEADY = 0.9', replace: 'STEADY = 0.5', harm: 'memory that goes up and down is told as a leak' },
      { find: 'LEAST_PART = 0.01', replace: 'LEAST_PART = 0.0001', harm: 'rounding is told as a leak' },
      { find: 'Math.max(0, total - last.value) / slope', replace: 'total / slope', harm: 'a nearly full memory seems far from it' },
      { find: '> MEMORY_STEP) start = i;', replace: '> 1e15) start = i;', harm: 'a load is told as a leak' },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/progress/pace.ts',
    tests: [PROGRESS],
    mutations: [
      { find: 'MOSTLY_PROMPTS = 10', replace: 'MOSTLY_PROMPTS = 100', harm: 'a reader of prompts is known by what it hardly writes' },
      {
        find: 'Number.isNaN(value) ? sum : Number.isNaN(sum) ? value : sum + value',
        replace: 'Number.isNaN(value) ? sum : value',
        harm: 'of two servers one is counted',
      },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/findings/sharding.ts',
    tests: [FINDINGS],
    mutations: [
      { find: 'Number.isNaN(tokens) ? usage * size : tokens', replace: 'tokens', harm: 'an engine that tells its cache in per cent is never over-sharded' },
      { find: 'isAtWork(phase) && (phase', replace: '(phase', harm: 'rest counts in the mean of the requests' },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/findings/states.ts',
    tests: [FINDINGS],
    mutations: [
      { find: 'here !== undefined && here.phase.from <= from', replace: 'here !== undefined', harm: 'a GPU of which nothing was heard is said to rest' },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/advice/advice-for.ts',
    tests: ADVICE,
    mutations: [
      { find: 'own.length > 0 ? own : advised(UNKNOWN, verdict, context)', replace: 'own', harm: 'a verdict by nvidia-smi alone has no advice' },
      { find: '.slice(0, PER_SIDE)', replace: '', harm: 'one side of a tie takes all of the advice' },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/advice/capacity.ts',
    tests: ADVICE,
    mutations: [
      { find: '!isOld(gpu) && !isSmallCache(facts)', replace: '!isSmallCache(facts)', harm: 'an FP8 cache is advised on a T4' },
      { find: 'preemptions / (preemptions + requests)', replace: 'preemptions / requests', harm: 'fewer requests at once promise more than there is' },
      { find: 'wider > gpusInNode(job)', replace: 'false', harm: 'tensor parallelism over more GPUs than the node has is advised' },
      {
        find: 'Number.isNaN(decode.critical) ? Number.POSITIVE_INFINITY : decode.critical',
        replace: 'Number.POSITIVE_INFINITY',
        harm: 'room for more requests than compute can serve promises their tokens',
      },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/advice/compute.ts',
    tests: ADVICE,
    mutations: [
      { find: 'job.verdict.modifiers.includes(WITHOUT_TENSOR_CORES)', replace: 'true', harm: 'tensor cores are advised to a job that uses them' },
      {
        find: ' && !(prefixHits(job) >= HALF)',
        replace: '',
        harm: 'a prefix cache that works is advised',
        survives: 'from half of the tokens on the gain is none, and what gains nothing is not advised',
      },
      { find: '1 - HALF / (1 - hits)', replace: 'HALF', harm: 'what comes from the cache already is saved again' },
      {
        find: ' && job.context.gpuCount === (job.context.workload.tensorParallel ?? 1)',
        replace: '',
        harm: 'a replica is told to take the other replica’s GPU',
      },
      { find: "onTensorCores(gpu, 'fp8') ? 'fp8' :", replace: 'true ? "fp8" :', harm: 'INT8 is not advised on an A100' },
      { find: ' && !job.commanded(/pre[-_]?train/i)', replace: '', harm: 'pre-training is told to use adapters' },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/advice/hardware.ts',
    tests: ADVICE,
    mutations: [
      { find: 'all.includes(gpu) ? all : []', replace: 'true ? all : []', harm: 'a job elsewhere is told of cards that it cannot have' },
      { find: ' && (!bf16 || GPUS[gpu].peaks.bf16 !== null)', replace: '', harm: 'a BF16 job is sent to a V100' },
      {
        find: 'GPUS[a].bandwidth - GPUS[b].bandwidth',
        replace: 'GPUS[b].bandwidth - GPUS[a].bandwidth',
        harm: 'the dearest card is advised where the next one would do',
      },
      { find: 'GPUS[gpu].memoryBytes >= needed && ', replace: '', harm: 'a card into which the job does not fit is advised' },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/advice/host.ts',
    tests: ADVICE,
    mutations: [
      {
        find: '(engine === null || WITH_GRAPHS.includes(engine)) && ',
        replace: '',
        harm: 'llama.cpp is told to leave out an option of vLLM',
      },
      { find: 'Math.min(job.share, steps * seconds)', replace: 'steps * seconds', harm: 'CUDA graphs promise more than the host takes' },
      {
        find: '!job.serving && !isOffloading(job)',
        replace: '!isOffloading(job)',
        harm: 'a server is told to use loader workers',
      },
      {
        find: ' || !(decode.weights(decode.running) + SECOND_SERVER_BYTES <= HALF_OF_IT * total)',
        replace: '',
        harm: 'a second server is advised on a card that one model fills',
      },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/advice/idle.ts',
    tests: ADVICE,
    mutations: [
      { find: '>= PAUSE_SECONDS', replace: '>= 0', harm: 'a pause of seconds has advice' },
      { find: 'formatGpuHours(gpuCount, ', replace: 'formatGpuHours(1, ', harm: 'four idle GPUs cost as much as one' },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/advice/storage.ts',
    tests: ADVICE,
    mutations: [
      { find: 'line > 0 && busiest >= DOMINANT * line', replace: 'line > 0', harm: 'another line is advised where this one has room' },
      {
        find: 'return !isLoading(job) && !isSaving(job) && !job.serving',
        replace: 'return !isSaving(job) && !job.serving',
        harm: 'loading a model is told to use loader workers',
      },
      { find: 'bytes / nodeCount / rate', replace: 'bytes / rate', harm: 'a load over two nodes promises twice what there is' },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/advice/transfer.ts',
    tests: ADVICE,
    mutations: [
      {
        find: ' && weightBytes(model, format) > gpuCount * ceilings.memoryBytes * ENGINE_MEMORY',
        replace: '',
        harm: 'weights that fit are said to cross PCIe',
      },
      {
        find: 'most > now;',
        replace: 'most >= now;',
        harm: 'a link at its full width is told as a fault',
        survives: 'at its full width the gain is none, and what gains nothing is not advised',
      },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/advice/unknown.ts',
    tests: ADVICE,
    mutations: [
      {
        find: 'canProfile(job) && (job.verdict.shares.tensor === null || job.verdict.shares.memory === null)',
        replace: 'canProfile(job)',
        harm: 'who runs DCGM is told to run it',
      },
      { find: 'job.context.model === null && (job.serving', replace: '(job.serving', harm: 'who named the model is told to name it' },
      {
        find: "countersOf(job) !== null && !(job.mean('engine.flops') > 0)",
        replace: 'countersOf(job) !== null',
        harm: 'an engine that counts its work is told to count it',
      },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/roofline/roofline.ts',
    tests: [ROOFLINE],
    mutations: [
      { find: 'Math.max(1, Math.floor(POINTS / gpus.length))', replace: 'POINTS', harm: 'of eight GPUs the first two are drawn' },
      { find: '      if (modelledOnce.has(key)) return [];\n', replace: '', harm: 'a server on eight GPUs is drawn eight times' },
      { find: 'phases.filter(isAtWork)', replace: 'phases', harm: 'the roofs are those of the card that rested longest' },
    ],
  },
  {
    area: 'telling',
    file: 'core/telling/roofline/math-in-use.ts',
    tests: [ROOFLINE],
    mutations: [
      { find: 'tensorCoresRest(tensor) && mean', replace: 'mean', harm: 'FP64 on tensor cores is drawn under the roof of the other pipe' },
      { find: "mean('gpu.immaActive') > mean('gpu.hmmaActive') ? 'int8' : null", replace: 'null', harm: 'INT8 is drawn under the FP16 roof' },
    ],
  },
  {
    area: 'series store',
    file: 'server/store/series/codec/bytes.ts',
    tests: [CODEC],
    mutations: [
      { find: 'while (rest >= 0x80000000)', replace: 'while (rest >= 0x8000000000)', harm: 'numbers of 32 bits and more are read as others' },
      { find: 'count < 8; count', replace: 'count < 7; count', harm: 'a large counter is damage' },
      {
        find: 'value < 0x40000000 && value >= -0x40000000',
        replace: 'value < 0x80000000 && value >= -0x40000000',
        harm: 'a counter’s growth comes back negative',
      },
      { find: 'if (value < 0x80000000) return', replace: 'if (value < 0x10000000000000) return', harm: 'large differences change their sign' },
      { find: 'if (from.at + length > from.bytes.length) throw', replace: 'if (false) throw', harm: 'a cut row is read as a shorter one' },
      { find: 'Math.max(out.bytes.length * 2, out.at + more)', replace: 'out.bytes.length * 2', harm: 'a large batch is not written' },
    ],
  },
  {
    area: 'series store',
    file: 'server/store/series/codec/decimal.ts',
    tests: [CODEC],
    mutations: [
      { find: 'scaled / power !== value || Math.abs(scaled) > 2 ** 52', replace: 'Math.abs(scaled) > 2 ** 52', harm: 'the last digits of a value are lost' },
      {
        find: 'return Math.abs(scaled) > 2 ** 52 ? null : { exponent, scaled };',
        replace: 'return { exponent, scaled };',
        harm: 'integers beyond the exact ones change',
      },
      { find: 'widest = 2 ** 49', replace: 'widest = 2 ** 60', harm: 'a counter’s jump is read as another' },
      { find: 'if (Object.is(value, -0)) return null;', replace: '', harm: 'minus zero comes back as zero' },
      { find: 'if (step !== 1) step = gcd(', replace: 'if (step === 0) step = gcd(', harm: 'sizes that share no factor come back rounded' },
    ],
  },
  {
    area: 'series store',
    file: 'server/store/series/codec/residuals.ts',
    tests: [CODEC],
    mutations: [
      { find: 'order === 1 ? difference : difference - slope', replace: 'difference', harm: 'curves come back as other curves' },
      { find: '63 - Math.clz32', replace: '62 - Math.clz32', harm: 'large residuals lose a bit' },
    ],
  },
  {
    area: 'series store',
    file: 'server/store/series/codec/column.ts',
    tests: [CODEC],
    mutations: [
      {
        find: 'scaled / power !== value || Math.abs(scaled) > 2 ** 51',
        replace: 'Math.abs(scaled) > 2 ** 51',
        harm: 'the last digits of an open reading are lost',
      },
      { find: ' || Object.is(value, -0)) return false;', replace: ') return false;', harm: 'an open reading of minus zero comes back as zero' },
      { find: '(index % 2 === 0 ? sum + run : sum), 0)', replace: '(index % 2 === 1 ? sum + run : sum), 0)', harm: 'columns with gaps are damage' },
      { find: 'if (total !== rows) throw', replace: 'if (false) throw', harm: 'a damaged mask shifts readings in time' },
      { find: 'Object.is(Math.fround(value), value)', replace: 'true', harm: 'doubles are stored as floats' },
      { find: 'values.every((value) => Object.is(value, first))', replace: 'values.every((value) => value === first)', harm: 'zero and minus zero are one' },
    ],
  },
  {
    area: 'series store',
    file: 'server/store/series/codec/pack.ts',
    tests: [CODEC],
    mutations: [
      { find: '(1 << width) + (hold & ((1 << width) - 1))', replace: '(1 << width) + hold', harm: 'noise comes back changed' },
      { find: 'if (width <= 24) {', replace: 'if (width <= 31) {', harm: 'noise of 30 bits comes back changed' },
      { find: 'if (held > 0) packed[at] = hold;', replace: '', harm: 'the last value of a chunk is lost' },
    ],
  },
  {
    area: 'series store',
    file: 'core/readings/join.ts',
    tests: [COLUMNS],
    mutations: [
      { find: ' || a - b);', replace: ' || b - a);', harm: 'of two values the earlier written one stays' },
      { find: '(before.t[before.t.length - 1] ?? Number.NaN))', replace: '(before.t[0] ?? Number.NaN))', harm: 'overlapping tables give times that go back' },
      { find: 'if (!Number.isNaN(value)) column[target', replace: 'column[target', harm: 'an absent value deletes the one that was there' },
    ],
  },
  {
    area: 'series store',
    file: 'server/store/series/columns.ts',
    tests: [COLUMNS],
    mutations: [
      { find: 'const end = lowerBound(table.t, to);', replace: 'const end = lowerBound(table.t, to) + 1;', harm: 'a reading at the end of a time is in it' },
    ],
  },
  {
    area: 'series store',
    file: 'core/readings/buckets.ts',
    tests: [BUCKETS],
    mutations: [
      { find: '(rows.mean[index] ?? Number.NaN) * samples;', replace: '(rows.mean[index] ?? Number.NaN);', harm: 'means over rolled-up days are wrong' },
      { find: 'silence > GAP_PERIODS * period', replace: 'silence > 10 * period', harm: 'an outage is drawn as a line' },
      { find: 'at < from || at >= to) continue;', replace: 'at < from) continue;', harm: 'a chart’s last bucket holds what comes after it' },
      { find: 'at + rows.seconds);', replace: 'at);', harm: 'gaps appear between roll-ups' },
      {
        find: 'while (bucket < count) edges[++bucket] = end;',
        replace: 'while (bucket < count) edges[++bucket] = row - 1;',
        harm: 'the newest reading is not drawn',
      },
    ],
  },
  {
    area: 'series store',
    file: 'server/store/series/plan.ts',
    tests: [BUCKETS],
    mutations: [
      { find: 'width >= 3 * seconds', replace: 'width > 3 * seconds', harm: 'a long chart reads raw readings' },
      { find: 'while (Math.ceil((to - start) / wide) > points) wide += level;', replace: '', harm: 'more points than were asked for' },
    ],
  },
  {
    area: 'series store',
    file: 'server/store/series/head.ts',
    tests: [COLUMNS, STATE],
    mutations: [
      { find: '* capacity + head.rows);', replace: '* capacity);', harm: 'open readings overwrite each other' },
      { find: 'head.lastWal = wal;', replace: '', harm: 'sealed readings are replayed after a restart' },
    ],
  },
  {
    area: 'series store',
    file: 'server/store/series/append.ts',
    tests: [STATE, SERIES],
    mutations: [
      { find: ' || inThisCommit.has(key)', replace: '', harm: 'a batch repeated in one commit is acknowledged twice' },
      { find: 'state.lastWal = id;', replace: '', harm: 'a second batch cannot be written' },
    ],
  },
  {
    area: 'series store',
    file: 'server/store/series/sources.ts',
    tests: ['tests/server/store/series/sources.test.ts'],
    mutations: [
      { find: 'entry.heard < before', replace: 'entry.heard <= before', harm: 'a sender heard just now is forgotten' },
      { find: 'out.slice(out.length - 2 * mostRanges)', replace: 'out.slice(0, 2 * mostRanges)', harm: 'the newest batches are forgotten, and stored twice' },
      { find: 'heard: Math.max(entry.heard, heard)', replace: 'heard: entry.heard', harm: 'a sender is forgotten while it sends' },
    ],
  },
  {
    area: 'series store',
    file: 'server/store/series/seal.ts',
    tests: [STATE, SERIES],
    mutations: [
      { find: 'Math.min(entity.rolledTo, dayOf(earliest, kept))', replace: 'entity.rolledTo', harm: 'late readings never reach the roll-ups' },
      {
        find: 'return Math.max(Math.floor(chunk.first / DAY) * DAY, kept);',
        replace: 'return Math.floor(chunk.first / DAY) * DAY;',
        harm: 'roll-ups of expired days are made anew from nothing',
      },
      {
        find: 'Math.min(least, head.firstWal), state.lastWal + 1)',
        replace: 'Math.max(least, head.firstWal), state.lastWal + 1)',
        harm: 'open readings are lost at the next restart',
      },
      { find: 'head.rows >= limits.sealRows', replace: 'head.rows > limits.sealRows', harm: 'a full head stays open' },
      { find: 'now - head.since >= limits.sealAge', replace: 'now - head.since > limits.sealAge', harm: 'an hour-old head stays open' },
      { find: 'state.headBytes -= bytesOf(head);', replace: '', harm: 'the store believes itself under pressure for ever' },
    ],
  },
  {
    area: 'series store',
    file: 'server/store/series/state.ts',
    tests: [STATE, SERIES],
    mutations: [
      { find: ' || wal <= entity.sealedTo', replace: '', harm: 'sealed readings are stored again after a restart' },
      { find: 'wal <= entity.sealedTo', replace: 'wal < entity.sealedTo', harm: 'the last sealed batch is stored again after a restart' },
      {
        find: 'for (const entity of state.catalog.entities.values()) state.lastWal = Math.max(state.lastWal, entity.sealedTo);',
        replace: '',
        harm: 'after a restart new readings take numbers that count as sealed, and are lost',
      },
      {
        find: 'Math.floor((now - retention.rawDays * DAY) / DAY) * DAY',
        replace: 'now - retention.rawDays * DAY',
        harm: 'half a day is expired before it can be rolled up again',
      },
      {
        find: 'if (known === undefined) {\n        state.catalog.restore(',
        replace: 'if (known !== undefined) {\n        state.catalog.restore(',
        harm: 'readings of a new entity are lost at a restart',
      },
      { find: 'after = id;', replace: 'after = id + 1;', harm: 'every 65th commit is lost at a restart' },
    ],
  },
  {
    area: 'series store',
    file: 'server/store/series/rollup.ts',
    tests: [STATE, SERIES],
    mutations: [
      { find: 'day + DAY + limits.rollupDelay <= now', replace: 'day + DAY <= now', harm: 'days are rolled up before late readings have come' },
      { find: 'from: day - limits.rateGap, to', replace: 'from: day, to', harm: 'the first rate of each day is missing' },
      {
        find: 'chunks.length > 0 ? day + DAY : nextDay',
        replace: 'chunks.length > 0 ? day + 2 * DAY : nextDay',
        harm: 'every second day has no roll-up',
      },
      { find: ': nextDay(state, entity.no, day + DAY);', replace: ': day + DAY;', harm: 'a clock that was in 1970 once costs a step for each day since' },
      { find: 'if (count > 0) rows[index] = 1;', replace: 'rows[index] = 1;', harm: 'roll-ups hold a row for each empty minute' },
      { find: '10 ** (digits + 3)', replace: '10 ** digits', harm: 'means of rolled-up days are rounded' },
      { find: 'day <= extent.last ? day : null', replace: 'day < extent.first ? day : null', harm: 'no day is ever rolled up' },
    ],
  },
  {
    area: 'series store',
    file: 'server/store/series/upkeep.ts',
    tests: [STATE, SERIES],
    mutations: [
      { find: 'rawKeptFrom(state, now), most)', replace: 'now, most)', harm: 'raw readings are deleted at once' },
      { find: 'now - state.retention.rollupDays * DAY', replace: 'now', harm: 'roll-ups are deleted at once' },
      {
        find: '!state.catalog.unwritten.has(entity) && !kept.has(entity.no) && !state.heads.has(entity.no)',
        replace: '!kept.has(entity.no)',
        harm: 'a new entity is forgotten while its readings are open',
      },
      { find: 'raw === most || rolled === most', replace: 'false', harm: 'expiry stops after 500 chunks a run' },
    ],
  },
  {
    area: 'series store',
    file: 'server/store/series/compact.ts',
    tests: [STATE],
    mutations: [
      { find: 'wal = Math.max(wal, chunk.wal);', replace: '', harm: 'merged chunks are older than what they replaced' },
      { find: 'merged.push(chunk.id);', replace: '', harm: 'merged readings are stored twice' },
      { find: 'extent.smallRows >= limits.chunkRows', replace: 'extent.smallRows >= 0', harm: 'every chunk is written again at every upkeep' },
    ],
  },
  {
    area: 'series store',
    file: 'server/store/series/file.ts',
    tests: [STATE],
    mutations: [
      { find: 'DELETE FROM "Wal" WHERE id < ${before}', replace: 'DELETE FROM "Wal" WHERE id <= ${before}', harm: 'open readings are lost at a restart' },
      {
        find: 'level > 0 AND last >= ${from} AND first < ${to}`',
        replace: 'level > 0 AND last > ${to} AND first < ${to}`',
        harm: 'late readings make a second roll-up beside the first',
      },
      { find: 'WHERE level = 0 AND last < ${before}', replace: 'WHERE level = 0 AND first < ${before}', harm: 'a chunk over the edge is expired too early' },
    ],
  },
  {
    area: 'series store',
    file: 'server/store/series/chunks.ts',
    tests: [STATE, SERIES],
    mutations: [
      { find: 'ORDER BY wal, id', replace: 'ORDER BY wal DESC, id', harm: 'a corrected value turns back into the old one' },
      { find: 'known?.columns.has(metric) !== true', replace: 'known === undefined', harm: 'a second chart of a node stays empty' },
      {
        find: 'if (!isIncreasing(decoded.t)) return',
        replace: 'if (false) return',
        harm: 'a chunk out of order is drawn as a line that goes back',
        survives: 'what is sealed was merged before, in order of time: no chunk is out of order unless something else wrote it',
      },
      { find: 'if (held <= most || oldest === id) break;', replace: 'break;', harm: 'the server grows with each chart that anybody opens' },
      { find: 'held -= kept.get(id)?.bytes', replace: 'held += kept.get(id)?.bytes', harm: 'after a while each chart is read from disk again' },
    ],
  },
  {
    area: 'series store',
    file: 'server/store/series/read.ts',
    tests: [STATE, SERIES],
    mutations: [
      { find: 'return follow ? parts : [readColumns(state, query)];', replace: 'return parts;', harm: 'a corrected value is drawn beside the old one' },
      { find: 'const head = level === 0 ?', replace: 'const head = level !== 0 ?', harm: 'the newest readings are in no chart' },
    ],
  },
  {
    area: 'series store',
    file: 'server/store/series/range.ts',
    tests: [STATE, SERIES],
    mutations: [
      { find: '!times.ends(one.t, sharedFrom)', replace: 'times.length() === 0', harm: 'a metric with a gap is drawn at the times of its neighbour' },
      { find: 'from: rawFrom - limits.rateGap, to', replace: 'from: rawFrom, to', harm: 'the first point of a counter’s chart is missing' },
      { find: 'return counter ? ratesOf(', replace: 'return !counter ? ratesOf(', harm: 'counters are drawn as they grow' },
      { find: 'Math.floor(oldest / limits.rollups[0]) * limits.rollups[0]', replace: 'oldest', harm: 'the minute at the edge of what is expired counts twice' },
      { find: 'period = Math.max(period, level);', replace: '', harm: 'rolled-up days are drawn with a gap between all points' },
    ],
  },
  {
    area: 'series store',
    file: 'server/store/series/tables.ts',
    tests: [STATE, SERIES],
    mutations: [
      { find: 'counter || Number.isNaN(first) ? second', replace: 'Number.isNaN(first) ? second', harm: 'a thinned counter seems to have restarted' },
      { find: 'at(table.t, 2 * row + 1)', replace: 'at(table.t, 2 * row)', harm: 'a thinned counter’s rates are shifted' },
    ],
  },
  {
    area: 'series store',
    file: 'server/store/series/entities.ts',
    tests: [STATE, SERIES],
    mutations: [
      { find: 'if (chunk.first >= from && chunk.last < to) note(', replace: 'note(', harm: 'an entity is told in a time in which it had no reading' },
      { find: "(entity.kind === 'host' && onNodes.has(entity.id))", replace: 'false', harm: 'a host that no batch gave a node is not found on it' },
    ],
  },
  {
    area: 'series store',
    file: 'server/store/series/catalog.ts',
    tests: [STATE],
    mutations: [
      { find: 'lastNo = Math.max(lastNo, entity.no);', replace: '', harm: 'two entities share one number' },
      { find: 'if (node !== null) entity.node = node;', replace: '', harm: 'a GPU is never found on its node' },
    ],
  },
  {
    area: 'series store',
    file: 'server/store/series/pack-intake.ts',
    tests: [STATE, SERIES],
    mutations: [
      { find: 'there ? value : Number.NaN', replace: 'there ? value : 0', harm: 'absent becomes zero' },
      { find: 'if (there) values += 1;', replace: 'values += 1;', harm: 'absent values are acknowledged as stored' },
    ],
  },
  {
    area: 'ingest',
    file: 'server/ingest/ingest.ts',
    tests: [INGEST],
    mutations: [
      { find: 'AHEAD = BATCH_BOUNDS.ahead.value;', replace: 'AHEAD = 10 * BATCH_BOUNDS.ahead.value;', harm: 'a wrong clock draws charts into the future' },
      { find: 'if (!duplicate) options.stored', replace: 'options.stored', harm: 'a repeated batch is judged twice' },
      { find: "origin.kind === 'page' || origin.kind === 'demo'", replace: "origin.kind === 'demo'", harm: 'last year’s recording is refused' },
      { find: 'time - rawDays * 86_400', replace: 'time - rawDays * 3_600', harm: 'readings that an agent kept over a night are refused' },
      { find: 'onNode(one.entity, node)', replace: 'one.entity', harm: 'a batch’s readings are on no node' },
      { find: 'settled.facts.length + ', replace: '', harm: 'a batch of facts alone is lost' },
    ],
  },
  {
    area: 'ingest',
    file: 'server/ingest/check-table.ts',
    tests: [INGEST],
    mutations: [
      { find: '!(at > last)', replace: '!(at >= last)', harm: 'two rows of one instant are both stored' },
      { find: 'METRICS[id].entity !== entity.kind', replace: 'false', harm: 'a host’s metric stands on a GPU' },
      { find: 'column.length !== t.length', replace: 'column.length < t.length', harm: 'a column that is too long is stored shifted' },
      { find: 'value >= least && value <= most', replace: 'value >= least && value < most', harm: 'a GPU that is busy all the time has no reading' },
      { find: 'values === column ? values.slice() : values', replace: 'values', harm: 'what a sender still holds changes under its hands' },
      { find: 'else if (at < allowed.oldest)', replace: 'else if (at <= allowed.oldest)', harm: 'a reading at the edge is refused' },
    ],
  },
  {
    area: 'ingest',
    file: 'core/readings/metrics.ts',
    tests: [INGEST, 'tests/core/readings'],
    mutations: [{ find: 'value >= least && value <= most', replace: 'value >= least && value < most', harm: 'a value at its limit is lost' }],
  },
  {
    area: 'ingest',
    file: 'server/ingest/read-batch.ts',
    tests: [INGEST],
    mutations: [
      { find: '!(at > last) || at < oldest', replace: 'at < oldest', harm: 'two rows of one instant are both stored' },
      { find: 'at < oldest || at > newest', replace: 'at < oldest', harm: 'a wrong clock draws charts into the future' },
      { find: 'metric.entity !== kind', replace: 'false', harm: 'a host’s metric stands on a GPU' },
      { find: 'value >= least && value <= most', replace: 'true', harm: 'what cannot be is stored' },
      { find: 'if (known !== undefined) throw UNUSUAL;', replace: '', harm: 'a key that comes twice counts by its first value' },
      { find: '!same && words.includes(key)', replace: 'false', harm: 'a column that comes twice is stored under the next one’s name' },
      { find: 'numbers.all.slice(0, numbers.length)', replace: 'numbers.all', harm: 'a short batch after a long one carries the room of the long one' },
    ],
  },
  {
    area: 'ingest',
    file: 'server/ingest/scan.ts',
    tests: [INGEST],
    mutations: [
      { find: 'digits > Number.MAX_SAFE_INTEGER || ', replace: '', harm: 'a long number is stored as its neighbour' },
      { find: 'Array.from({ length: 23 }', replace: 'Array.from({ length: 30 }', harm: 'a tiny number is stored as its neighbour' },
      { find: 'byte > 0x7e || ', replace: '', harm: 'a name with an umlaut is another one' },
      { find: '|| byte === BACKSLASH', replace: '', harm: 'an escape stands in a name as it was written' },
      { find: 'if (behind === 0) throw UNUSUAL;', replace: '', harm: 'what is no JSON is taken' },
      { find: 'quoted && byte === BACKSLASH', replace: 'false', harm: 'a fact with a quote in it ends the list' },
    ],
  },
  {
    area: 'ingest',
    file: 'server/ingest/check-batch.ts',
    tests: [INGEST],
    mutations: [
      { find: '(at >= oldest && at <= newest)', replace: 'at >= oldest', harm: 'an event of tomorrow ends a job today' },
      { find: 'if (at === null || (at >= oldest', replace: 'if (at !== null && (at >= oldest', harm: 'an event without a time is lost' },
      {
        find: 'if (table !== null) tables.push(table);',
        replace: 'if (table !== null && tables.length === 0) tables.push(table);',
        harm: 'of a batch’s entities one is stored',
      },
    ],
  },
  {
    area: 'ingest',
    file: 'server/ingest/raw/stamps.ts',
    tests: [INGEST],
    mutations: [
      { find: '.filter((at) => at > lastOrdinal)', replace: '.filter((at) => at >= lastOrdinal)', harm: 'a sweep cut in two becomes two readings' },
      {
        find: '(now - before) / Math.max(fresh.length, 1), 0.001)',
        replace: '(now - before) / Math.max(fresh.length, 1), 0)',
        harm: 'two sweeps in one millisecond become one',
      },
      { find: 'origin = start ?? now - newest;', replace: 'origin = start ?? now;', harm: 'a stop-watch’s readings lie in the future' },
      { find: 'wentBack = Math.max(wentBack, newestDate - at);', replace: '', harm: 'nobody is told that a sender’s clock went back' },
    ],
  },
  {
    area: 'ingest',
    file: 'collectors/collector/entities.ts',
    tests: [INGEST, 'tests/collectors/collector/entities.test.ts'],
    mutations: [{ find: 'job === null ? node : `${node}/${job}`', replace: 'node', harm: 'two jobs that each print GPU 0 share a series' }],
  },
  {
    area: 'ingest',
    file: 'server/ingest/raw/scope.ts',
    tests: [INGEST],
    mutations: [{ find: 'gpu.node === null || gpu.node === node', replace: 'true', harm: 'GPU 0 of the second node is taken for that of the first' }],
  },
  {
    area: 'ingest',
    file: 'core/readings/block.ts',
    tests: [INGEST, 'tests/core/readings'],
    mutations: [
      { find: 'Math.round(at * 1000) / 1000', replace: 'Math.round(at)', harm: 'readings of one second become one' },
      {
        find: 'value === undefined || Number.isNaN(value) ? null : rounded(id, value)',
        replace: 'value === undefined || Number.isNaN(value) ? 0 : rounded(id, value)',
        harm: 'absent becomes zero',
      },
    ],
  },
  {
    area: 'ingest',
    file: 'collectors/run/readers.ts',
    tests: [INGEST, 'tests/collectors/run/readers.test.ts'],
    mutations: [
      { find: 'if (last || head.length >= HEAD) return true;', replace: 'if (last) return true;', harm: 'a wrong file is read for hours' },
      { find: ' && linesOf(head, soonest) >= soonest', replace: '', harm: 'a first line cut by the network is no known format' },
    ],
  },
  {
    area: 'ingest',
    file: 'server/ingest/raw/streams.ts',
    tests: [INGEST],
    mutations: [
      { find: 'closing || open.size >= all', replace: 'open.size >= all', harm: 'a stream that begins while the server stops keeps it from stopping' },
      { find: 'closing || open.size >= all', replace: 'closing', harm: 'streams are not bounded' },
    ],
  },
  {
    area: 'ingest',
    file: 'server/ingest/retry.ts',
    tests: [INGEST],
    mutations: [
      { find: '!isLater(error) || stopping()', replace: '!isLater(error)', harm: 'a stopping server waits for ever' },
      { find: '!isLater(error) || stopping()', replace: 'stopping()', harm: 'a broken disk is tried again for ever' },
    ],
  },
  {
    area: 'ingest',
    file: 'server/ingest/raw/pump.ts',
    tests: [INGEST],
    mutations: [
      { find: 'count.quiet = 0;', replace: '', harm: 'a long stream with readings is refused after 8 MiB' },
      { find: 'seq += 1;', replace: '', harm: 'all but a stream’s first batch are duplicates' },
      { find: 'await take(await reader.end(now()));', replace: '', harm: 'the last lines of a stream are lost' },
      { find: 'if (count.rejected <= TOLD) write', replace: 'write', harm: 'a sender is told of every bad line' },
    ],
  },
  {
    area: 'collectors',
    file: 'collectors/text/day-clock.ts',
    tests: ['tests/collectors/nvidia-smi/monitor.test.ts'],
    mutations: [
      { find: '        days += 1;\n', replace: '', harm: 'a log loses all that came after midnight' },
      { find: 'if (last - seconds <= DAY / 2) return null;', replace: '', harm: 'a clock that was set back begins another day' },
    ],
  },
  {
    area: 'collectors',
    file: 'collectors/text/zone.ts',
    tests: ['tests/collectors/run/assemble.test.ts'],
    mutations: [{ find: '14 * 3600', replace: '24 * 3600', harm: 'yesterday’s file is laid over today’s' }],
  },
];
