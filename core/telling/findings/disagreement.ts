import { type JudgedRun, MIN_SEGMENT_SAMPLES, samplesOf, stretchesAlike } from '../../judging/index.ts';
import type { Finding } from '../../contract/index.ts';
import { toldTogether } from './finding.ts';

/** Sources that cannot both be right (§7.8.3): told before every verdict on the doubtful part, each kind once per stretch. */
export function findDisagreement(judged: JudgedRun): Finding[] {
  const kinds = [...new Set(judged.gpus.flatMap(({ phases }) => phases.flatMap(({ states }) => states.contradictions.map(({ id }) => id))))];
  return kinds.flatMap((kind) => {
    const of = (states: JudgedRun['gpus'][number]['phases'][number]['states']) => states.contradictions.find(({ id }) => id === kind);
    const cases = judged.gpus.flatMap((gpu) =>
      stretchesAlike(gpu.phases, judged.period, ({ states }) => (of(states) === undefined ? null : kind))
        .filter(({ phases }) => samplesOf(phases) >= MIN_SEGMENT_SAMPLES)
        .map((stretch) => ({ gpu, stretch })),
    );
    return toldTogether(judged, cases, (group) => {
      const [said] = group.flatMap(({ stretch }) => stretch.phases.flatMap(({ states }) => of(states) ?? []));
      const text = said?.text ?? '';
      return {
        id: 'sources-disagree',
        text: `${text.charAt(0).toUpperCase()}${text.slice(1)}.`,
        evidence: [
          `in ${samplesOf(group.flatMap(({ stretch }) => stretch.phases))} samples`,
          ...(said === undefined ? [] : [`what would tell: ${said.remedy}`]),
        ],
      };
    });
  });
}
