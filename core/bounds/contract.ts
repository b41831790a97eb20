/** How much a question may ask for: points per series, characters of the list of metrics, jobs and nodes of a page. */
export const MOST_ASKED = { points: 5_000, metrics: 4_000, jobs: 200, nodes: 1_000 } as const;

/** How much a declaration may list. */
export const MOST_OF_JOB = { nodes: 2_000, gpus: 10_000 } as const;
