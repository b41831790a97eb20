import type { SignedIn } from '../../core/contract/index.ts';

/** The header of the secret, as the server reads it (server/auth/recognise.ts). */
const HEADER = 'x-headroom-session';
/** Where it is kept: in this origin's storage, which is a port's own. The reader of /api/docs looks there too. */
const KEY = 'headroom.session';

/** Where storage is switched off: until the page is loaded again. */
let held: string | null = null;

/** The session's second secret, of whichever tab signed in last; null where this browser is not signed in here. */
export function sessionSecret(): string | null {
  try {
    return localStorage.getItem(KEY) ?? held;
  } catch {
    return held; // storage is switched off
  }
}

/** What every request carries. */
export function secretHeaders(): Record<string, string> {
  const secret = sessionSecret();
  return secret === null ? {} : { [HEADER]: secret };
}

/** Keeps it for every tab of this origin; null forgets it. */
export function keepSecret(secret: string | null): void {
  held = secret;
  try {
    if (secret === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, secret);
  } catch {
    // storage is switched off: `held` has it
  }
}

/** The one-time token of a printed address, taken out of the address bar and the history; null where there is none. */
function tokenFromAddress(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token !== null) history.replaceState(history.state, '', location.pathname + location.search);
  return token;
}

/** Exchanges the token of a printed address, if there is one, for a session. Gives true where that was refused. */
export async function signInFromAddress(): Promise<boolean> {
  const token = tokenFromAddress();
  if (token === null) return false;
  const reply = await fetch('/api/session', {
    method: 'POST',
    body: JSON.stringify({ token }),
    headers: { 'content-type': 'application/json', accept: 'application/json', ...secretHeaders() },
    signal: AbortSignal.timeout(30_000),
  }).catch(() => null);
  if (reply?.ok !== true) return true;
  const { secret } = (await reply.json()) as SignedIn; // a parse boundary: the server validates its replies against the same contract
  keepSecret(secret);
  return false;
}
