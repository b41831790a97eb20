// `npm run torture`: does to a real server of its own process what a bad week does, and counts. `--kills N` SIGKILLs, `--seed N`, `--agents N`,
// `--only SCENE` (a part of its name), `--built` takes the build in dist. Prints a table; the exit code is 1 where anything acknowledged was
// lost, doubled or changed, or anything else is not as it must be.
import { parseArgs } from 'node:util';
import { playScene } from './torture/scene.ts';
import { scenes } from './torture/scenes.ts';
import { isGood, table } from './torture/table.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    agents: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    built: { type: 'boolean', default: false },
  },
});
const whole = (name: 'kills' | 'agents' | 'seed'): number => {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} is a whole number from 1 on`);
  return value;
};
const effort = { kills: whole('kills'), agents: whole('agents'), seed: whole('seed'), built: values.built };

const chosen = scenes.filter(({ name }) => name.includes(values.only));
if (chosen.length === 0) throw new Error(`--only ${values.only}: the scenes are ${scenes.map(({ name }) => name).join(', ')}`);
const played = [];
for (const scene of chosen) {
  console.log(`${scene.name}: ${scene.what} …`);
  played.push({ name: scene.name, found: await playScene(scene, effort, (text) => console.log(`  ${text}`)) });
}
console.log(table(played));
process.exitCode = played.every(({ found }) => isGood(found)) ? 0 : 1;
