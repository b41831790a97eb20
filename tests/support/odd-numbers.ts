/** What a hostile or broken sender may write where an integer belongs, as JSON has it; NaN and the infinities cannot be written there but as words. */
export const ODD_NUMBERS = [
  'NaN',
  'Infinity',
  '-Infinity',
  '9007199254740991',
  '9007199254740992',
  '9007199254740993',
  '1152921504606846976',
  '18446744073709551616',
  '1e21',
  '-1',
  '-1e21',
  '0.5',
  '4294967296.5',
  '1.79e308',
  '1e400',
  'null',
  '"7"',
] as const;

/** The same as numbers, for what is called in the process. */
export const ODD_VALUES = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  2 ** 53 + 2,
  2 ** 56,
  2 ** 60,
  1e21,
  -1,
  -(2 ** 60),
  0.5,
  2 ** 32 + 0.5,
  1.79e308,
] as const;
