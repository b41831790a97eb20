import { createHash, randomBytes } from 'node:crypto';
import type { TokenStore } from '../interface/index.ts';
import type { Host } from '../worker/index.ts';
import type { KnownToken } from './tokens.ts';
import type { RelationalHandlers } from './worker.ts';

/**
 * Tokens, checked from memory: every batch of every agent brings one. This process is the only one that writes them, so
 * what is in memory is what is in the file.
 */
export async function openTokens(host: Host<RelationalHandlers>, now: () => number): Promise<TokenStore> {
  const known = new Map<string, KnownToken>();
  for (const token of await host.call('tokens', () => ({ now: now() }))) known.set(token.hash, token);

  const valid = (token: string, now: number): KnownToken | null => {
    const found = known.get(hashOf(token));
    if (found === undefined || found.used !== null) return null;
    if (found.expires === null || found.expires > now) return found;
    known.delete(found.hash);
    return null;
  };

  return {
    issue: async ({ scope, name, expires }) => {
      const token = randomBytes(24).toString('base64url');
      const kept: KnownToken = { hash: hashOf(token), scope, name, expires, used: null };
      await host.call('saveToken', () => ({ token: kept, issued: now() }));
      known.set(kept.hash, kept);
      return token;
    },
    check: async (token, at) => {
      const found = valid(token, at);
      return found === null ? null : { scope: found.scope, name: found.name };
    },
    redeem: async (token, at) => {
      const found = valid(token, at);
      if (found?.scope !== 'page') return false;
      // In memory first: a second visitor with the same address must not pass while the first is being written.
      known.set(found.hash, { ...found, used: at });
      await host.call('useToken', () => ({ hash: found.hash, used: at }));
      return true;
    },
    revoke: async (name) => {
      const gone = [...known.values()].filter((token) => token.name === name);
      for (const { hash } of gone) known.delete(hash);
      await host.call('dropTokens', () => name);
      return gone.length;
    },
  };
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
