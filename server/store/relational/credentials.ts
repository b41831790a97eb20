import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { ACCESS_BOUNDS } from '../../settings/index.ts';
import type { HeldToken, SessionStore, Store, StoreOptions, TokenStore } from '../interface/index.ts';
import type { Host } from '../worker/index.ts';
import type { KnownSession } from './sessions.ts';
import type { KnownToken } from './tokens.ts';
import type { RelationalHandlers } from './worker.ts';

/** When a session was used last is written down no more often than this, seconds. */
const USED_EVERY = 60;

/** What lets somebody in, and the news of its end. */
export interface Credentials extends Pick<Store, 'onEnd' | 'stands'> {
  readonly tokens: TokenStore;
  readonly sessions: SessionStore;
}

interface CredentialOptions {
  readonly host: Host<RelationalHandlers>;
  readonly now: () => number;
  readonly log: Pick<StoreOptions['log'], 'warn'>;
}

/**
 * Tokens and sessions, checked from memory: every batch of every agent brings one. This process is the only one that writes
 * them, so what is in memory is what is in the file; whatever ends is out of memory before it is out of the file.
 */
export async function openCredentials({ host, now, log }: CredentialOptions): Promise<Credentials> {
  const known = new Map<string, KnownToken>();
  for (const token of await host.call('tokens', () => ({ now: now() }))) known.set(token.hash, token);
  /** By the hash of their cookies. */
  const sessions = new Map<string, KnownSession>();
  for (const session of await host.call('sessions', () => ({ now: now() }))) sessions.set(session.cookie, session);
  const listeners = new Set<(id: string) => void>();
  const ended = (id: string): void => {
    for (const listener of [...listeners]) listener(id);
  };
  const forget = (wanted: (session: KnownSession) => boolean): string[] => {
    const gone = [...sessions.values()].filter(wanted);
    for (const { cookie, id } of gone) {
      sessions.delete(cookie);
      ended(id);
    }
    return gone.map(({ id }) => id);
  };

  const valid = (token: string, at: number): KnownToken | null => {
    const found = known.get(hashOf(token));
    if (found === undefined || found.used !== null) return null;
    if (found.expires === null || found.expires > at) return found;
    known.delete(found.hash);
    return null;
  };

  return {
    stands: (id, at) => {
      const token = known.get(id);
      if (token !== undefined) return token.used === null && (token.expires === null || token.expires > at);
      return [...sessions.values()].some((session) => session.id === id && session.expires > at);
    },
    onEnd(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    tokens: {
      issue: async ({ scope, name, expires }) => {
        const token = randomBytes(24).toString('base64url');
        const kept: KnownToken = { hash: hashOf(token), scope, name, expires, used: null };
        await host.call('saveToken', () => ({ token: kept, issued: now() }));
        known.set(kept.hash, kept);
        return token;
      },
      count: (at) => {
        for (const { hash, used, expires } of known.values()) if (used !== null || (expires !== null && expires <= at)) known.delete(hash);
        return known.size;
      },
      check: (token, at) => {
        const found = valid(token, at);
        return found === null ? null : held(found);
      },
      redeem: async (token, at) => {
        const found = valid(token, at);
        if (found?.scope.kind !== 'page') return null;
        // In memory first: a second visitor with the same address must not pass while the first is being written.
        known.set(found.hash, { ...found, used: at });
        await host.call('useToken', () => ({ hash: found.hash, used: at }));
        return held(found);
      },
      bind: (id, node) => {
        const found = known.get(id);
        if (found?.scope.kind !== 'node') return { node, kept: Promise.resolve() }; // revoked meanwhile: whoever asks has passed the door
        if (found.scope.node !== null) return { node: found.scope.node, kept: Promise.resolve() };
        known.set(id, { ...found, scope: { kind: 'node', node } });
        const kept = host
          .call('bindToken', () => ({ hash: id, node }))
          .catch((error: unknown) => {
            if (known.has(id)) known.set(id, found);
            throw error;
          });
        return { node, kept };
      },
      revoke: async (name) => {
        const gone = [...known.values()].filter((token) => token.name === name);
        for (const { hash } of gone) {
          known.delete(hash);
          ended(hash);
        }
        forget(({ tokenName }) => tokenName === name);
        await host.call('dropTokens', () => name);
        return gone.length;
      },
    },
    sessions: {
      open: async ({ principal, from, expires }) => {
        const [cookie, secret] = [randomBytes(24).toString('base64url'), randomBytes(24).toString('base64url')];
        const at = now();
        const kept: KnownSession = {
          id: randomUUID(),
          cookie: hashOf(cookie),
          secret: hashOf(secret),
          principal,
          token: from.id,
          tokenName: from.name,
          created: at,
          used: at,
          expires,
        };
        await host.call('saveSession', () => kept);
        sessions.set(kept.cookie, kept);
        const over = [...sessions.values()]
          .sort((a, b) => a.used - b.used || a.created - b.created)
          .slice(0, Math.max(0, sessions.size - ACCESS_BOUNDS.sessions.value));
        const gone = over.length === 0 ? [] : forget((session) => over.includes(session));
        if (gone.length > 0) await host.call('dropSessions', () => gone);
        return { id: kept.id, cookie, secret };
      },
      check: (cookie, secret, at) => {
        const found = sessions.get(hashOf(cookie));
        if (found === undefined || found.secret !== hashOf(secret)) return null;
        if (found.expires <= at) {
          sessions.delete(found.cookie);
          return null;
        }
        if (at - found.used < USED_EVERY) return found;
        const used = { ...found, used: at };
        sessions.set(found.cookie, used);
        host
          .call('useSession', () => ({ id: found.id, used: at }))
          .catch((error: unknown) => log.warn(`when a session was used could not be kept: ${String(error)}`));
        return used;
      },
      end: async (id) => {
        const gone = forget((session) => session.id === id);
        if (gone.length > 0) await host.call('dropSessions', () => gone);
      },
    },
  };
}

function held({ hash, scope, name, expires }: KnownToken): HeldToken {
  return { id: hash, scope, name, expires };
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
