import { describe } from 'vitest';
import { nvitop } from '../../collectors/nvitop.ts';
import { goldens } from './support/goldens.ts';

describe('nvitop', () => {
  goldens(nvitop, 'nvitop');
});
