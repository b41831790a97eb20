import { describe } from 'vitest';
import { nvidiaSmiLog } from '../../../collectors/nvidia-smi/log.ts';
import { nvidiaSmiDmon, nvidiaSmiPmon } from '../../../collectors/nvidia-smi/monitor.ts';
import { nvidiaSmiQuery } from '../../../collectors/nvidia-smi/query-csv.ts';
import { nvidiaSmiXml } from '../../../collectors/nvidia-smi/xml.ts';
import { goldens } from '../support/goldens.ts';

describe('nvidia-smi, every way to print', () => {
  for (const collector of [nvidiaSmiQuery, nvidiaSmiDmon, nvidiaSmiPmon, nvidiaSmiXml, nvidiaSmiLog]) goldens(collector, collector.id);
});
