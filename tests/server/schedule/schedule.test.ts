import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../../support/late-schedule.ts', import.meta.url));

/** Everything that a process printed until its end. */
const printed = () =>
  new Promise<{ out: string; err: string }>((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', program], { stdio: ['ignore', 'pipe', 'pipe'] });
    const text = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text.out += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text.err += chunk));
    child.on('error', reject).on('close', () => resolve(text));
  });

describe('a schedule that is late', () => {
  it('says so in JSON lines like everything else, with the duty’s name: missed, overlapping and failed runs', async () => {
    const { out, err } = await printed();
    const lines = err
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: number; duty: string; msg: string });
    expect(out).toBe('');
    expect(lines).toContainEqual(expect.objectContaining({ level: 40, duty: 'slow', msg: expect.stringContaining('still running') as unknown }));
    expect(lines).toContainEqual(expect.objectContaining({ level: 40, msg: expect.stringContaining('missed execution') as unknown }));
    expect(lines).toContainEqual(expect.objectContaining({ level: 50, duty: 'failing', msg: 'a scheduled duty failed' }));
  });
});
