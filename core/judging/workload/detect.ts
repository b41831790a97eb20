import { findModel, type GpuId, type ModelSpec, type Site } from '../../knowledge/index.ts';
import type { Workload } from '../../contract/index.ts';
import type { FactName, SourceEvent, Table } from '../../readings/index.ts';
import { type CommandWorkload, plainType, readCommand } from './command-line.ts';

/**
 * Engine, model, data type and parallelism: given by a person, else from a process's command line, else from what the engine
 * or a log says of itself. `from` says which, field by field. A field on which two engines disagree is null: one model's
 * arithmetic must not judge the other.
 */
export function detectWorkload(tables: readonly Table[], options: AnalyseOptions, events: readonly SourceEvent[] = []): Workload {
  const from: string[] = [];
  const engines = speakers(tables);
  const commands = commandsOf(tables);
  const processes = tables.filter(({ entity }) => entity.kind === 'process');
  const tell = <T>(name: string, given: T | undefined, statements: readonly Statement<T>[]): T | null => {
    const [first] = given === undefined ? statements : [];
    if (given !== undefined) from.push(`${name} given`);
    else if (first !== undefined) from.push(`${name} from ${first.from}`);
    return given ?? first?.value ?? null;
  };
  const facts = (name: FactName) => [...factsOf(engines, name), ...factsOf(processes, name)];
  const counts = (key: 'tensorParallel' | 'pipelineParallel' | 'dataParallel') =>
    tell(key, options[key], [...fromCommands(commands, key), ...countStatements(facts(key))]);

  const engine = tell('engine', undefined, engineNames(engines, commands, facts));
  const models = [...fromCommands(commands, 'model'), ...facts('model'), ...loadedModels(events)];
  const doubt = options.modelSpec === undefined && options.model === undefined ? disagreement(commands, engines) : null;
  if (doubt !== null) from.push(doubt);
  const model = tell('model', options.modelSpec?.id ?? options.model, doubt === null ? knownFirst(models) : []);
  const named = model === null ? null : (findModel(model)?.quantization ?? null);
  return {
    engine,
    model,
    dtype: tell('dtype', options.dtype, [...fromCommands(commands, 'dtype'), ...typeStatements(facts('dtype'))]),
    quantization: tell('quantization', options.quantization, [
      ...fromCommands(commands, 'quantization'),
      ...facts('quantization'),
      ...(named === null ? [] : [{ value: named, from: 'the model’s name' }]),
    ]),
    tensorParallel: counts('tensorParallel'),
    pipelineParallel: counts('pipelineParallel'),
    dataParallel: counts('dataParallel'),
    from,
  };
}

function fromCommands<K extends keyof CommandWorkload>(commands: readonly Command[], key: K): Statement<NonNullable<CommandWorkload[K]>>[] {
  return commands.flatMap(({ said, from }) => {
    const value = said[key];
    return value === null || value === undefined ? [] : [{ value, from }];
  });
}

/** The engine whose counters are here; else the program that a command line names; else a process's facts. */
function engineNames(engines: readonly Table[], commands: readonly Command[], facts: (name: FactName) => Statement<string>[]): Statement<string>[] {
  const ids = engines.map(({ entity }) => ({ value: entity.id.split('@')[0] ?? entity.id, from: entity.id }));
  const programs = commands.filter(({ said }) => said.program !== 'script').map(({ said, from }) => ({ value: said.program, from }));
  return [...ids, ...programs, ...facts('engine'), ...facts('trainer').filter(({ value }) => value !== 'script')].map(({ value, from }) => ({
    value: value === 'llamacpp' ? 'llama.cpp' : value,
    from,
  }));
}

/** Statements that name a model of the table before those that name none: an alias served under another name, a local path. */
function knownFirst(statements: readonly Statement<string>[]): Statement<string>[] {
  const known = new Set(statements.filter(({ value }) => findModel(value) !== null));
  return [...known, ...statements.filter((statement) => !known.has(statement))];
}

/** Engines that serve different models of the table, in words; null where they agree or say nothing. */
function disagreement(commands: readonly Command[], engines: readonly Table[]): string | null {
  const served = [commands.filter(({ said }) => said.role === 'engine').map(({ said }) => said.model), engines.map(({ facts }) => facts.get('model') ?? null)];
  for (const names of served) {
    const ids = new Set(names.flatMap((name) => (name === null ? [] : (findModel(name)?.model.id ?? []))));
    if (ids.size > 1) return `model not decided: ${[...ids].join(' and ')} are served at once: name the one that is meant`;
  }
  return null;
}

/** One statement about a field, with where it comes from in words. */
interface Statement<T> {
  readonly value: T;
  readonly from: string;
}

/** Engines and trainers that speak, LMCache apart: it caches for one of them. */
function speakers(tables: readonly Table[]): Table[] {
  return tables.filter(({ entity }) => entity.kind === 'engine' && !entity.id.startsWith('lmcache'));
}

/** A command line with its process, engines' before trainers': a server's workers and launchers repeat each other. */
interface Command {
  readonly said: CommandWorkload;
  readonly from: string;
}

/** The command lines that start an engine or a trainer: engines' alone where there are any. */
function commandsOf(tables: readonly Table[]): Command[] {
  const all = tables.flatMap(({ entity, facts }): Command[] => {
    const line = facts.get('command');
    const said = line === undefined ? null : readCommand(line);
    return said === null ? [] : [{ said, from: `the command line of ${entity.kind} ${entity.id}` }];
  });
  const serving = all.filter(({ said }) => said.role === 'engine');
  return serving.length > 0 ? serving : all;
}

/** A fact of some tables, in their order; empty texts and an undecided `auto` or `None` say nothing. */
function factsOf(tables: readonly Table[], name: FactName): Statement<string>[] {
  return tables.flatMap(({ entity, facts }) => {
    const value = facts.get(name)?.trim() ?? '';
    return /^(?:auto|none|null|unknown)?$/i.test(value) ? [] : [{ value, from: entity.id }];
  });
}

/** A data type in one spelling where it is a plain one. */
function typeStatements(statements: readonly Statement<string>[]): Statement<string>[] {
  return statements.map(({ value, from }) => ({ value: plainType(value) ?? value, from }));
}

/** Whole numbers from 1 on. */
function countStatements(statements: readonly Statement<string>[]): Statement<number>[] {
  return statements.map(({ value, from }) => ({ value: Number(value), from })).filter(({ value }) => Number.isInteger(value) && value >= 1);
}

const LOADED = /(?:[Ss]tarting to load model|[Ll]oading model from|load_model: loading model)[: ]+['"]?([^\s'",]+?)['"]?(?:\.{3}|,|\s|$)/;

/** The model that a log says is being loaded. */
function loadedModels(events: readonly SourceEvent[]): Statement<string>[] {
  return events.flatMap(({ kind, text }) => {
    const name = kind === 'loading' ? LOADED.exec(text)?.[1] : undefined;
    return name === undefined ? [] : [{ value: name, from: 'the log' }];
  });
}

/** What a person, a job declaration or a file name says beyond the telemetry. Given values beat detected ones. */
export interface AnalyseOptions {
  readonly gpu?: GpuId;
  /** A model's name in any of the spellings that `findModel` knows. */
  readonly model?: string;
  /** An architecture, e.g. from a `config.json`; beats `model`. */
  readonly modelSpec?: ModelSpec;
  readonly dtype?: string;
  readonly quantization?: string;
  readonly tensorParallel?: number;
  readonly pipelineParallel?: number;
  readonly dataParallel?: number;
  /** CPU cores that the job was given: what host load is measured against. */
  readonly cores?: number;
  /** UUIDs (or `#index`) of the GPUs that the job was given, also those that no tool has shown. */
  readonly gpusAllocated?: readonly string[];
  /** What the cluster is made of; left out: nothing is told of other cards and nodes, and its storage has no name. */
  readonly site?: Site;
  /** The caller's time on the run's clock, seconds: core reads no clock. Absent for a finished run. */
  readonly now?: number;
}
