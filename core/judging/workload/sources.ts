import type { FactName, SourceEvent, Table } from '../../readings/index.ts';
import { plainType, readCommand, type CommandWorkload } from './command-line.ts';

/** One statement about a field, with where it comes from in words. */
export interface Statement<T> {
  readonly value: T;
  readonly from: string;
}

/** Engines and trainers that speak, LMCache apart: it caches for one of them. */
export function speakers(tables: readonly Table[]): Table[] {
  return tables.filter(({ entity }) => entity.kind === 'engine' && !entity.id.startsWith('lmcache'));
}

/** A command line with its process, engines' before trainers': a server's workers and launchers repeat each other. */
export interface Command {
  readonly said: CommandWorkload;
  readonly from: string;
}

export function commandsOf(tables: readonly Table[]): Command[] {
  const all = tables.flatMap(({ entity, facts }): Command[] => {
    const line = facts.get('command');
    const said = line === undefined ? null : readCommand(line);
    return said === null ? [] : [{ said, from: `the command line of ${entity.kind} ${entity.id}` }];
  });
  const serving = all.filter(({ said }) => said.role === 'engine');
  return serving.length > 0 ? serving : all;
}

/** A fact of some tables, in their order; empty texts and an undecided `auto` or `None` say nothing. */
export function factsOf(tables: readonly Table[], name: FactName): Statement<string>[] {
  return tables.flatMap(({ entity, facts }) => {
    const value = facts.get(name)?.trim() ?? '';
    return /^(?:auto|none|null|unknown)?$/i.test(value) ? [] : [{ value, from: entity.id }];
  });
}

/** A data type in one spelling where it is a plain one. */
export function typeStatements(statements: readonly Statement<string>[]): Statement<string>[] {
  return statements.map(({ value, from }) => ({ value: plainType(value) ?? value, from }));
}

/** Whole numbers from 1 on. */
export function countStatements(statements: readonly Statement<string>[]): Statement<number>[] {
  return statements.map(({ value, from }) => ({ value: Number(value), from })).filter(({ value }) => Number.isInteger(value) && value >= 1);
}

const LOADED = /(?:[Ss]tarting to load model|[Ll]oading model from|load_model: loading model)[: ]+['"]?([^\s'",]+?)['"]?(?:\.{3}|,|\s|$)/;

/** The model that a log says is being loaded. */
export function loadedModels(events: readonly SourceEvent[]): Statement<string>[] {
  return events.flatMap(({ kind, text }) => {
    const name = kind === 'loading' ? LOADED.exec(text)?.[1] : undefined;
    return name === undefined ? [] : [{ value: name, from: 'the log' }];
  });
}
