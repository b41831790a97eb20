import { Type } from 'typebox';
import { ID_PATTERN, LONGEST, NAME_PATTERN, TEXT_PATTERN } from '../readings/index.ts';

/** A name or label: whole characters, no control characters, none that turn the text around it, so that it is the same to every program and reader. */
export function name(most: number = LONGEST.name, least = 0) {
  return Type.String({ ...(least === 0 ? {} : { minLength: least }), maxLength: most, pattern: NAME_PATTERN });
}

/** A name that stands in addresses: of a node, a job, a measured thing. */
export function id(most: number = LONGEST.name, least = 0) {
  return Type.String({ ...(least === 0 ? {} : { minLength: least }), maxLength: most, pattern: ID_PATTERN });
}

/** What people read, of several lines maybe. */
export function words(most: number) {
  return Type.String({ maxLength: most, pattern: TEXT_PATTERN });
}
