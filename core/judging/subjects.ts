import type { Workload } from '../contract/index.ts';
import { ceilingsFor, detectGpu, type Ceilings, type GpuId } from '../knowledge/index.ts';
import type { EntityRef } from '../readings/index.ts';
import type { Sources } from './bins.ts';
import type { RunEntity } from './entity.ts';
import { type Subject, engineWork, mathType } from './subject.ts';
import { INACTIVE } from './thresholds.ts';
import type { AnalyseOptions } from './workload/index.ts';

/** One subject with its surroundings: what a verdict needs besides the readings. */
export interface SubjectContext {
  readonly entity: EntityRef;
  readonly name: string | null;
  readonly type: GpuId | null;
  readonly typeFrom: 'detected' | 'given' | 'unknown';
  readonly ceilings: Ceilings | null;
  readonly subject: Subject;
  readonly sources: Sources;
  readonly host: number | null;
  readonly engines: readonly number[];
}

export interface Entities {
  readonly gpus: readonly RunEntity[];
  readonly hosts: readonly RunEntity[];
  readonly engines: readonly RunEntity[];
  readonly processes: readonly RunEntity[];
}

/** Subjects of a run: its GPUs; without any, its engines; without those, its hosts. */
export function contextsOf(entities: Entities, options: AnalyseOptions, workload: Workload): SubjectContext[] {
  const owned = enginesOf(entities);
  if (entities.gpus.length > 0) return entities.gpus.map((gpu) => gpuContext(gpu, owned.get(gpu.entity.id), entities, options, workload));
  const real = entities.engines.filter((engine) => isServing(engine) || isTraining(engine));
  if (real.length > 0) {
    return real.map((engine) => {
      const index = entities.engines.indexOf(engine);
      return contextFor(
        engine,
        null,
        { engines: [index], gpus: gpusTold(workload), ambiguous: false, says: null, noServer: false },
        entities,
        options,
        workload,
      );
    });
  }
  return entities.hosts.map((host) => contextFor(host, null, NOBODY, entities, options, workload));
}

const NOBODY: Owned = { engines: [], gpus: 1, ambiguous: false, says: null, noServer: false };

/** GPUs of an engine whose GPUs nobody sees: as it is spread, else one. */
function gpusTold(workload: Workload): number {
  return (workload.tensorParallel ?? 1) * (workload.pipelineParallel ?? 1) * (workload.dataParallel ?? 1);
}

function gpuContext(gpu: RunEntity, owned: Owned | undefined, entities: Entities, options: AnalyseOptions, workload: Workload): SubjectContext {
  return contextFor(gpu, gpu, owned ?? NOBODY, entities, options, workload);
}

function contextFor(entity: RunEntity, gpu: RunEntity | null, owned: Owned, entities: Entities, options: AnalyseOptions, workload: Workload): SubjectContext {
  const name = gpu?.facts.get('name') ?? null;
  const memoryTotal = gpu?.latest('gpu.memTotal') ?? Number.NaN;
  const detected = name === null ? null : detectGpu(name, memoryTotal > 0 ? memoryTotal : undefined);
  const type = options.gpu ?? detected;
  const powerLimit = gpu?.latest('gpu.powerLimit') ?? Number.NaN;
  const ceilings =
    type === null
      ? null
      : ceilingsFor(type, {
          memoryTotal,
          powerLimit,
          ...reportedLink(gpu),
        });
  const hostIndex = hostOf(entity.entity, entities);
  const host = hostIndex === null ? null : (entities.hosts[hostIndex] ?? null);
  const engines = owned.engines.map((index) => entities.engines[index]).filter((one) => one !== undefined);
  const speaking = engines.filter((engine) => isServing(engine) || isTraining(engine));
  const [first] = speaking;
  const serving = speaking.some(isServing);
  const facts = first?.facts ?? new Map();
  const maxRunning = Number(facts.get('maxNumSeqs') ?? first?.latest('engine.maxRunning') ?? Number.NaN);
  const cores = options.cores ?? Number(host?.facts.get('cores') ?? host?.latest('host.cores') ?? Number.NaN);
  const work = speaking.length === 0 ? null : engineWork(options, workload, { facts, type, gpus: owned.gpus, engines: speaking.length });
  return {
    entity: entity.entity,
    name,
    type,
    typeFrom: options.gpu !== undefined ? 'given' : detected === null ? 'unknown' : 'detected',
    ceilings,
    host: hostIndex,
    engines: owned.engines,
    sources: {
      gpu: gpu?.grid ?? null,
      host: host?.grid ?? null,
      engines: engines.map((one) => one.grid),
      processes: processesOf(entity.entity, entities).map((one) => one.grid),
    },
    subject: {
      kind: gpu === null ? (entity.entity.kind === 'host' ? 'host' : 'engine') : 'gpu',
      id: entity.entity.id,
      type,
      ceilings,
      powerReported: powerLimit > 0,
      serving,
      engineName: first?.entity.id.split('@')[0] ?? null,
      training: !serving && speaking.some(isTraining),
      fineTuning: looksLikeFineTuning([...speaking, ...processesOf(entity.entity, entities)]),
      work,
      math: mathType(work?.format ?? null, workload, type),
      modelNamed: workload.model,
      processSays: owned.says,
      noServer: owned.noServer,
      engineMaxRunning: maxRunning > 0 ? maxRunning : null,
      cores: cores > 0 ? cores : null,
      mig: gpu !== null && (/^enabled/i.test(gpu.facts.get('migMode') ?? '') || gpu.entity.id.startsWith('MIG-')),
      nvlinked: gpu?.has('gpu.nvlinkRx') ?? false,
      engineAmbiguous: owned.ambiguous,
    },
  };
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

function processesOf(entity: EntityRef, entities: Entities): RunEntity[] {
  const { node } = entity;
  return entities.processes.filter((one) => node === undefined || one.entity.node === undefined || one.entity.node === node);
}

/** Whose engine works on a GPU. */
export interface Owned {
  /** Indexes of the engines that work on it. */
  readonly engines: readonly number[];
  /** How many GPUs those engines have. */
  readonly gpus: number;
  readonly ambiguous: boolean;
  readonly says: 'serving' | 'training' | 'fine-tuning' | null;
  readonly noServer: boolean;
}

/** Memory that a context of a process with a model takes at least; below it and never busy, a GPU is not the engine's. */
const IN_USE = 2e9;

export function isServing(engine: RunEntity): boolean {
  return engine.has('engine.running') || engine.has('engine.generationTokens') || engine.has('engine.generationRate') || engine.has('engine.promptTokens');
}

export function isTraining(engine: RunEntity): boolean {
  return (
    engine.has('engine.trainSteps') ||
    engine.has('engine.trainTokens') ||
    engine.has('engine.trainTokenRate') ||
    engine.has('engine.trainStepTime') ||
    engine.has('engine.trainFlopRate')
  );
}

/**
 * Which engines work on which GPU. An engine that names its GPUs has those; the only engine of a run has every GPU that was
 * in use; engines on nodes of their own have their node's GPUs; several alike on one node share them; a server and a trainer
 * on one node, with nothing that tells them apart, have nobody's: then no engine is believed.
 */
export function enginesOf(entities: { gpus: readonly RunEntity[]; engines: readonly RunEntity[]; processes: readonly RunEntity[] }): Map<string, Owned> {
  const { gpus, engines, processes } = entities;
  const owners = new Map<string, Owned>();
  const groups = new Map<string, { engines: number[]; gpus: number }>();
  for (const gpu of gpus) {
    const roles = rolesOf(gpu, processes);
    const candidates = engines.map((engine, index) => ({ engine, index })).filter(({ engine }) => reaches(engine, gpu, engines) && wasUsed(gpu));
    const speaking = candidates.filter(({ engine }) => isServing(engine) || isTraining(engine));
    const byRole = roles.says === null || speaking.length < 2 ? speaking : speaking.filter(({ engine }) => isServing(engine) === (roles.says === 'serving'));
    const mixed = byRole.some(({ engine }) => isServing(engine)) && byRole.some(({ engine }) => !isServing(engine));
    const chosen = mixed ? [] : candidates.filter((one) => byRole.includes(one) || !speaking.includes(one)).map(({ index }) => index);
    const key = chosen.join(',');
    const group = groups.get(key) ?? { engines: chosen, gpus: 0 };
    group.gpus += 1;
    groups.set(key, group);
    owners.set(gpu.entity.id, { engines: chosen, gpus: 0, ambiguous: mixed, says: roles.says, noServer: roles.noServer });
  }
  for (const [id, owned] of owners) owners.set(id, { ...owned, gpus: groups.get(owned.engines.join(','))?.gpus ?? 1 });
  return owners;
}

function reaches(engine: RunEntity, gpu: RunEntity, engines: readonly RunEntity[]): boolean {
  const named = engine.facts.get('gpu');
  if (named !== undefined) return named.split(/[\s,]+/).includes(gpu.entity.id);
  const alone = engines.filter((one) => isServing(one) || isTraining(one)).length <= 1;
  const { node } = engine.entity;
  return alone || node === undefined || gpu.entity.node === undefined || node === gpu.entity.node;
}

function wasUsed(gpu: RunEntity): boolean {
  const signs = [gpu.peak('gpu.util') >= INACTIVE, gpu.peak('gpu.grActive') >= INACTIVE, gpu.peak('gpu.memUsed') >= IN_USE];
  const measured = gpu.has('gpu.util') || gpu.has('gpu.grActive') || gpu.has('gpu.memUsed');
  return !measured || signs.some((sign) => sign);
}

/** What command lines say: of the processes on this GPU where that is known, else of all on its node. */
function rolesOf(gpu: RunEntity, processes: readonly RunEntity[]): Pick<Owned, 'says' | 'noServer'> {
  const near = processes.filter(({ entity }) => entity.node === undefined || gpu.entity.node === undefined || entity.node === gpu.entity.node);
  const own = near.filter(({ facts }) => facts.get('gpu') === gpu.entity.id);
  const looked = own.length > 0 ? own : near.filter(({ facts }) => facts.get('gpu') === undefined);
  const server = looked.some(({ facts }) => facts.has('engine'));
  const trainers = looked.filter(({ facts }) => facts.has('trainer'));
  const says =
    server === trainers.length > 0 ? null : server ? ('serving' as const) : looksLikeFineTuning(trainers) ? ('fine-tuning' as const) : ('training' as const);
  return { says, noServer: looked.length > 0 && !server };
}

/** Words of fine-tuning in command lines and logs. */
export function looksLikeFineTuning(entities: readonly RunEntity[]): boolean {
  return entities.some(({ facts }) => {
    const text = [facts.get('workload'), facts.get('trainer'), facts.has('trainer') ? facts.get('command') : undefined]
      .filter((part) => part !== undefined)
      .join(' ');
    return /\b\w*(q?lora|peft|fine-?_?tun|sft|dpo)\w*\b/i.test(text);
  });
}
