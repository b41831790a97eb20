import type { JobDetail, LiveVerdict } from '../../core/contract/index.ts';

/** A job's detail with the verdict, the later phases and the findings that came over the socket. Without an analysis yet it stays as it is. */
export function withVerdict(detail: JobDetail, live: LiveVerdict): JobDetail {
  const { analysis } = detail;
  if (analysis === null || live.at < analysis.to) return detail;
  return {
    ...detail,
    lastReadingAt: Math.max(detail.lastReadingAt ?? live.at, live.at),
    analysis: {
      ...analysis,
      to: live.at,
      verdict: live.verdict,
      phases: [...analysis.phases.slice(0, live.fromPhase), ...live.phases],
      findings: [...live.findings],
    },
  };
}
