// Past the door of server/main: what becomes of a batch is decided without a machine to watch.
import { describe, expect, it } from 'vitest';
import { Problem } from '../../../server/http/index.ts';
import { outcomeOf } from '../../../server/main/local-agent.ts';

const problem = (status: number, seconds: number | null = null) => new Problem(status, { error: 'no', where: 'body', remedy: 'wait' }, seconds);

describe('a batch of the service’s own machine', () => {
  it('that is too much for the moment is kept and sent again after the time that is asked for', () => {
    expect(outcomeOf(problem(429, 40))).toEqual({ kind: 'later', reason: 'no', retryAfter: 40 });
    expect(outcomeOf(problem(503))).toEqual({ kind: 'later', reason: 'no' });
    expect(outcomeOf(new Error('the disk is full'))).toEqual({ kind: 'later', reason: 'the disk is full' });
  });

  it('that can never be taken is dropped', () => {
    expect(outcomeOf(problem(400))).toEqual({ kind: 'refused', reason: 'no' });
  });
});
