// Small inputs after public bug reports, each with what must come out of it. They are not part of the project: $HEADROOM_CASES names their folder.
import { describe, expect } from 'vitest';
import { itReads } from '../support/cases.ts';

describe('results, which hold no series', () => {
  itReads('06-seff', 'seff is named, with its efficiencies and what it does not know', ({ diagnosis, printed }) => {
    expect(diagnosis.analysis).toBeNull();
    expect(printed).toMatch(/^This is seff’s output/);
    expect(printed).toContain('CPU efficiency 35.7 %');
    expect(printed).toContain('Memory efficiency 1.7 %');
    expect(printed).toContain('There is no GPU in it');
    expect(printed).not.toContain('unknown format');
  });

  itReads('07-reportseff-gpu', 'GPU efficiency of each job; 13 s are too short to call it waste', ({ diagnosis, printed }) => {
    expect(printed).toMatch(/^This is reportseff’s output/);
    expect(printed).toMatch(/649436: [^\n]*GPU 0\.0 %[^\n]*\n[^\n]*13 s: too short/);
    expect(printed).toMatch(/649440: [^\n]*GPU 91\.4 %/);
    expect(diagnosis.sources[0]?.statements[0]?.figures).toContainEqual({ name: 'job.649440.gpuEfficiency', value: 0.914, unit: 'ratio' });
  });

  itReads('38-ollama-verbose', 'prompt and generation rate of one request', ({ printed }) => {
    expect(printed).toMatch(/^This is ollama’s/);
    expect(printed).toContain('Prompt 512 tokens/s (1119 tokens');
    expect(printed).toContain('Generation 10.6 tokens/s (9 tokens');
  });
});
