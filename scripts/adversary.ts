// `npm run adversary`: looks for windows of telemetry, made by physics so that the truth is known, of which the verdict is sure and
// wrong. `--seed N` begins elsewhere, `--windows N` is how many; `--without RULE` (a part of a rule's name, or `all`) takes a rule of the
// classifier away in a copy of the tree and asks whether that is found. `--count` prints the number of wrong answers alone. Fails where anything is confident and wrong that is not known.
import { parseArgs } from 'node:util';
import { printed, scoreOf } from './adversary/score.ts';
import { withoutRules } from './adversary/without.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    windows: { type: 'string', default: '10000' },
    without: { type: 'string' },
    count: { type: 'boolean', default: false },
  },
});
const asked = { seed: Number(values.seed), windows: Number(values.windows) };
if (!(asked.windows >= 1) || !Number.isInteger(asked.seed)) throw new Error('--seed and --windows are whole numbers');

if (values.without !== undefined) process.exit(withoutRules(values.without, asked));
const score = scoreOf(asked);
console.log(values.count ? String(score.answers.filter(({ outcome }) => outcome === 'confident and wrong').length) : printed(score));
process.exitCode = score.wrong.length > 0 ? 1 : 0;
