import { type AssumedClock, assumedClocks, type FactName } from '../readings/index.ts';

/** One of those that a subject is judged by, with what is assumed of the clock of its readings. */
export interface SubjectClock {
  readonly of: 'gpu' | 'engine' | 'host';
  /** Its name for texts. */
  readonly name: string;
  readonly assumed: readonly AssumedClock[];
}

/** What an entity's facts say of its clock. */
export function subjectClock(of: SubjectClock['of'], name: string, facts: ReadonlyMap<FactName, string>): SubjectClock {
  return { of, name, assumed: assumedClocks(facts) };
}

const WORDS: Readonly<Record<AssumedClock['kind'], (name: string) => string>> = {
  period: (name) => `the samples of ${name} carry no times: so many seconds apart as they are placed, and from the start`,
  steps: (name) => `the times of ${name} are its step times added up: rates over them leave out what passes between steps`,
  start: (name) => `${name} counts seconds from its own start: placed at the start of the run`,
  zone: (name) => `${name} names no time zone: shifted by whole quarters of an hour until it lies over the others`,
};

/** What is assumed of the clocks behind a verdict, in words, each once. */
export function clockWords(clocks: readonly SubjectClock[]): string[] {
  return [...new Set(clocks.flatMap(({ name, assumed }) => assumed.map(({ kind }) => WORDS[kind](name))))];
}
