import { describe, expect, it } from 'vitest';
import { chosenFiles } from '../../../../web/lib/diagnose/files.ts';
import { NOTHING_GIVEN, readGiven } from '../../../../web/lib/diagnose/options.ts';

describe('what a person adds to the files', () => {
  it('is nothing but the browser’s zone by default', () => {
    expect(readGiven(NOTHING_GIVEN, 'Europe/Stockholm')).toEqual({ ok: true, context: { tz: 'Europe/Stockholm' }, options: {} });
  });

  it('is taken where it is sound', () => {
    expect(readGiven({ gpu: 'A40', model: ' meta-llama/Llama-3.1-8B ', dtype: 'bf16', tp: '2', tz: '+01:00', node: 'alvis2-01' }, 'UTC')).toEqual({
      ok: true,
      context: { tz: '+01:00', node: 'alvis2-01' },
      options: { gpu: 'A40', model: 'meta-llama/Llama-3.1-8B', dtype: 'bf16', tensorParallel: 2 },
    });
  });

  it.each([
    ['tp', '0'],
    ['tp', 'two'],
    ['tp', '1.5'],
    ['tz', 'Mars/Olympus'],
    ['gpu', 'RTX'],
  ] as const)('is refused at its field: %s %s', (name, value) => {
    const read = readGiven({ ...NOTHING_GIVEN, [name]: value }, 'UTC');
    expect(read.ok ? [] : Object.keys(read.wrong)).toEqual([name]);
  });
});

describe('chosen files', () => {
  it('come in the order of their paths, hidden ones of a folder and those too deep left out', () => {
    const named = (name: string, path = ''): File => Object.defineProperty(new File([''], name), 'webkitRelativePath', { value: path });
    expect(
      chosenFiles([named('b', 'run/b'), named('a', 'run/x/a'), named('h', 'run/.git/h'), named('d', 'run/1/2/3/d'), named('.z')]).map(({ path }) => path),
    ).toEqual(['.z', 'run/b', 'run/x/a']);
  });
});
