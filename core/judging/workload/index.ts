import type { FactName, SourceEvent, Table } from '../../readings/index.ts';
import type { Workload } from '../../contract/index.ts';
import type { AnalyseOptions } from './analyse-options.ts';
import { findModel } from '../../knowledge/index.ts';
import type { CommandWorkload } from './command-line.ts';
import { commandsOf, countStatements, factsOf, loadedModels, speakers, typeStatements, type Command, type Statement } from './sources.ts';

export { readCommand, type CommandWorkload } from './command-line.ts';

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
  const known = statements.filter(({ value }) => findModel(value) !== null);
  return [...known, ...statements.filter((statement) => !known.includes(statement))];
}

/** Engines that serve different models of the table, in words; null where they agree or say nothing. */
function disagreement(commands: readonly Command[], engines: readonly Table[]): string | null {
  const served = [commands.filter(({ said }) => said.role === 'engine').map(({ said }) => said.model), engines.map(({ facts }) => facts.get('model') ?? null)];
  for (const names of served) {
    const ids = new Set(names.flatMap((name) => (name === null ? [] : (findModel(name)?.model.id ?? []))));
    if (ids.size > 1) return `model not decided: ${[...ids].join(' and ')} are served at once (give --model)`;
  }
  return null;
}
export type { AnalyseOptions } from './analyse-options.ts';
