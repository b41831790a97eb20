import { SHARE_KEYS, type Shares, type Verdict } from '../contract/index.ts';
import { UNGRADED } from './grade.ts';

const NO_SHARES = Object.fromEntries(SHARE_KEYS.map((key) => [key, null])) as Shares; // keys are the table's

/** The verdict where nothing was measured. */
export const NOTHING_KNOWN: Verdict = {
  bottleneck: 'unknown',
  second: null,
  lean: null,
  activity: 'unknown',
  activityGrade: 0,
  tier: 'C',
  evidence: [],
  ...UNGRADED,
  headroom: null,
  relief: null,
  shares: NO_SHARES,
  tree: { empty: {}, busy: {}, unexplained: null, unexplainedAtLeast: null },
  split: null,
  modifiers: [],
  figures: [],
  candidates: [],
  missing: ['any reading of a GPU, an engine or a host'],
  why: ['nothing was measured'],
  advice: [],
  tries: [],
};
