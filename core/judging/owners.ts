import { INACTIVE } from './thresholds.ts';
import type { RunEntity } from './entity.ts';

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
