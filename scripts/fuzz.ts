// `npm run fuzz`: random and damaged inputs against everything that reads what strangers send. `--seconds N` is for all targets together,
// `--seed N` begins elsewhere, `--only NAME` (a part of it) takes some. Prints the inputs of each; the exit code is 1 where one failed.
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz/fuzz.ts';
import { afterwards } from './fuzz/service.ts';
import { targets } from './fuzz/targets.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string', default: '1' }, only: { type: 'string', default: '' } },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed);
if (!(seconds > 0) || !Number.isInteger(seed)) throw new Error('--seconds is a number above 0, --seed a whole one');

const chosen = targets.filter(({ name }) => name.includes(values.only));
const results = await fuzz(chosen, { seconds, seed, last: afterwards });
for (const { name, inputs, failure } of results) console.log(`${String(inputs).padStart(9)}  ${name}${failure === null ? '' : `\n${failure}`}`);
console.log(`${String(results.reduce((sum, { inputs }) => sum + inputs, 0)).padStart(9)}  inputs, seed ${seed}`);
process.exitCode = results.some(({ failure }) => failure !== null) ? 1 : 0;
