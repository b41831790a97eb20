import type { Workload } from '../contract/index.ts';
import { type Ceilings, ceilingsFor, detectGpu, type GpuId, type Reported } from '../knowledge/index.ts';
import type { EntityRef } from '../readings/index.ts';
import type { SubjectSources } from './bins.ts';
import type { RunEntity } from './entity.ts';
import { subjectClock } from './clocks.ts';
import { engineWork, mathType, type Subject } from './subject.ts';
import { GLANCE_SECONDS, IN_USE_MEMORY, INACTIVE } from './thresholds.ts';
import type { AnalyseOptions } from './workload/index.ts';

/** One subject with its surroundings: what a verdict needs besides the readings. */
export interface SubjectContext {
  readonly entity: EntityRef;
  readonly name: string | null;
  readonly type: GpuId | null;
  readonly ceilings: Ceilings | null;
  readonly subject: Subject;
  readonly sources: SubjectSources;
  readonly host: number | null;
  readonly engines: readonly number[];
}

/** The entities of a run by kind, each kind in order of id. */
interface Entities {
  readonly gpus: readonly RunEntity[];
  readonly hosts: readonly RunEntity[];
  readonly engines: readonly RunEntity[];
  readonly processes: readonly RunEntity[];
}

/** A run as far as it is known: its entities, what was told of it, what runs. */
export interface KnownRun {
  readonly entities: Entities;
  readonly options: AnalyseOptions;
  readonly workload: Workload;
}

/** Subjects of a run: its GPUs; without any, its engines; without those, its hosts. */
export function contextsOf(known: KnownRun): SubjectContext[] {
  const { gpus, engines, hosts } = known.entities;
  const run: AskedRun = { ...known, near: nearBy(known.entities), given: givenOf(known) };
  if (gpus.length > 0) {
    const owned = enginesOf(run);
    return gpus.map((gpu) => contextOf(gpu, owned.get(gpu.entity.id) ?? NOBODY, run));
  }
  const real = engines.flatMap((engine, index) => (speaks(engine) ? [{ engine, index }] : []));
  if (real.length > 0) return real.map(({ engine, index }) => contextOf(engine, { ...NOBODY, engines: [index], gpus: gpusTold(run.workload) }, run));
  return hosts.map((host) => contextOf(host, NOBODY, run));
}

/** A run with what each of its subjects asks alike: found once, for a job may have thousands of processes beside hundreds of GPUs. */
interface AskedRun extends KnownRun {
  readonly near: (node: string | undefined) => Near;
  readonly given: Given;
}

/** The processes that may be of a node's GPUs. */
interface Near {
  readonly processes: readonly RunEntity[];
  /** By the GPU that they name, and those that name none. */
  readonly byGpu: ReadonlyMap<string, readonly RunEntity[]>;
  readonly unnamed: Roles;
  readonly fineTuning: boolean;
}

function nearBy({ processes }: Entities): AskedRun['near'] {
  const known = new Map<string | undefined, Near>();
  return (node) => {
    const before = known.get(node);
    if (before !== undefined) return before;
    const near = processes.filter((one) => node === undefined || one.entity.node === undefined || one.entity.node === node);
    const byGpu = new Map<string, RunEntity[]>();
    const unnamed: RunEntity[] = [];
    for (const one of near) {
      const gpu = one.facts.get('gpu');
      if (gpu === undefined) unnamed.push(one);
      else if (byGpu.has(gpu)) byGpu.get(gpu)?.push(one);
      else byGpu.set(gpu, [one]);
    }
    const found = { processes: near, byGpu, unnamed: rolesOf(unnamed), fineTuning: looksLikeFineTuning(near) };
    known.set(node, found);
    return found;
  };
}

/** What a job was given. */
interface Given {
  readonly names: ReadonlySet<string>;
  /** How many of the GPUs it was given were used; of all, where nobody says which were given. */
  readonly used: number;
}

function givenOf({ entities, options }: KnownRun): Given {
  const names = new Set(options.gpusAllocated ?? []);
  return { names, used: entities.gpus.filter((one) => wasUsed(one) && (names.size === 0 || isGiven(one, names))).length };
}

const NOBODY: Owned = { engines: [], gpus: 1, ambiguous: false, elsewhere: null, says: null, noServer: false };

/** GPUs of an engine whose GPUs nobody sees: as it is spread, else one. */
function gpusTold({ tensorParallel, pipelineParallel, dataParallel }: Workload): number {
  return (tensorParallel ?? 1) * (pipelineParallel ?? 1) * (dataParallel ?? 1);
}

function contextOf(entity: RunEntity, owned: Owned, run: AskedRun): SubjectContext {
  const { entities } = run;
  const gpu = entity.entity.kind === 'gpu' ? entity : null;
  const hostIndex = hostOf(entity.entity, entities);
  const host = hostIndex === null ? null : (entities.hosts[hostIndex] ?? null);
  const engines = owned.engines.map((index) => entities.engines[index]).filter((one) => one !== undefined);
  const speaking = engines.filter(speaks);
  const near = run.near(entity.entity.node);
  const name = gpu?.facts.get('name') ?? null;
  const card = cardOf(gpu, name, run);
  const work = workOn(speaking, { type: card.type, gpus: owned.gpus }, run);
  return {
    entity: entity.entity,
    name,
    ...card,
    host: hostIndex,
    engines: owned.engines,
    sources: {
      gpu: gpu?.grid ?? null,
      host: host?.grid ?? null,
      engines: engines.map((one) => one.grid),
      processes: near.processes.map((one) => one.grid),
    },
    subject: {
      kind: entity.entity.kind === 'gpu' || entity.entity.kind === 'host' ? entity.entity.kind : 'engine',
      id: entity.entity.id,
      ...card,
      ...work,
      fineTuning: near.fineTuning || looksLikeFineTuning(speaking),
      processSays: owned.says,
      noServer: owned.noServer,
      cores: run.options.cores === undefined ? coresOf(host) : positive(run.options.cores),
      hostCores: coresOf(host),
      shared: isShared(entity.entity, host, run),
      peers: hasPeers(work, owned, run),
      mig: gpu !== null && (/^enabled/i.test(gpu.facts.get('migMode') ?? '') || gpu.entity.id.startsWith('MIG-')),
      engineElsewhere: owned.elsewhere,
      crowdAssumed: speaking.length > 1 && speaking.some(({ facts }) => !facts.has('gpu')),
      glances: glancesOf(speaking),
      engineAmbiguous: owned.ambiguous,
      clocks: [
        ...(gpu === null ? [] : [subjectClock('gpu', 'the GPU', gpu.facts)]),
        ...speaking.map((engine) => subjectClock('engine', nameOf(engine), engine.facts)),
        ...(host === null ? [] : [subjectClock('host', 'the host', host.facts)]),
      ],
    },
  };
}

/** The type of a card and its limits, as far as it reports them itself. */
function cardOf(gpu: RunEntity | null, name: string | null, { options, entities }: KnownRun): Pick<Subject, 'type' | 'ceilings'> {
  const memoryTotal = gpu?.latest('gpu.memTotal') ?? Number.NaN;
  const powerLimit = gpu?.latest('gpu.powerLimit') ?? Number.NaN;
  const type = options.gpu ?? (name === null ? null : detectGpu(name, memoryTotal > 0 ? memoryTotal : undefined));
  return { type, ceilings: type === null ? null : ceilingsFor(type, { memoryTotal, powerLimit, nvlink: wiredLink(gpu, entities), ...reportedLink(gpu) }) };
}

/**
 * NVLinks from a GPU to the others of the run, as the node's `nvidia-smi topo -m` says; undefined where it was not given, tells not of
 * them all, or the GPU is alone.
 */
function wiredLink(gpu: RunEntity | null, { gpus }: Entities): Reported['nvlink'] {
  const told = gpu?.facts.get('nvlink');
  if (gpu === null || told === undefined) return undefined;
  const beside = gpus.filter(({ entity }) => entity.id !== gpu.entity.id && entity.node === gpu.entity.node);
  const indexes = beside.map(indexOf);
  if (beside.length === 0 || indexes.includes(null) || beside.some(({ facts }) => !facts.has('nvlink'))) return undefined;
  const joined = told.split(', ').flatMap((word) => {
    const [, links, index] = /^NV(\d{1,3}) to GPU(\d{1,3})$/.exec(word) ?? [];
    return links === undefined || index === undefined || !indexes.includes(index) ? [] : [Number.parseInt(links, 10)];
  });
  if (joined.length === 0) return null;
  return { links: joined.reduce((sum, links) => sum + links, 0), reach: joined.length === beside.length ? 'all' : 'pair' };
}

/** The index of a GPU as nvidia-smi prints it; a GPU that no UUID is known of bears it as its name. */
function indexOf({ entity, facts }: RunEntity): string | null {
  return facts.get('index') ?? (entity.id.startsWith('#') ? entity.id.slice(1) : null);
}

/** What the engines and trainers that speak for a subject do on it. */
function workOn(
  speaking: readonly RunEntity[],
  on: { readonly type: GpuId | null; readonly gpus: number },
  { options, workload }: KnownRun,
): Pick<Subject, 'serving' | 'training' | 'engineName' | 'work' | 'math' | 'modelNamed' | 'engineMaxRunning' | 'stages'> {
  const [first] = speaking;
  const serving = speaking.some(isServing);
  const facts = first?.facts ?? new Map();
  const work = first === undefined ? null : engineWork(options, workload, { facts, ...on, engines: speaking.length, serving });
  return {
    serving,
    training: !serving && speaking.some(isTraining),
    engineName: first === undefined ? null : nameOf(first),
    work,
    math: mathType(work?.format ?? null, workload, on.type),
    modelNamed: workload.model,
    engineMaxRunning: positive(Number(facts.get('maxNumSeqs') ?? first?.latest('engine.maxRunning') ?? Number.NaN)),
    stages: workload.pipelineParallel ?? 1,
  };
}

/** Seconds between two looks at an engine, where they are so far apart that its gauges prove nothing between them. */
function glancesOf(engines: readonly RunEntity[]): number | null {
  const longest = engines.reduce((most, engine) => (engine.interval() > most ? engine.interval() : most), 0);
  return longest > GLANCE_SECONDS ? longest : null;
}

/** CPU cores that a host says to have. */
function coresOf(host: RunEntity | null): number | null {
  return host === null ? null : positive(Number(host.facts.get('cores') ?? host.latest('host.cores')));
}

/**
 * Whether others use a node, as far as anything says: the job was given fewer of its cores or of its GPUs than there are. A job that
 * was given some cores of a node of unknown size may have neighbours, unless all GPUs there are its own (§7.8.4).
 */
function isShared({ node }: EntityRef, host: RunEntity | null, { entities, options, given }: AskedRun): boolean {
  const cores = coresOf(host);
  if (options.cores !== undefined && cores !== null && options.cores < cores) return true;
  const beside = entities.gpus.filter(({ entity }) => node === undefined || entity.node === undefined || entity.node === node);
  const own = beside.filter((gpu) => isGiven(gpu, given.names));
  if (own.length > 0) return own.length < beside.length;
  return options.cores !== undefined && cores === null;
}

/**
 * Whether several GPUs work on one thing: a server's as its model is spread, otherwise all that were given and used, since nothing says
 * that the parts of a job leave each other alone.
 */
function hasPeers({ serving, work }: Pick<Subject, 'serving' | 'work'>, owned: Owned, { given, workload }: AskedRun): boolean {
  if (serving) return work === null ? owned.gpus > owned.engines.length : work.tensorParallel * work.pipelineParallel > 1;
  return given.used > 1 || gpusTold(workload) > 1;
}

function isGiven({ entity, facts }: RunEntity, given: ReadonlySet<string>): boolean {
  return given.has(entity.id) || given.has(`#${facts.get('index') ?? ''}`);
}

function positive(value: number): number | null {
  return value > 0 ? value : null;
}

/** The link as the card reports it: its maximum, else the best it was seen at (it drops when idle). */
function reportedLink(gpu: RunEntity | null): { pcieGen?: number; pcieWidth?: number } {
  if (gpu === null) return {};
  const best = (max: 'gpu.pcieGenMax' | 'gpu.pcieWidthMax', now: 'gpu.pcieGen' | 'gpu.pcieWidth') => {
    const value = gpu.latest(max);
    return value > 0 ? value : gpu.peak(now);
  };
  const pcieGen = best('gpu.pcieGenMax', 'gpu.pcieGen');
  const pcieWidth = best('gpu.pcieWidthMax', 'gpu.pcieWidth');
  return { ...(pcieGen > 0 && gpu.has('gpu.pcieGenMax') ? { pcieGen } : {}), ...(pcieWidth > 0 && gpu.has('gpu.pcieWidthMax') ? { pcieWidth } : {}) };
}

/** The host that an entity lives on: the one of its node; without node names the only one. */
function hostOf(entity: EntityRef, entities: Entities): number | null {
  if (entity.kind === 'host') return entities.hosts.findIndex((host) => host.entity.id === entity.id);
  const named = entities.hosts.findIndex((host) => host.entity.id === entity.node);
  if (named >= 0) return named;
  return entities.hosts.length === 1 && (entity.node === undefined || entities.hosts[0]?.entity.id === '?') ? 0 : null;
}

/** Whose engine works on a GPU. */
interface Owned {
  /** Indexes of the engines that work on it. */
  readonly engines: readonly number[];
  /** How many GPUs those engines have. */
  readonly gpus: number;
  readonly ambiguous: boolean;
  /** The name of an engine that produces tokens while no GPU that it could work on was used once. */
  readonly elsewhere: string | null;
  readonly says: 'serving' | 'training' | 'fine-tuning' | null;
  readonly noServer: boolean;
}

/** Facts longer than this count by their length: a command line does not change within a run. */
const LONG_FACT = 40;

/** Changes when an entity or a fact is new that `contextsOf` looks at: then subjects and workload are found again. */
export function signatureOf(entities: Iterable<RunEntity>): string {
  let text = '';
  for (const one of entities) {
    const { entity, facts, latest } = one;
    text += `${entity.kind}:${entity.id}|${facts.size}`;
    for (const value of facts.values()) text += `;${value.length > LONG_FACT ? value.length : value}`;
    if (entity.kind === 'gpu') text += `|${latest('gpu.memTotal')},${latest('gpu.powerLimit')},${wasUsed(one)}`;
    if (entity.kind === 'engine')
      text += `|${one.interval() > GLANCE_SECONDS},${producedTokens(one)},${isServing(one)},${isTraining(one)},${latest('engine.maxRunning')}`;
    if (entity.kind === 'host') text += `|${latest('host.cores')}`;
  }
  return text;
}

/** Tokens or steps came out of it: it computed somewhere. */
function producedTokens(engine: RunEntity): boolean {
  const counters = ['engine.generationTokens', 'engine.promptTokens', 'engine.trainSteps', 'engine.trainTokens'] as const;
  const gauges = ['engine.generationRate', 'engine.promptRate', 'engine.trainTokenRate'] as const;
  return counters.some((id) => engine.grew(id)) || gauges.some((id) => engine.peak(id) > 0);
}

/** `vllm` of `vllm@n1:8000`. */
function nameOf({ entity }: RunEntity): string {
  return entity.id.split('@')[0] ?? entity.id;
}

/** An engine that answers requests. */
function isServing(engine: RunEntity): boolean {
  return engine.has('engine.running') || engine.has('engine.generationTokens') || engine.has('engine.generationRate') || engine.has('engine.promptTokens');
}

/** A trainer that tells of its steps. */
function isTraining(engine: RunEntity): boolean {
  return (
    engine.has('engine.trainSteps') ||
    engine.has('engine.trainTokens') ||
    engine.has('engine.trainTokenRate') ||
    engine.has('engine.trainStepTime') ||
    engine.has('engine.trainFlopRate')
  );
}

/** An engine or a trainer whose own figures are here. */
function speaks(engine: RunEntity): boolean {
  return isServing(engine) || isTraining(engine);
}

/** An engine with what is asked of it for every GPU. */
interface Candidate {
  readonly engine: RunEntity;
  readonly index: number;
  readonly speaks: boolean;
  readonly serving: boolean;
  /** The GPUs that it names; null where it names none. */
  readonly named: ReadonlySet<string> | null;
}

/** A GPU with its name, its place and whether it was used. */
interface Seen {
  readonly id: string;
  readonly node: string | undefined;
  readonly used: boolean;
}

/**
 * Which engines work on which GPU. An engine that names its GPUs has those; the only engine of a run has every GPU that was
 * in use; engines on nodes of their own have their node's GPUs; several alike on one node share them; a server and a trainer
 * on one node, with nothing that tells them apart, have nobody's: then no engine is believed.
 */
function enginesOf({ entities, near }: AskedRun): Map<string, Owned> {
  const engines = entities.engines.map(candidateOf);
  const gpus = entities.gpus.map((gpu): Seen => ({ id: gpu.entity.id, node: gpu.entity.node, used: wasUsed(gpu) }));
  const alone = engines.filter((one) => one.speaks).length <= 1;
  const reaches = (one: Candidate, gpu: Seen) => isReached(one, gpu, alone);
  const idle = engines.filter((one) => producedTokens(one.engine) && !gpus.some((gpu) => gpu.used && reaches(one, gpu)));
  const owners = new Map<string, Owned>();
  const groups = new Map<string, number>();
  const keys = new Map<string, string>();
  const reached = new Map<string, number>();
  for (const gpu of gpus) {
    const roles = rolesOn(gpu, near(gpu.node));
    const candidates = gpu.used ? engines.filter((one) => reaches(one, gpu)) : [];
    const speaking = candidates.filter((one) => one.speaks);
    const byRole = roles.says === null || speaking.length < 2 ? speaking : speaking.filter(({ serving }) => serving === (roles.says === 'serving'));
    const mixed = byRole.some(({ serving }) => serving) && byRole.some(({ serving }) => !serving);
    const roleKey = byRole.map(({ index }) => index).join(',');
    const many = () => {
      const known = reached.get(roleKey) ?? gpus.filter((other) => other.used && byRole.some((one) => reaches(one, other))).length;
      reached.set(roleKey, known);
      return known;
    };
    const unclear = mixed || areUnclear(byRole, many);
    const believed = new Set(byRole);
    const chosen = unclear ? [] : candidates.filter((one) => believed.has(one) || !one.speaks).map(({ index }) => index);
    const key = chosen.join(',');
    groups.set(key, (groups.get(key) ?? 0) + 1); // none counted yet is 0
    keys.set(gpu.id, key);
    const elsewhere = idle.find((one) => reaches(one, gpu));
    owners.set(gpu.id, {
      engines: chosen,
      gpus: 0,
      ambiguous: unclear,
      elsewhere: elsewhere === undefined ? null : nameOf(elsewhere.engine),
      ...roles,
    });
  }
  for (const [id, owned] of owners) owners.set(id, { ...owned, gpus: groups.get(keys.get(id) ?? '') ?? 1 });
  return owners;
}

function candidateOf(engine: RunEntity, index: number): Candidate {
  const named = engine.facts.get('gpu');
  const serving = isServing(engine);
  return { engine, index, serving, speaks: serving || isTraining(engine), named: named === undefined ? null : new Set(named.split(/[\s,]+/)) };
}

/**
 * Several engines on several GPUs, of which none says its own: replicas of one model, each with GPUs to itself, are spread evenly.
 * More engines than GPUs, or different models, are anybody's guess (§7.8.1).
 */
function areUnclear(speaking: readonly Candidate[], gpus: () => number): boolean {
  const silent = speaking.filter(({ named }) => named === null);
  if (silent.length <= 1 || gpus() <= 1) return false;
  const models = new Set(silent.map(({ engine }) => engine.facts.get('model')).filter((model) => model !== undefined));
  return silent.length > gpus() || models.size > 1;
}

function isReached({ engine, named }: Candidate, gpu: Seen, alone: boolean): boolean {
  if (named !== null) return named.has(gpu.id);
  const { node } = engine.entity;
  return alone || node === undefined || gpu.node === undefined || node === gpu.node;
}

function wasUsed(gpu: RunEntity): boolean {
  const signs = [gpu.peak('gpu.util') >= INACTIVE, gpu.peak('gpu.grActive') >= INACTIVE, gpu.peak('gpu.memUsed') >= IN_USE_MEMORY];
  const measured = gpu.has('gpu.util') || gpu.has('gpu.grActive') || gpu.has('gpu.memUsed');
  return !measured || signs.some((sign) => sign);
}

type Roles = Pick<Owned, 'says' | 'noServer'>;

/** What command lines say: of the processes on this GPU where that is known, else of all on its node that name none. */
function rolesOn(gpu: Seen, { byGpu, unnamed }: Near): Roles {
  const own = byGpu.get(gpu.id);
  return own === undefined ? unnamed : rolesOf(own);
}

function rolesOf(looked: readonly RunEntity[]): Roles {
  const server = looked.some(({ facts }) => facts.has('engine'));
  const trainers = looked.filter(({ facts }) => facts.has('trainer'));
  const says =
    server === trainers.length > 0 ? null : server ? ('serving' as const) : looksLikeFineTuning(trainers) ? ('fine-tuning' as const) : ('training' as const);
  return { says, noServer: looked.length > 0 && !server };
}

/** Words of fine-tuning in command lines and logs. */
function looksLikeFineTuning(entities: readonly RunEntity[]): boolean {
  return entities.some(({ facts }) => {
    const text = [facts.get('workload'), facts.get('trainer'), facts.has('trainer') ? facts.get('command') : undefined]
      .filter((part) => part !== undefined)
      .join(' ');
    return /lora|peft|fine-?_?tun|sft|dpo/i.test(text);
  });
}
