import { describe, expect, it } from 'vitest';
import { gpustat, gpustatJson } from '../../collectors/gpustat.ts';
import { parseAll } from '../../collectors/collector/index.ts';
import { goldens } from './support/goldens.ts';

describe('gpustat', () => {
  goldens(gpustat, 'gpustat');

  it('in colours is read as without', () => {
    const line = "[0] Tesla T4 | 45'C,  12 % |  1024 / 15360 MB | ana(1020M)\n";
    const coloured = line.replace('Tesla T4', '\u001b[34mTesla T4\u001b(B\u001b[m').replace('12', '\u001b[1m\u001b[32m12');
    expect(gpustat.sniff(coloured)).toBeGreaterThan(0.5);
    expect(parseAll(gpustat, coloured).readings).toEqual(parseAll(gpustat, line).readings);
  });
});

describe('gpustat --json', () => {
  goldens(gpustatJson, 'gpustat-json');
});
