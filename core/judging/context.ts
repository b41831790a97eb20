import type { Subject } from './subject.ts';
import type { Workload } from '../contract/index.ts';
import { ceilingsFor, detectGpu, type Ceilings, type GpuId } from '../knowledge/index.ts';
import type { AnalyseOptions } from './workload/index.ts';
import type { EntityRef } from '../readings/index.ts';
import type { RunEntity } from './entity.ts';
import { engineWork, mathType, modelOf } from './engine-work.ts';
import { enginesOf, isServing, isTraining, looksLikeFineTuning, type Owned } from './owners.ts';
import type { Sources } from './view.ts';

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

export { modelOf };
