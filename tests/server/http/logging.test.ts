// Past the door of server/http: a token in an address is looked for in the line that would be logged.
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { lateChild, openLog } from '../../../server/http/index.ts';
import { withoutToken } from '../../../server/http/logging.ts';

const logged = (act: (log: ReturnType<typeof openLog>) => void): string => {
  let text = '';
  act(
    openLog(
      'info',
      new Writable({
        write(chunk: Buffer, _encoding, done) {
          text += chunk.toString();
          done();
        },
      }),
    ),
  );
  return text;
};

describe('the log', () => {
  it('is one JSON object per line, with the time as people write it', () => {
    const line = JSON.parse(logged((log) => log.info({ node: 'n1' }, 'hello'))) as Record<string, unknown>;
    expect(line).toMatchObject({ node: 'n1', msg: 'hello', level: 30 });
    expect(String(line['time'])).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('leaves tokens and cookies out, wherever they stand', () => {
    const text = logged((log) => {
      log.info({ token: 'SECRET', reply: { token: 'SECRET' }, headers: { authorization: 'Bearer SECRET', cookie: 'a=SECRET' } }, 'x');
      log.info({ req: { method: 'GET', url: '/jobs?token=SECRET&x=1', headers: { cookie: 'a=SECRET' } } }, 'x');
    });
    expect(text).not.toContain('SECRET');
    expect(text).toContain('/jobs?token=[redacted]&x=1');
    expect(withoutToken('/?a=1&token=S')).toBe('/?a=1&token=[redacted]');
  });

  it('knows a request by its number, and makes nothing for one that says nothing', () => {
    const made: unknown[] = [];
    const text = logged((log) => {
      const counted = Object.assign(Object.create(log) as typeof log, { child: (bindings: object) => (made.push(bindings), log.child(bindings)) });
      const quiet = lateChild(counted, { reqId: 'quiet' });
      expect([typeof quiet.info, typeof quiet.child]).toEqual(['function', 'function']); // as Fastify looks at it
      const speaking = lateChild(counted, { reqId: 'r7' });
      speaking.warn('one');
      speaking.error({ code: 5 }, 'two');
    });
    expect(made).toEqual([{ reqId: 'r7' }]);
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([
      { reqId: 'r7', msg: 'one' },
      { reqId: 'r7', code: 5, msg: 'two' },
    ]);
  });
});
