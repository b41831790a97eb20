import { describe } from 'vitest';
import { collectorById } from '../../../collectors/registry.ts';
import { goldens } from '../support/goldens.ts';

const KINDS = [
  'seff',
  'reportseff',
  'jobstats',
  'sacct',
  'nvidia-smi-topo',
  'llama-bench',
  'ollama',
  'ollama-ps',
  'nccl-tests',
  'serving-bench',
  'serving-bench-json',
  'rocm-smi',
  'other-vendor',
  'nsys-stats',
  'ncu',
  'nsight-file',
];

describe.each(KINDS)('the result of %s', (id) => {
  const collector = collectorById(id);
  if (collector === undefined) throw new Error(`no collector ${id}`);
  goldens(collector, id);
});
