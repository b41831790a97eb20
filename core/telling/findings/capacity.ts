import { optionOf } from '../../knowledge/index.ts';
import { type JudgedGpu, type JudgedRun, KV_FULL, MIN_SEGMENT_SAMPLES, samplesOf, type Stretch, stretchesOf } from '../../judging/index.ts';
import type { Finding } from '../../contract/index.ts';
import { formatDuration, formatPercent } from '../../readings/index.ts';
import { finding } from './finding.ts';
import { fractionOver, meanOver } from './stretches.ts';

/**
 * Not room enough for the requests (§7.3): the stretches whose verdict is capacity for a full KV cache. Told once per engine.
 */
export function findCapacity(judged: JudgedRun): Finding[] {
  const seen = new Set<string>();
  const judgedOnes = judged.gpus.length > 0 ? judged.gpus : judged.stand;
  return judgedOnes.flatMap((gpu) => {
    const key = gpu.engines.join(',');
    if (gpu.engines.length === 0 || seen.has(key)) return [];
    const stretches = stretchesOf(gpu.phases, judged.period, ({ states }) => states.isCacheFull).filter(
      ({ phases }) => samplesOf(phases) >= MIN_SEGMENT_SAMPLES,
    );
    if (stretches.length === 0) return [];
    seen.add(key);
    const several = new Set(judgedOnes.map(({ engines }) => engines.join(','))).size > 1;
    const engine = judged.engines[gpu.engines[0] ?? -1]?.entity.id ?? null;
    return stretches.map((stretch) => capacity(judged, stretch, { maximum: maxRunning(judged, gpu), entity: several ? engine : null }));
  });
}

/** What makes room, by the engine's own names. Fewer at once help where requests are put back; where they only wait they would wait longer. */
function remedies({ workload: { engine } }: JudgedRun, running: number, putsBack: boolean): string {
  const fewer = putsBack ? `lower ${optionOf(engine, 'maxRunning')}${Number.isNaN(running) ? '' : ` to about ${running.toFixed(0)}`}, ` : '';
  const text = `${fewer}shorten ${optionOf(engine, 'longestContext')}, raise ${optionOf(engine, 'memoryPart')}, keep the cache in 8 bits (${optionOf(engine, 'cacheInEight')}), or spread the model over more GPUs.`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function maxRunning(judged: JudgedRun, gpu: Pick<JudgedGpu, 'engines' | 'phases'>): number | null {
  for (const index of gpu.engines) {
    const value = Number(judged.engines[index]?.facts.get('maxNumSeqs') ?? Number.NaN);
    if (value >= 1) return value;
  }
  const seen = meanOver(gpu.phases, 'engine.maxRunning');
  return seen >= 1 ? seen : null;
}

function capacity(judged: JudgedRun, { from, to, phases }: Stretch, { maximum, entity }: { maximum: number | null; entity: string | null }): Finding {
  const preemptions = meanOver(phases, 'engine.preemptions');
  const running = meanOver(phases, 'engine.running');
  const waiting = meanOver(phases, 'engine.waiting');
  const count = preemptions > 0 ? ` and ${(preemptions * (to - from)).toFixed(0)} requests were put back and computed again` : '';
  return finding(
    judged,
    {
      id: 'kv-capacity',
      text: `The KV cache was full for ${formatDuration(to - from)}${count}: more requests come in than fit. ${remedies(judged, running, preemptions > 0)}`,
      evidence: [
        `cache ${formatPercent(KV_FULL)} full or more in ${formatPercent(fractionOver(phases, 'kvFull'))} of the samples`,
        ...(preemptions > 0 ? [`${(preemptions * 60).toPrecision(2)} preemptions a minute`] : []),
        ...(Number.isNaN(running) ? [] : [`${running.toFixed(0)} requests ran${maximum === null ? '' : ` of at most ${maximum.toFixed(0)}`}`]),
        ...(Number.isNaN(waiting) ? [] : [`${waiting.toFixed(0)} waited`]),
      ],
    },
    { entity, from, to },
  );
}
