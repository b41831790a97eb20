import type { EntityRef, FactName, SourceEvent } from '../../core/readings/index.ts';
import type { Sign, Values } from '../text/index.ts';

/** What a line itself says about time, where it carries no stamp. */
export interface LineTime {
  /** Seconds since the work began, as a progress bar shows them. */
  readonly elapsed?: number;
  /** Seconds that passed since the line before, as a step time says. */
  readonly took?: number;
}

/** Takes what the readers find in the line that is being read. */
export interface LogSink {
  /** The entity of a program: `vllm@?`; a part of it (one engine of several) is its own. */
  entity(program: string, part?: string): EntityRef;
  /**
   * A reading of a trainer at the line's time, with the facts of a trainer. One log is of one training: all readers of its lines speak of
   * one entity, named after the first of them, and its steps are counted by one of them, since two would count the same twice.
   */
  trains(program: string, values: Values, time?: LineTime): void;
  /** The entity of the log's training, which is named after the first program that asks. */
  trainer(program: string): EntityRef;
  /** The model that the log's training trains, where it is of one: the first that is named. */
  trainsModel(name: string): void;
  /** A reading at the line's time. Values that cannot be true are rejected one by one. */
  reading(entity: EntityRef, values: Values, time?: LineTime): void;
  /** Whether the line that is being read carries a stamp. */
  stamped(): boolean;
  /** The work begins in the line that is being read: a bar's seconds count from its stamp. */
  begins(): void;
  fact(entity: EntityRef, name: FactName, value: string): void;
  event(kind: SourceEvent['kind'], text: string, entity?: EntityRef): void;
}

/** The lines of one program. */
export interface LogReader {
  readonly id: string;
  /** Matches every line that may be one of its own: the lines that match none are passed over at once. */
  readonly hint: RegExp;
  /** Matches lines that only this program prints: what the format is recognised by. */
  readonly sign: Sign;
  /** A reader with a memory of its own. It returns true where the line was its own. */
  open(sink: LogSink): LineReader;
}

export interface LineReader {
  (line: string): boolean;
  /** Called once, after the last line. */
  end?: () => void;
}
