/**
 * Who asks. `system` is the server itself (analysis, schedule); `local` the person at this machine's own service, who sees all
 * of it; `job` a token that belongs to one job. Users with roles come with the login.
 */
export type Viewer = { readonly kind: 'system' } | { readonly kind: 'local' } | { readonly kind: 'job'; readonly cluster: string; readonly id: string };

/**
 * Who sends. `system` is the server itself (its own agent, the demo, the schedule); `local` a person at the page or a program that may do
 * everything; `node` and `job` programs that write of one node or one job only. `nobody` may send nothing.
 */
export type Sender =
  | { readonly kind: 'system' }
  | { readonly kind: 'local' }
  | {
      readonly kind: 'node';
      /** Of the token; no secret. */
      readonly id: string;
      /** Null until the first use. */
      readonly node: string | null;
      /** Binds the token to this node where it is not bound yet. Gives the node that it is bound to, and when that is on disk. */
      bind(node: string): { readonly node: string; readonly kept: Promise<void> };
    }
  | { readonly kind: 'job'; readonly cluster: string; readonly id: string }
  | { readonly kind: 'nobody' };
