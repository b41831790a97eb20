import { describe, expect, it } from 'vitest';
import { isAllowed, licences, told } from '../../scripts/packages.ts';

describe('the report on production packages', () => {
  it('counts what a production install brings, by licence, a package without one as none', () => {
    const found = licences({
      packages: {
        '': { version: '1.0.0', license: 'MIT' },
        'node_modules/a': { version: '1.2.3', license: 'MIT' },
        'node_modules/a/node_modules/@x/b': { version: '2.0.0' },
        'node_modules/tool': { version: '3.0.0', license: 'GPL-3.0', dev: true },
      },
    });
    expect(Object.fromEntries(found)).toEqual({ MIT: ['a 1.2.3'], none: ['@x/b 2.0.0'] });
  });

  it.each([
    ['MIT', true],
    ['(GPL-3.0 OR MIT)', true],
    ['GPL-3.0', false],
    ['MIT AND GPL-3.0', false],
    ['none', false],
  ])('takes %s: %s', (license, allowed) => {
    expect(isAllowed(license)).toBe(allowed);
  });

  it('tells advisories, high and critical ones as urgent', () => {
    const vulnerabilities = { x: { severity: 'high', range: '<2' }, y: { severity: 'low', range: '<=1.1' } };
    expect(told(JSON.stringify({ vulnerabilities }))).toEqual({ lines: ['high: x <2', 'low: y <=1.1'], urgent: 1 });
    expect(told(JSON.stringify({ vulnerabilities: {} }))).toEqual({ lines: ['none known'], urgent: 0 });
  });

  it.each(['', '<html>', '{"statusCode":405,"error":{}}'])('calls a registry that answers %j one that was not asked', (answer) => {
    expect(told(answer)).toBeNull();
  });
});
