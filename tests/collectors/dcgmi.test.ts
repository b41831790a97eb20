import { describe } from 'vitest';
import { dcgmi } from '../../collectors/dcgmi.ts';
import { goldens } from './support/goldens.ts';

describe('dcgmi dmon', () => {
  goldens(dcgmi, 'dcgmi-dmon');
});
