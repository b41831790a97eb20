import type { JobsQuery } from '../../core/contract/index.ts';

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
