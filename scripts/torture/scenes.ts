import { agents } from './agents.ts';
import { clock } from './clock.ts';
import { fullDisk } from './full-disk.ts';
import { kills } from './kills.ts';
import type { Scene } from './scene.ts';
import { slowDisk } from './slow-disk.ts';
import { walDeleted } from './wal-deleted.ts';

/** Every scene, one row each. */
export const scenes: readonly Scene[] = [kills, fullDisk, clock, walDeleted, slowDisk, agents];
