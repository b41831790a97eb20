/** What the tortured server is told: seconds that its clock is ahead, upkeep as of so many seconds later, a token of scope admin. */
export type ToServer = { readonly kind: 'clock'; readonly ahead: number } | { readonly kind: 'upkeep'; readonly later: number } | { readonly kind: 'issue' };

/** What it tells. */
export type FromServer =
  | { readonly kind: 'up'; readonly address: string }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'clock'; readonly ahead: number }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'upkeep'; readonly sealed: number; readonly expired: number; readonly trouble: string | null };
