import { Type } from 'typebox';
import { LONGEST, NAME_PATTERN, TEXT_PATTERN } from '../readings/index.ts';

/** An id, name or label: whole characters, no control characters, so that it is the same to every program that it passes. */
export function name(most: number = LONGEST.name, least = 0) {
  return Type.String({ ...(least === 0 ? {} : { minLength: least }), maxLength: most, pattern: NAME_PATTERN });
}

/** What people read, of several lines maybe. */
export function words(most: number) {
  return Type.String({ maxLength: most, pattern: TEXT_PATTERN });
}
