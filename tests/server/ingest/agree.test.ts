// Past the door of server/ingest: what parser and ingest take is compared metric by metric, without a store.
import { describe, expect, it } from 'vitest';
import { collectorById } from '../../../collectors/registry.ts';
import { nameTables } from '../../../collectors/prometheus/names/exporters.ts';
import { batchFromIntake, limitsOf, METRIC_IDS, METRICS, type MetricId, type Reading, tablesOf } from '../../../core/readings/index.ts';
import { checkBatch } from '../../../server/ingest/check-batch.ts';
import { ANYBODY } from '../../support/senders.ts';

const window = { oldest: 0, newest: 2e9, why: { old: 'old', future: 'future' } };

/** What a collector makes of a text, by metric. */
function parsed(collector: string, text: string): Map<MetricId, number> {
  const found = collectorById(collector);
  if (found === undefined) throw new Error(collector);
  const session = found.open({ node: 'n1' });
  const readings = [...session.feed(text).readings, ...session.end().readings];
  return new Map(readings.flatMap(({ values }) => Object.entries(values) as [MetricId, number][])); // keys of readings' values
}

/** True where ingest keeps it. */
function stored(id: MetricId, value: number): boolean {
  const kind = METRICS[id].entity;
  const entity = { kind, id: kind === 'host' ? 'n1' : 'x', node: 'n1' };
  const readings: Reading[] = [{ entity, at: 1000, values: { [id]: value } }];
  const { rejected } = checkBatch(batchFromIntake({ source: 's', seq: 0, tables: tablesOf(readings), facts: [], events: [] }), window, ANYBODY);
  return rejected.length === 0;
}

/** Values at and around both ends of what a metric may be. */
function edges(id: MetricId): number[] {
  const { least, most } = limitsOf(id);
  const far = Math.max(1, Math.abs(most) * 0.01);
  return [least - far, least, least + far / 2, most - far, most, most + far];
}

describe('parsers and ingest agree on what a value may be', () => {
  it.each(METRIC_IDS)('%s: ingest takes its limits and nothing beyond', (id) => {
    expect(edges(id).map((value) => stored(id, value))).toEqual([false, true, true, true, true, false]);
  });

  /** Every plain row of the name tables of /metrics pages: those whose series is the metric, scaled. */
  const rows = nameTables.flatMap(({ owner, rules, blank }) =>
    Object.entries(rules).flatMap(([name, list]) => {
      const [rule] = list;
      const plain = list.length === 1 && rule !== undefined && (rule.fold === undefined || rule.fold === 'sum' || rule.fold === 'max');
      return plain && rule.bit === undefined && rule.only === undefined && rule.min === undefined && (rule.mul ?? 1) > 0 ? [{ name, rule, owner, blank }] : [];
    }),
  );

  it.each(rows)('$name on a /metrics page', ({ name, rule, owner, blank }) => {
    const labels = owner.kind === 'gpu' ? `{${owner.uuid}="GPU-1"}` : owner.kind === 'process' ? `{${owner.pid}="77"}` : '';
    for (const value of edges(rule.to)) {
      const printed = (value * (rule.div ?? 1)) / (rule.mul ?? 1);
      // DCGM's sign for "no value" is a huge number.
      if (blank?.(printed) === true) continue;
      const page = `# TYPE ${name} untyped\n${name}${labels} ${printed}\n`;
      const got = parsed('prometheus', page).get(rule.to);
      expect([value, got !== undefined]).toEqual([value, stored(rule.to, value)]);
    }
  });

  it.each([
    ['fan.speed [%]', 'gpu.fan', 100],
    ['utilization.gpu [%]', 'gpu.util', 100],
    ['power.draw [W]', 'gpu.power', 1],
    ['temperature.gpu', 'gpu.temp', 1],
    ['memory.used [MiB]', 'gpu.memUsed', 1 / 1_048_576],
    ['pcie.link.gen.current', 'gpu.pcieGen', 1],
    ['clocks.current.sm [MHz]', 'gpu.smClock', 1e-6],
  ] as const)('%s of nvidia-smi', (field, id, perUnit) => {
    for (const value of edges(id)) {
      const got = parsed('nvidia-smi-query', `timestamp, index, ${field}\n2023/11/14 22:13:20.000, 0, ${value * perUnit}\n`).get(id);
      expect([value, got !== undefined]).toEqual([value, stored(id, value)]);
    }
  });

  it('a fan at 130 % is a reading for both, and 6,000 W for neither', () => {
    const page =
      '# TYPE nvidia_smi_fan_speed_ratio gauge\nnvidia_smi_fan_speed_ratio{uuid="1"} 1.3\n# TYPE nvidia_smi_power_draw_watts gauge\nnvidia_smi_power_draw_watts{uuid="1"} 6000\n';
    expect([...parsed('prometheus', page).keys()]).toEqual(['gpu.fan']);
    expect([stored('gpu.fan', 1.3), stored('gpu.power', 6000)]).toEqual([true, false]);
  });
});
