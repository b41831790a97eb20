import { analyse } from '../../core/analyse/index.ts';
import type { AnalyseOptions } from '../../core/judging/index.ts';
import { entityKey, type Run, type Statement } from '../../core/readings/index.ts';
import { besideVerdict } from '../../core/telling/index.ts';
import type { Analysis } from '../../core/contract/index.ts';
import type { ParseContext } from '../collector/index.ts';
import { recognise } from '../sniff.ts';
import { assemble, type SourceReport } from './assemble.ts';
import { openSource, type OpenSource, type SourceData, toldSource } from './source.ts';

/** The result of a diagnosis: what `headroom diagnose` prints and the page `/diagnose` draws. */
export interface Diagnosis {
  readonly sources: readonly SourceReport[];
  /** Null where nothing could be read. */
  readonly analysis: Analysis | null;
  readonly run: Run;
  /** What results given beside the readings say for or against the verdict, in sentences. */
  readonly beside: readonly string[];
  /** What was assumed while putting the sources together. */
  readonly notes: readonly string[];
}

export interface Diagnosing {
  /** Opens a file; feed it text in pieces and end it before the next call of `finish`. */
  open(file: string): Pick<OpenSource, 'feed'> & { end(): void };
  /** Takes what a reader of the caller's found in a file that is no text (a profiler's database), or why it found nothing. */
  told(file: string, collector: string, told: readonly Statement[] | string): void;
  finish(options: AnalyseOptions): Diagnosis;
}

/** Diagnoses files given together: `open` and feed each, then `finish`. No I/O: the terminal and the browser both drive it. */
export function diagnosing(context: ParseContext): Diagnosing {
  const data: SourceData[] = [];
  return {
    open(file) {
      const source = openSource({ file, context, recognise });
      return { feed: source.feed, end: () => void data.push(...source.end()) };
    },
    told: (file, collector, told) => void data.push(toldSource(file, collector, told)),
    finish(options) {
      const { run, sources, notes } = assemble(data);
      // A log that holds only an error message was read too: its verdict is "cannot tell", with the error as what is known.
      const readable = run.events.length > 0 || sources.some((source) => source.readings > 0);
      const analysis = readable ? analyse(run, options) : null;
      return { sources, run, notes, analysis, beside: analysis === null ? [] : besideVerdict(analysis.verdict, run.statements ?? []) };
    },
  };
}

/** The contract of `headroom diagnose --json`: times are ISO 8601 UTC on a dated clock, otherwise seconds from the run's start. */
export function toJson(diagnosis: Diagnosis): Record<string, unknown> {
  const { analysis, sources, run, notes, beside } = diagnosis;
  const time = (at: number | null) => (at === null ? null : run.clock === 'utc' ? new Date(at * 1000).toISOString() : at);
  return {
    sources: sources.map((source) => ({ ...source, from: time(source.from), to: time(source.to) })),
    notes,
    events: run.events.slice(0, 200).map((event) => ({ ...event, at: time(event.at), entity: event.entity === null ? null : entityKey(event.entity) })),
    ...(analysis === null
      ? {}
      : {
          hardware: analysis.hardware,
          workload: analysis.workload,
          from: time(analysis.from),
          to: time(analysis.to),
          verdict: analysis.verdict,
          beside,
          mix: analysis.mix,
          gpus: analysis.gpus,
          phases: analysis.phases.map((phase) => ({ ...phase, from: time(phase.from), to: time(phase.to) })),
          findings: analysis.findings.map((finding) => ({ ...finding, from: time(finding.from), to: time(finding.to) })),
          progress: analysis.progress,
        }),
  };
}
