// `npm run adversary`: looks for windows of telemetry, made by physics so that the truth is known, of which the verdict is sure and
// wrong. `--seed N` begins elsewhere, `--windows N` is how many; `--without RULE` (a part of a rule's name, or `all`) takes a rule of the
// classifier away in a copy of the tree and asks whether that is found; `--window SEED` tells one window. The exit code is 0 where nothing
// is confident and wrong, else 1.
import { parseArgs } from 'node:util';
import { firstBeside } from './adversary/first.ts';
import { answered, line, printed, scoreOf } from './adversary/score.ts';
import { withoutRules } from './adversary/without.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    windows: { type: 'string', default: '10000' },
    without: { type: 'string' },
    window: { type: 'string' },
    // For `--without`: what it runs in the copy, with the tree that has every rule.
    first: { type: 'string' },
  },
});
const asked = { seed: Number(values.seed), windows: Number(values.windows) };
if (!(asked.windows >= 1) || !Number.isInteger(asked.seed)) throw new Error('--seed and --windows are whole numbers');

if (values.without !== undefined) process.exitCode = withoutRules(values.without, asked);
else if (values.first !== undefined) {
  const first = firstBeside(values.first, asked);
  console.log(first === null ? 'none' : `${first.window} ${first.seed}`);
} else if (values.window !== undefined) {
  const one = answered(Number(values.window));
  console.log(`${one.outcome}\n${line(one)}`);
} else {
  const score = scoreOf(asked);
  console.log(printed(score));
  process.exitCode = score.wrong.length > 0 ? 1 : 0;
}
