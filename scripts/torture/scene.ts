import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Draw, drawOf } from '../../tests/support/physics/draw.ts';

/** How hard a scene goes at it. */
export interface Effort {
  readonly seed: number;
  /** SIGKILLs of the scene that is named after them; the others take a share. */
  readonly kills: number;
  readonly agents: number;
  /** Tortures the build in `dist` instead of the sources. */
  readonly built: boolean;
}

/** What a scene found. Values are single numbers of a reading. */
export interface Figures {
  readonly kills: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
  readonly wrong: number;
  /** Seconds from the start of the process until it listens, at worst. */
  readonly restart: number;
  /** Seconds until `/api/health` answers, at worst. */
  readonly health: number;
  /** Bytes resident, at most; null where the system does not say. */
  readonly memory: number | null;
  /** What is wrong, in words: any line is a failure. */
  readonly faults: readonly string[];
  /** What else there is to tell. */
  readonly notes: readonly string[];
}

/** A thing that is done to the server, and what must be true afterwards. */
export interface Scene {
  readonly name: string;
  readonly what: string;
  /** Null, with the reason, where it cannot be played here. */
  readonly play: (effort: Effort, stage: Stage) => Promise<Figures | { readonly skipped: string }>;
}

/** What a scene works with. */
interface Stage {
  readonly folder: string;
  readonly draw: Draw;
  /** How far it is, now and then, for whoever waits. */
  readonly tell: (text: string) => void;
}

/** Plays a scene in a folder of its own, which is removed afterwards. */
export async function playScene({ name, play }: Scene, effort: Effort, tell: (text: string) => void = () => undefined): ReturnType<Scene['play']> {
  const folder = mkdtempSync(join(tmpdir(), `headroom-torture-`));
  try {
    return await play(effort, { folder, draw: drawOf(effort.seed * 31 + name.length), tell });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
