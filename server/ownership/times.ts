import type { Job, JobDeclaration } from '../../core/contract/index.ts';
import { Problem } from '../http/index.ts';

/** 2000-01-01, seconds UTC: nothing that Headroom reads was recorded before. */
const OLDEST = 946_684_800;
/** How far ahead a job's times may lie, seconds. */
const AHEAD = 86_400;

/** Refuses (Problem, 400) times of a job that cannot be: an end before its start, or either in no year that makes sense. `now`: seconds UTC. */
export function checkTimes(declaration: Pick<JobDeclaration, 'start' | 'end'>, before: Pick<Job, 'start' | 'end'> | undefined, now: number): void {
  const { start, end } = declaration;
  const remedy = 'give seconds since 1970-01-01 UTC';
  for (const [name, at] of Object.entries({ start, end })) {
    if (typeof at !== 'number' || (at >= OLDEST && at <= now + AHEAD)) continue;
    throw new Problem(400, { error: `${name} ${at} is ${at < OLDEST ? 'before the year 2000' : 'more than a day ahead'}`, where: `body/${name}`, remedy });
  }
  if (start === undefined && end === undefined) return;
  const began = start ?? before?.start ?? null;
  const ended = end === undefined ? (before?.end ?? null) : end;
  if (began === null || ended === null || ended >= began) return;
  const where = end === undefined ? 'body/start' : 'body/end';
  throw new Problem(400, { error: `the job would end (${ended}) before it starts (${began})`, where, remedy: 'give an end that is not before the start' });
}
