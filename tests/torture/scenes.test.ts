import { describe, expect, it } from 'vitest';
import { playScene } from '../../scripts/torture/scene.ts';
import { scenes } from '../../scripts/torture/scenes.ts';
import { MOST_MEMORY } from '../../scripts/torture/table.ts';

describe('a short run of npm run torture', () => {
  it.for(scenes.map(({ name }) => name))('%s: what was acknowledged is stored, once', async (name, { skip }) => {
    const scene = scenes.find((one) => one.name === name);
    if (scene === undefined) throw new Error(`no scene ${name}`);
    const found = await playScene(scene, { seed: 8, kills: 3, agents: 30, built: false });
    if ('skipped' in found) return skip(found.skipped);
    const { faults, lost, doubled, wrong, notes } = found;
    expect({ faults, lost, doubled, wrong }, notes.join('\n')).toEqual({ faults: [], lost: 0, doubled: 0, wrong: 0 });
    expect(found.acknowledged).toBeGreaterThan(100);
    expect(found.kills).toBeGreaterThan(0);
    // From source the compiler is in every thread, too: the long run holds the build to `MOST_MEMORY`.
    expect(found.memory ?? 0).toBeLessThan(2 * MOST_MEMORY);
  });
});
