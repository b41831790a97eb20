import fc from 'fast-check';
import { redact, redactCommand } from '../../collectors/command-line/index.ts';
import { ORDINARY_LINES } from '../../tests/support/ordinary-lines.ts';
import { OTHER, PW, remains, SECRET_LINES } from '../../tests/support/secrets.ts';
import { type Target, target, timed } from './fuzz.ts';

/** A secret as the table's are made: four characters of it in a row stand nowhere else. */
const secretOf = (groups: number): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(fc.constantFrom(...'ABCDEFGHJKLMNPQRSTVWXYZ'), letter(), fc.constantFrom(...'23456789'), letter()), {
      minLength: groups,
      maxLength: groups,
    })
    .map((parts) => parts.flat().join(''));
const letter = (): fc.Arbitrary<string> => fc.constantFrom(...'bcdfghjkmnpqrstvwxz');

interface Line {
  readonly args: readonly string[];
  readonly secrets: readonly string[];
}

/** A line of the table with other secrets in it. */
const secretLine: fc.Arbitrary<Line> = fc
  .tuple(fc.constantFrom(...SECRET_LINES), secretOf(3), secretOf(2))
  .filter(([, one, other]) => remains(other, one).length === 0)
  .map(([[args, ...secrets], one, other]) => {
    const changed = (text: string): string => text.replaceAll(PW, one).replaceAll(OTHER, other);
    return { args: args.map(changed), secrets: secrets.map(changed) };
  });

const ordinaryWords: fc.Arbitrary<string[]> = fc
  .tuple(fc.constantFrom(...ORDINARY_LINES), fc.nat({ max: 12 }))
  .map(([line, most]) => line.split(' ').slice(0, most));

/** Ways in which one command starts another. */
const WRAPS: readonly ((args: readonly string[]) => readonly string[])[] = [
  (args) => args,
  (args) => ['sudo', '-E', ...args],
  (args) => ['env', 'A=1', ...args],
  (args) => ['srun', '--gres=gpu:1', ...args],
  (args) => ['nohup', 'nice', '-n', '5', ...args],
  (args) => ['bash', '-c', quoted(args)],
  (args) => ['srun', 'sh', '-lc', `cd /x && ${quoted(args)}; echo done`],
  (args) => ['ssh', 'host', quoted(args)],
  (args) => ['bash', '-c', quoted(['sh', '-c', quoted(args)])],
  (args) => ['sh', '-c', `( ${quoted(args)} ) | tee log`],
];

function quoted(args: readonly string[]): string {
  return args.map((arg) => (/^[\w=:/.,@%?&#+-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`)).join(' ');
}

const planted: fc.Arbitrary<Line> = fc
  .tuple(ordinaryWords, secretLine, fc.constantFrom(...WRAPS), ordinaryWords, fc.option(secretLine))
  .map(([before, line, wrap, after, more]) => ({
    args: [...before, ...wrap(line.args), ...after, ...(more === null ? [] : [';', ...more.args])],
    secrets: [...line.secrets, ...(more?.secrets ?? [])],
  }));

const noise: fc.Arbitrary<Line> = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc
        .tuple(
          fc.constantFrom('a.', 'sk-', 'eyJa.', 'a://', '=', ': "', '\\"', "'", '"', '$(', '[{', '-p ', 'a=b,', 'Bearer ', '\\', '&', '\ud800'),
          fc.nat({ max: 4_000 }),
        )
        .map(([text, times]) => text.repeat(times)),
      fc.constantFrom(...SECRET_LINES.flatMap(([args]) => args)),
    ),
    { maxLength: 40 },
  )
  .map((args) => ({ args, secrets: [] }));

/** Whatever the arguments are, nothing of a secret among them is left, in a moment. */
export const commandLines: Target = target(
  'redaction of command lines',
  fc.oneof({ weight: 4, arbitrary: planted }, { weight: 1, arbitrary: noise }),
  ({ args, secrets }) => {
    const lines = timed('redacting', () => [redact(args), ...(args.some((arg) => /\s/.test(arg)) ? [] : [redactCommand(args.join(' '))])]);
    // What stands there anyway (`api-` of `--api-key` and of `nvapi-…`) tells nothing.
    const ordinary = secrets.reduce((text, secret) => text.replaceAll(secret, ' '), args.join(' '));
    for (const line of lines) {
      for (const secret of secrets) {
        const left = remains(secret, line).filter((part) => !ordinary.includes(part));
        if (left.length > 0) throw new Error(`${left.join(' ')} of ${secret} is left in ${line}`);
      }
      if (line.length > 1_000) throw new Error(`${line.length} characters are kept`);
    }
  },
  4,
);
