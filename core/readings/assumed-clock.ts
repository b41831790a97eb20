import type { FactName } from './reading.ts';

/**
 * Why times are not known but assumed:
 * - period: the text carries no times, so many seconds between samples are assumed;
 * - steps: a trainer's step times are added up, without the pauses between them;
 * - start: seconds from the text's own start are laid beside those of other sources;
 * - zone: stamps without a zone were shifted until they lay over the others.
 */
const ASSUMPTIONS = ['period', 'steps', 'start', 'zone'] as const;
type Assumption = (typeof ASSUMPTIONS)[number];

/** What is assumed of the clock of an entity's readings, and the source whose clock it is (its file). */
export interface AssumedClock {
  readonly kind: Assumption;
  readonly source: string;
}

/** Between assumptions. */
const NEXT = '; ';

/** A fact `clock` with one more assumption than it had: `start of train.log`. */
export function withAssumption(before: string | undefined, { kind, source }: AssumedClock): string {
  return [...(before === undefined ? [] : [before]), `${kind} of ${source}`].join(NEXT);
}

/** What a fact `clock` says is assumed; nothing where it is a fact of somebody else's making. */
export function assumedClocks(facts: ReadonlyMap<FactName, string>): AssumedClock[] {
  return (facts.get('clock') ?? '').split(NEXT).flatMap((part) => {
    const [, word, source = ''] = /^(\w+) of (.*)$/s.exec(part) ?? [];
    const kind = ASSUMPTIONS.find((one) => one === word);
    return kind === undefined ? [] : [{ kind, source }];
  });
}
