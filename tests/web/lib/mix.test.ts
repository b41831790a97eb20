import { describe, expect, it } from 'vitest';
import { tellingActivities } from '../../../web/lib/mix.ts';

describe('the activities beside the limits of a run', () => {
  it.each([
    ['are left out where the limits say the same: idle', { idle: 600 }, { idle: 600 }, []],
    ['are left out where nothing is known of them', { unknown: 600 }, { unknown: 600 }, []],
    ['are told where one says more', { idle: 300, memory: 300 }, { idle: 300, decode: 300 }, ['idle', 'decode']],
  ] as const)('%s', (_, bottleneck, activity, expected) => {
    expect(tellingActivities({ bottleneck, activity }).map(({ key }) => key)).toEqual(expected);
  });
});
