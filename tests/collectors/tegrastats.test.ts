import { describe } from 'vitest';
import { tegrastats } from '../../collectors/tegrastats.ts';
import { goldens } from './support/goldens.ts';

describe('tegrastats', () => {
  goldens(tegrastats, 'tegrastats');
});
