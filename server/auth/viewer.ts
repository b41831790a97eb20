/**
 * Who asks. `system` is the server itself (analysis, schedule); `local` the person at this machine's own service, who sees all
 * of it; `job` a token that belongs to one job. Users with roles come with the login.
 */
export type Viewer = { readonly kind: 'system' } | { readonly kind: 'local' } | { readonly kind: 'job'; readonly cluster: string; readonly id: string };
