import { describe, expect, it } from 'vitest';
import { redact, redactCommand } from '../../../collectors/command-line/index.ts';
import { ORDINARY_LINES } from '../../support/ordinary-lines.ts';
import { PW, remains, SECRET_LINES } from '../../support/secrets.ts';

describe('secrets on command lines', () => {
  it('are looked for in 120 and more', () => {
    expect(SECRET_LINES.length).toBeGreaterThanOrEqual(120);
  });

  it.each(SECRET_LINES.map(([args, ...secrets]) => ({ args, secrets })))('nothing is left of that in $args', ({ args, secrets }) => {
    const line = redact(args);
    expect(line).toContain('***');
    for (const secret of secrets) expect(remains(secret, line), line).toEqual([]);
    expect(redact([line])).toBe(line); // what is hidden stays so, and nothing else goes
  });

  it.each(SECRET_LINES.map(([args, ...secrets]) => ({ args, secrets })))('nor in a script: $args', ({ args, secrets }) => {
    const quoted = args.map((arg) => (/^[\w=:/.,@%?&#+-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`)).join(' ');
    for (const outer of [
      ['bash', '-c', quoted],
      ['srun', 'sh', '-lc', `cd /x && ${quoted}; echo done`],
      ['ssh', 'host', quoted],
    ]) {
      const line = redact(outer);
      for (const secret of secrets) expect(remains(secret, line), line).toEqual([]);
    }
  });

  it('nor of one in a shell in a shell, six deep', () => {
    const wrapped = (line: string, depth: number): string => (depth === 0 ? line : wrapped(`bash -c '${line.replaceAll("'", `'\\''`)}'`, depth - 1));
    for (let depth = 0; depth <= 6; depth += 1) {
      const line = redact(['srun', 'bash', '-c', wrapped(`docker login -u me -p ${PW}`, depth)]);
      expect(remains(PW, line), `${depth} deep: ${line}`).toEqual([]);
    }
  });

  it('of a secret that is cut by the bound nothing is kept either, wherever the cut is', () => {
    const secret = 'Zq7x'.repeat(500);
    for (let before = 0; before < 2100; before += 7) {
      for (const text of [`token=${secret}`, `sk-${secret}`, `http://u:${secret.slice(0, 300)}@h/`]) {
        expect(redact(['x', `${'- '.repeat(before / 2)}${text}`, 'y'])).not.toContain('Zq7x');
      }
    }
  });
});

describe('ordinary command lines', () => {
  it('are 200, no two alike', () => {
    expect(new Set(ORDINARY_LINES).size).toBe(200);
  });

  it.each(ORDINARY_LINES)('stay whole: %s', (line) => {
    expect(redact(line.split(' '))).toBe(line);
    expect(redactCommand(line)).toBe(line);
    expect(redact(['bash', '-c', line])).toBe(`bash -c ${line}`);
  });
});
