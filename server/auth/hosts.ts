import { isIP } from 'node:net';
import { hostname } from 'node:os';

export interface HostRules {
  /** True for a Host header that cannot be a name somebody else points here (DNS rebinding needs a foreign name). */
  hostAllowed(host: string | undefined): boolean;
  /** True when a browser's request comes from a page of this very service; requests that are no browser's carry neither header. */
  sameOrigin(headers: { host?: string | undefined; origin?: string | undefined; 'sec-fetch-site'?: string | string[] | undefined }): boolean;
}

/** Names that are this server: localhost, any IP literal, the machine's own name, and what the configuration adds. */
export function hostRules(options: { url: string | null; hosts: readonly string[] }): HostRules {
  const own = hostname().toLowerCase();
  const url = options.url === null ? null : new URL(options.url);
  const names = new Set(['localhost', own, own.split('.', 1)[0] ?? own, ...options.hosts, ...(url === null ? [] : [url.hostname])]);
  return {
    hostAllowed(host) {
      const name = nameOf(host);
      return name !== null && (isIP(name) !== 0 || names.has(name) || name.endsWith('.localhost'));
    },
    sameOrigin({ host, origin, 'sec-fetch-site': site }) {
      if (site !== undefined) return site === 'same-origin';
      if (origin === undefined) return true;
      if (!URL.canParse(origin)) return false;
      const from = new URL(origin);
      return from.host === host?.toLowerCase() || from.origin === url?.origin;
    },
  };
}

/** The host name of a Host header, in lower case, without port and brackets; null when it is none. */
function nameOf(host: string | undefined): string | null {
  if (host === undefined || !URL.canParse(`http://${host}`)) return null;
  const { hostname: name } = new URL(`http://${host}`);
  return name.replace(/^\[|\]$/g, '').toLowerCase();
}
