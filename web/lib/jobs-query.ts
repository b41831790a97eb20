import type { JobRow, JobsQuery } from '../../core/contract/index.ts';

/** The filters of the job list that a URL may carry, as the API names them. */
export const JOB_FILTERS = ['q', 'state', 'user', 'project', 'gpuType', 'bottleneck', 'activity', 'finding', 'node', 'sort'] as const;
export type JobFilter = (typeof JOB_FILTERS)[number];

const SORTS = ['start', '-start', 'gpus', '-gpus', 'name', '-name', 'grade', '-grade', 'headroom', '-headroom'] as const satisfies readonly NonNullable<
  JobsQuery['sort']
>[];

/** Sort orders to choose from, in words. */
export const SORT_WORDS: readonly { readonly value: (typeof SORTS)[number]; readonly label: string }[] = [
  { value: '-start', label: 'latest first' },
  { value: 'start', label: 'earliest first' },
  { value: '-gpus', label: 'most GPUs' },
  { value: '-headroom', label: 'most headroom' },
  { value: '-grade', label: 'surest verdict' },
  { value: 'name', label: 'name' },
];

/** The API query of a page's URL. What is not a filter or not a sort order is left out, so an old link still works. */
export function jobsQuery(search: string): JobsQuery {
  const params = new URLSearchParams(search);
  const query: { -readonly [K in keyof JobsQuery]: JobsQuery[K] } = {};
  for (const name of JOB_FILTERS) {
    const value = params.get(name)?.trim();
    if (value === undefined || value === '') continue;
    if (name !== 'sort') query[name] = value.slice(0, 200);
    else {
      const sort = SORTS.find((one) => one === value);
      if (sort !== undefined) query.sort = sort;
    }
  }
  return query;
}

/** A list of jobs as somebody left it: the URL's query that it answers, all the pages that were fetched, and when (seconds UTC). */
interface LeftList {
  readonly search: string;
  readonly rows: readonly JobRow[];
  readonly cursor: string | null;
  readonly total: number | null;
  readonly answeredAt: number | null;
}

let left: LeftList | null = null;

/** Keeps the list that is left for a job's page. */
export function leaveList(list: LeftList): void {
  left = list;
}

/** The list that was left, for who comes back to it; null where it answers another query. */
export function listLeft(search: string): LeftList | null {
  return left?.search === search ? left : null;
}
