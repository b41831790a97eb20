import { OWNERSHIP_BOUNDS } from '../settings/index.ts';
import type { Store } from '../store/index.ts';

const SETTING = 'nodes-with-agents';
/** Nodes whose own agents are remembered at most; the oldest go first. */
const MOST = OWNERSHIP_BOUNDS.speaking.value;

/** When the nodes' own agents were heard last, whatever jobs' tokens say of their nodes. */
export interface Speaking {
  heard(node: string): void;
  /** Seconds UTC; null for a node that never had an agent of its own. */
  lastOf(node: string): number | null;
  /** Reads the nodes back; `last` gives when something of a node was heard last, seconds UTC. */
  load(last: (node: string) => number | null): Promise<void>;
}

/** The list as it is kept in the store: a restart does not make a node with an agent one without. */
export function openSpeaking({
  store,
  now,
  failed,
}: {
  store: Pick<Store, 'setting' | 'setSetting'>;
  now: () => number;
  failed: (error: unknown) => void;
}): Speaking {
  const speaking = new Map<string, number>();
  let writing: Promise<void> | null = null;
  let changed = false;
  const write = async (): Promise<void> => {
    while (changed) {
      changed = false;
      await store.setSetting(SETTING, [...speaking.keys()].join('\n'));
    }
  };
  const keep = (): void => {
    changed = true;
    writing ??= write()
      .catch(failed)
      .finally(() => (writing = null));
  };
  return {
    heard(node) {
      const known = speaking.delete(node);
      speaking.set(node, now());
      if (speaking.size > MOST) for (const oldest of speaking.keys()) if (speaking.delete(oldest)) break;
      if (!known) keep();
    },
    lastOf: (node) => speaking.get(node) ?? null,
    async load(last) {
      const nodes = (await store.setting(SETTING))?.split('\n').filter((node) => node !== '') ?? [];
      for (const node of nodes) speaking.set(node, Math.min(last(node) ?? 0, now()));
    },
  };
}
