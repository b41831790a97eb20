import { describe } from 'vitest';
import { nvtop } from '../../collectors/nvtop.ts';
import { goldens } from './support/goldens.ts';

describe('nvtop -s', () => {
  goldens(nvtop, 'nvtop');
});
