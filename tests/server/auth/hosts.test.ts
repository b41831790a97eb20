// Past the door of server/auth: every spelling of a host is tried by itself.
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { hostRules } from '../../../server/auth/index.ts';
import { bearerOf, cookieOf } from '../../../server/auth/recognise.ts';

const rules = hostRules({ url: 'https://headroom.example.org', hosts: ['login1'] });

describe('the name that a request is asked under', () => {
  it.each(['localhost:8080', '127.0.0.1:8080', '[::1]:8080', '10.4.0.7', hostname(), 'headroom.example.org', 'login1:80', 'LOGIN1', 'a.localhost:1'])(
    '%s is this server',
    (host) => {
      expect(rules.hostAllowed(host)).toBe(true);
    },
  );

  it.each([
    'evil.example.com',
    'localhost.evil.example.com',
    'login1.evil.example.com',
    '127.0.0.1.evil.example.com',
    '',
    undefined,
    'a b',
    'evil.example.com:8080',
  ])('%s is a name that somebody else may have pointed here', (host) => {
    expect(rules.hostAllowed(host)).toBe(false);
  });
});

describe('the page that a request comes from', () => {
  it.each([
    [{ host: 'localhost:8080', origin: 'http://localhost:8080' }, true],
    [{ host: 'localhost:8080', origin: 'http://localhost:9999' }, false],
    [{ host: 'localhost:8080', origin: 'http://evil.example.com' }, false],
    [{ host: 'localhost:8080', origin: 'null' }, false],
    [{ host: 'backend:8080', origin: 'https://headroom.example.org' }, true],
    [{ host: 'localhost:8080' }, true],
    [{ host: 'localhost:8080', 'sec-fetch-site': 'same-origin' }, true],
    [{ host: 'localhost:8080', 'sec-fetch-site': 'same-site' }, false],
    [{ host: 'localhost:8080', 'sec-fetch-site': 'cross-site' }, false],
    [{ host: 'localhost:8080', 'sec-fetch-site': 'cross-site', origin: 'http://localhost:8080' }, false],
  ])('%o: of this service %s', (headers, same) => {
    expect(rules.sameOrigin(headers)).toBe(same);
  });
});

describe('what a caller shows', () => {
  it('is the word after Bearer, or one cookie among others', () => {
    expect(bearerOf({ authorization: 'Bearer abc' })).toBe('abc');
    expect(bearerOf({ authorization: 'bearer  abc' })).toBe('abc');
    expect(bearerOf({ authorization: 'Basic abc' })).toBeNull();
    expect(bearerOf({})).toBeNull();
    expect(cookieOf('a=1; headroom-8080=x=y; b=2', 'headroom-8080')).toBe('x=y');
    expect(cookieOf('xheadroom-8080=1', 'headroom-8080')).toBeNull();
    expect(cookieOf(undefined, 'headroom-8080')).toBeNull();
  });
});
