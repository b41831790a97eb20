import { describe, expect, it } from 'vitest';
import { chosenFiles } from '../../../../web/lib/diagnose/files.ts';
import { modelOfConfig } from '../../../../web/lib/models.ts';
import { NOTHING_GIVEN, readGiven } from '../../../../web/lib/diagnose/options.ts';

describe('what a person adds to the files', () => {
  it('is nothing but the browser’s zone by default', () => {
    expect(readGiven(NOTHING_GIVEN, 'Europe/Stockholm')).toEqual({ ok: true, context: { tz: 'Europe/Stockholm' }, options: {} });
  });

  it('is taken where it is sound', () => {
    expect(
      readGiven({ ...NOTHING_GIVEN, gpu: 'A40', model: ' meta-llama/Llama-3.1-8B ', dtype: 'bf16', tp: '2', tz: '+01:00', node: 'alvis2-01' }, 'UTC'),
    ).toEqual({
      ok: true,
      context: { tz: '+01:00', node: 'alvis2-01' },
      options: { gpu: 'A40', model: 'meta-llama/Llama-3.1-8B', dtype: 'bf16', tensorParallel: 2 },
    });
  });

  it('says of the model what its config.json says, and how a file without a header is read', () => {
    const model = modelOfConfig(
      JSON.stringify({
        model_type: 'llama',
        hidden_size: 64,
        num_hidden_layers: 2,
        num_attention_heads: 4,
        intermediate_size: 128,
        vocab_size: 100,
      }),
    );
    const read = readGiven(
      { ...NOTHING_GIVEN, config: JSON.stringify(model), quantization: 'awq', cores: '8', fields: 'timestamp, index,,utilization.gpu' },
      'UTC',
    );
    expect(read).toMatchObject({
      context: { fields: ['timestamp', 'index', 'utilization.gpu'] },
      options: { modelSpec: { family: 'llama' }, quantization: 'awq', cores: 8 },
    });
  });

  it.each([
    ['tp', '0'],
    ['tp', 'two'],
    ['tp', '1.5'],
    ['tz', 'Mars/Olympus'],
    ['gpu', 'RTX'],
    ['dp', '-1'],
    ['cores', 'all'],
  ] as const)('is refused at its field: %s %s', (name, value) => {
    const read = readGiven({ ...NOTHING_GIVEN, [name]: value }, 'UTC');
    expect(read.ok ? [] : Object.keys(read.wrong)).toEqual([name]);
  });
});

describe('a config.json', () => {
  it.each([
    ['{', 'this is no JSON; a Hugging Face config.json is expected'],
    ['{"model_type":"bert"}', '"bert" is not a decoder-only language model; a Hugging Face config.json is expected'],
  ])('that is none is refused with the reason: %s', (text, reason) => {
    expect(modelOfConfig(text)).toBe(reason);
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
