import { ALVIS, dayStart, parseSite, pricePerHour, scratchName, siteLine, UNKNOWN_SITE } from '../../../../core/knowledge/index.ts';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const node = {
  id: 'g',
  gpu: 'A100-80',
  gpusPerNode: 8,
  cores: 128,
  hostMemoryGB: [1024, 512],
  networks: [
    { kind: 'ethernet', gbit: 25 },
    { kind: 'infiniband', gbit: 200 },
  ],
};

function errors(json: unknown): readonly string[] {
  const result = parseSite(json);
  return result.ok ? [] : result.errors;
}

describe('a day', () => {
  it.each([
    ['in winter', 'Europe/Stockholm', '2026-01-10T22:59:59Z', '2026-01-09T23:00:00Z'],
    ['that has just begun', 'Europe/Stockholm', '2026-01-10T23:00:00Z', '2026-01-10T23:00:00Z'],
    ['in summer', 'Europe/Stockholm', '2026-07-10T12:00:00Z', '2026-07-09T22:00:00Z'],
    ['of 23 hours, after the change', 'Europe/Stockholm', '2026-03-29T21:59:59Z', '2026-03-28T23:00:00Z'],
    ['after the day of 23 hours', 'Europe/Stockholm', '2026-03-29T22:00:00Z', '2026-03-29T22:00:00Z'],
    ['of 25 hours, at its end', 'Europe/Stockholm', '2026-10-25T22:59:59Z', '2026-10-24T22:00:00Z'],
    ['after the day of 25 hours', 'Europe/Stockholm', '2026-10-25T23:00:00Z', '2026-10-25T23:00:00Z'],
    ['five and a half hours ahead', 'Asia/Kolkata', '2026-05-01T18:29:59Z', '2026-04-30T18:30:00Z'],
    ['five and a half hours ahead, the next one', 'Asia/Kolkata', '2026-05-01T18:30:00Z', '2026-05-01T18:30:00Z'],
    ['behind UTC', 'America/Los_Angeles', '2026-01-10T07:59:59Z', '2026-01-09T08:00:00Z'],
    ['without midnight: the clock goes from 23:59 to 01:00', 'Africa/Cairo', '2026-04-24T12:00:00Z', '2026-04-23T22:00:00Z'],
    ['of UTC', 'UTC', '2026-01-10T23:59:59Z', '2026-01-10T00:00:00Z'],
  ])('%s', (_, zone, now, begun) => {
    expect(new Date(dayStart(Date.parse(now) / 1000, zone) * 1000).toISOString().replace('.000Z', 'Z')).toBe(begun);
  });
  it('of Alvis is Stockholm’s, of a site file the zone’s that it names, else UTC’s', () => {
    const zone = (file: object) => {
      const result = parseSite({ name: 'Here', nodeTypes: [node], ...file });
      return result.ok ? result.site.timeZone : result.errors;
    };
    expect([ALVIS.timeZone, zone({ timeZone: 'Asia/Kolkata' }), zone({})]).toEqual(['Europe/Stockholm', 'Asia/Kolkata', 'UTC']);
    for (const wrong of ['Mars/Phobos', '', '+02:00']) {
      expect(zone({ timeZone: wrong })).toEqual([
        `/timeZone: "${wrong}" is not a time zone of the IANA database: expected a name such as "Europe/Stockholm" or "UTC"`,
      ]);
    }
  });
});

describe('a site file', () => {
  it('becomes SI units, fastest network and smallest memory first', () => {
    const result = parseSite({ name: 'Here', nodeTypes: [node], storage: { name: 's', nodeGBPerSecond: 5 } });
    if (!result.ok) throw new Error(result.errors.join());
    const [row] = result.site.nodeTypes;
    expect(row?.networks).toEqual([
      { kind: 'infiniband', rate: 25e9 },
      { kind: 'ethernet', rate: 3.125e9 },
    ]);
    expect(row?.hostMemory).toEqual([512e9, 1024e9]);
    expect([row?.nodes, row?.scratchBytes]).toEqual([null, null]);
    expect(result.site.storage.nodeBytesPerSecond).toBe(5e9);
    expect(result.site.prices).toBeNull();
  });
  it('may name GPUs as the scheduler does', () => {
    const result = parseSite({ name: 'Here', nodeTypes: [{ ...node, gpu: 'A100fat' }] });
    expect(result.ok && result.site.nodeTypes[0]?.gpu).toBe('A100-80');
  });
  it('gives prices by node type, none where none is set', () => {
    const result = parseSite({
      name: 'Here',
      currency: 'SEK',
      nodeTypes: [
        { ...node, pricePerGpuHour: 2 },
        { ...node, id: 'h' },
      ],
    });
    if (!result.ok) throw new Error(result.errors.join());
    expect(pricePerHour(result.site, 'g', 4)).toBe(8);
    expect(pricePerHour(result.site, 'h', 4)).toBeNull();
    expect(pricePerHour(ALVIS, 'A100', 4)).toBeNull();
  });
  it('with a price of zero is free, not without a price', () => {
    const result = parseSite({ name: 'Here', currency: 'SEK', nodeTypes: [{ ...node, pricePerGpuHour: 0 }] });
    expect(result.ok && pricePerHour(result.site, 'g', 4)).toBe(0);
  });
  it('says what its storage and the disk of a node are called; one that says neither has words for them', () => {
    const named = parseSite({ name: 'Here', nodeTypes: [node], storage: { name: 'Lustre', scratch: '$SNIC_TMP' } });
    const bare = parseSite({ name: 'Here', nodeTypes: [node] });
    if (!named.ok || !bare.ok) throw new Error('refused');
    expect([named.site.storage.name, scratchName(named.site)]).toEqual(['Lustre', '$SNIC_TMP']);
    expect([bare.site.storage.name, scratchName(bare.site)]).toEqual(['shared storage', "the node's own disk"]);
    expect(scratchName(ALVIS)).toBe('$TMPDIR');
  });
  it('says in days how long a job may run; one that does not sets no limit', () => {
    const longest = (file: object) => {
      const result = parseSite({ name: 'Here', nodeTypes: [node], ...file });
      return result.ok ? result.site.longestJob : result.errors;
    };
    expect([longest({ longestJobDays: 1.5 }), longest({}), ALVIS.longestJob, UNKNOWN_SITE.longestJob]).toEqual([129_600, null, 604_800, null]);
    expect(longest({ longestJobDays: 0 })).toEqual([expect.stringContaining('/longestJobDays')]);
  });
  it('tells the line that all nodes with a card have, also with one of another size, and none for a card that it lacks', () => {
    const slow = { ...node, id: 's', networks: [{ kind: 'ethernet', gbit: 25 }] };
    const result = parseSite({ name: 'Here', nodeTypes: [node, slow] });
    if (!result.ok) throw new Error(result.errors.join());
    expect(siteLine(result.site, 'A100-80')?.node.id).toBe('s');
    expect(siteLine(result.site, 'A100-40')?.network).toEqual({ kind: 'ethernet', rate: 3.125e9 });
    expect(siteLine(result.site, 'A100-PCIE-80')).toBeNull();
    expect(siteLine(ALVIS, 'V100-32')?.network.rate).toBe(3.125e9);
    expect(siteLine(UNKNOWN_SITE, 'A100-80')).toBeNull();
  });
  it('as in docs/planner.md is accepted', () => {
    const text = readFileSync(new URL('../../../../docs/planner.md', import.meta.url), 'utf8');
    const example = /```json\n([\s\S]*?)\n```/.exec(text)?.[1] ?? '';
    expect(errors(JSON.parse(example))).toEqual([]);
  });
  it('is refused with the place and what was expected', () => {
    expect(errors(null)[0]).toContain('/: must be object');
    expect(errors({ name: 'x', nodeTypes: [] })[0]).toContain('/nodeTypes');
    expect(errors({ name: 'x', nodeTypes: [{ ...node, gpusPerNode: 0 }] })[0]).toContain('/nodeTypes/0/gpusPerNode');
    expect(errors({ name: 'x', nodeTypes: [{ ...node, gpu: 'RTX 4060' }] })).toEqual([
      expect.stringContaining('/nodeTypes/0/gpu: "RTX 4060" is not one of A100-40'),
    ]);
    expect(errors({ name: 'x', nodeTypes: [node, node] })).toEqual(['/nodeTypes/1/id: "g" occurs twice']);
    expect(errors({ name: 'x', nodeTypes: [{ ...node, pricePerGpuHour: 2 }] })[0]).toContain('/currency');
    expect(errors({ name: 'x', nodeTypes: [node], colour: 1 })).toContainEqual(expect.stringContaining('(colour)'));
  });
});
