// Past the door of core/judging: a grade’s arithmetic is tried at its exact limits, which a verdict alone does not show.
import { describe, expect, it } from 'vitest';
import { disagreement, gradeOf, marginOf, UNGRADED } from '../../../core/judging/evidence.ts';

describe('the evidence grade', () => {
  it('has half its margin at a rule’s edge and all of it a quarter past', () => {
    expect([0.5, 1, 1.1, 1.25, 3].map(marginOf)).toEqual([0.5, 0.5, 0.7000000000000002, 1, 1]);
  });
  it('is ceiling × coverage × margin, and says so', () => {
    expect(gradeOf({ ceiling: 0.85, coverage: 0.5, ratios: [1.25, 2], caps: [] })).toEqual({
      grade: 0.425,
      gradeWhy: 'ceiling × coverage × margin = 0.85 × 0.50 × 1.00 = 0.42',
    });
  });
  it('takes the smallest ratio', () => {
    expect(gradeOf({ ceiling: 0.85, coverage: 1, ratios: [2, 1.125, 9], caps: [] }).grade).toBe(0.638);
  });
  it('is held under its caps, and names those that bind', () => {
    const caps = [
      { value: 0.6, why: 'one' },
      { value: 0.5, why: 'two' },
    ];
    expect(gradeOf({ ceiling: 0.95, coverage: 1, ratios: [2], caps })).toEqual({
      grade: 0.5,
      gradeWhy: 'ceiling × coverage × margin = 0.95 × 1.00 × 1.00 = 0.95; at most 0.60: one; at most 0.50: two',
    });
    expect(gradeOf({ ceiling: 0.6, coverage: 0.5, ratios: [2], caps }).gradeWhy).toBe('ceiling × coverage × margin = 0.60 × 0.50 × 1.00 = 0.30');
  });
  it('of a verdict without a name is zero', () => {
    expect(UNGRADED.grade).toBe(0);
  });
  it('says which of counter and model is larger, and what that means', () => {
    expect(disagreement(0.8, 0.6)).toBe('counter (80 %) and model (60 %) differ by more than 25 %');
    expect(disagreement(0.4, 0.6)).toContain('the model is a lower bound');
  });
});
