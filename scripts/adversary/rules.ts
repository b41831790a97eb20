/** A rule of the classifier that the adversary must be able to miss: what is found in its file is replaced. */
export interface PlantedFault {
  readonly rule: string;
  /** Every rule that stands behind it is taken away with it. */
  readonly faults: readonly { readonly file: string; readonly find: string; readonly replace: string }[];
}

/** The rules of docs/science.md §7.8 and those beside them whose absence makes sure answers wrong. */
export const RULES: readonly PlantedFault[] = [
  {
    rule: 'engines that share a card add',
    faults: [
      { file: 'core/judging/subject.ts', find: 'const crowd = context.engines > 1 ?', replace: 'const crowd = context.engines < 0 ?' },
      { file: 'core/judging/by-label.ts', find: "(first === 'memory' && memoryFrom !== 'counter')", replace: "(first === 'pcie')" },
    ],
  },
  { rule: 'no share above one', faults: [{ file: 'core/judging/thresholds.ts', find: 'BEYOND_MODEL = 1.2', replace: 'BEYOND_MODEL = 120' }] },
  {
    rule: 'drafted tokens share a pass',
    faults: [{ file: 'core/judging/work.ts', find: 'drafts > 0 && known(accepted) ? 1 + accepted / drafts : 1', replace: '1' }],
  },
  {
    rule: 'uncollected pipes are asked for',
    faults: [
      { file: 'core/judging/by-label.ts', find: '(unseen && powered !== false) ||', replace: '' },
      {
        file: 'core/judging/by-label.ts',
        find: "...(unseen ? [{ value: FLIP_CAP, why: 'the FP32, FP64 and integer pipes",
        replace: "...(unseen && waits === undefined ? [{ value: FLIP_CAP, why: 'the FP32, FP64 and integer pipes",
      },
    ],
  },
  { rule: 'power is a witness', faults: [{ file: 'core/judging/thresholds.ts', find: 'LOW_POWER = 0.5', replace: 'LOW_POWER = 5' }] },
  {
    rule: 'storage needs waiting',
    faults: [{ file: 'core/judging/decide.ts', find: 'compared && (waits || spinsOnTraffic(window, causes))', replace: 'compared' }],
  },
  {
    rule: 'a shared node has neighbours',
    faults: [{ file: 'core/judging/subjects.ts', find: 'options.cores < cores) return true', replace: 'options.cores < cores) return false' }],
  },
  { rule: 'a gauge is a moment', faults: [{ file: 'core/judging/thresholds.ts', find: 'GLANCE_SECONDS = 2.5', replace: 'GLANCE_SECONDS = 250' }] },
  { rule: 'a full cache with a queue is capacity', faults: [{ file: 'core/judging/thresholds.ts', find: 'KV_FULL = 0.95', replace: 'KV_FULL = 1.5' }] },
  {
    rule: 'evidence is of the empty time',
    faults: [
      { file: 'core/judging/empty-time.ts', find: 'const empty = 1 - (bins.busy[i] ?? Number.NaN);', replace: 'const empty = bins.busy[i] ?? Number.NaN;' },
    ],
  },
  {
    rule: 'not collected is not zero',
    faults: [{ file: 'core/judging/decide.ts', find: "(window.computeFrom === 'model' ? !lacksPrompts(window) : known(window.tensor)) &&", replace: '' }],
  },
  {
    rule: 'busy time that nobody measured outweighs',
    faults: [
      {
        file: 'core/judging/by-label.ts',
        find: 'const outweighed = waits && !facts.complete && window.empty < window.busy;',
        replace: 'const outweighed = false;',
      },
      {
        file: 'core/judging/by-label.ts',
        find: 'const rival = waits && !facts.complete ? Math.max(label.s2, window.busy) : label.s2;',
        replace: 'const rival = label.s2;',
      },
    ],
  },
  { rule: 'links come first', faults: [{ file: 'core/judging/label.ts', find: 'linkShare >= DOMINANT && linkShare >= TIE * own', replace: 'linkShare >= 9' }] },
  { rule: 'time without requests is left out', faults: [{ file: 'core/judging/bins.ts', find: 'if (any(asked, i)) {', replace: 'if (asked.length > 0) {' }] },
  {
    rule: 'looks are a survey of the time',
    faults: [{ file: 'core/judging/looks.ts', find: 'if (tally.looked === 0) return true;', replace: 'if (tally.looked >= 0) return true;' }],
  },
  {
    rule: 'rest needs memory that stays',
    faults: [{ file: 'core/judging/rest-doubts.ts', find: 'if (window.demand === false) return [];', replace: 'if (window.samples >= 0) return [];' }],
  },
];
