// Small inputs after public bug reports, each with what must come out of it. They are not part of the project: $HEADROOM_CASES names their folder.
import { describe, expect } from 'vitest';
import { itReads } from '../support/cases.ts';

describe('cases that are read', () => {
  itReads('79-powershell-utf16-dmon', 'UTF-16 with a byte order mark reads as UTF-8 does', ({ diagnosis }) => {
    expect(diagnosis.sources).toMatchObject([{ collector: 'nvidia-smi-dmon', readings: 40, rejectedCount: 0 }]);
  });
});
