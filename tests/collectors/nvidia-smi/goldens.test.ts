import { describe } from 'vitest';
import { nvidiaSmiDmon, nvidiaSmiLog, nvidiaSmiPmon, nvidiaSmiQuery, nvidiaSmiXml } from '../../../collectors/nvidia-smi/index.ts';
import { goldens } from '../support/goldens.ts';

describe('nvidia-smi, every way to print', () => {
  for (const collector of [nvidiaSmiQuery, nvidiaSmiDmon, nvidiaSmiPmon, nvidiaSmiXml, nvidiaSmiLog]) goldens(collector, collector.id);
});
