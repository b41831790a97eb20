import { entityKey, type EntityRef, type FactName, isMetricId, metric, own } from '../../core/readings/index.ts';
import { type Labels, type NameTable, nameTables, type Rule } from './names/index.ts';
import { ownerOf, type Scope, sliceFacts } from './owner.ts';

/** Where one series goes: an entity's metric by one rule of a table. One series may have several (a bit mask). */
export interface Slot {
  readonly entity: EntityRef;
  /** The entity's key, made once: a sample is added in the time that making it takes. */
  readonly key: string;
  readonly rule: Rule;
  readonly table: NameTable;
  /** The values of the rule's `by` labels: which core and mode, which disk, which port. */
  readonly by: readonly string[];
  /** Set once its first impossible value was reported. */
  complained: boolean;
}

/** What one series means to us. */
export interface Target {
  readonly slots: readonly Slot[];
  readonly facts: readonly { readonly entity: EntityRef; readonly name: FactName; readonly value: string }[];
  /** A metric that stands in labels: its value is this, not the sample's. */
  readonly constant: number | null;
  /** The name that this series gives to the nameless host `entity`. */
  readonly hostName: string | null;
  readonly entity: EntityRef | null;
}

/** True where a table knows the series name. */
export function isKnownName(name: string): boolean {
  return findName(name) !== undefined;
}

/** Looks a series up in the name tables; null where no table knows its name or its labels name no owner. */
export function resolveSeries(name: string, labels: Labels, scope: Scope): Target | null {
  const known = findName(name);
  if (known === undefined) return null;
  const { table, key } = known;
  const info = own(table.info ?? {}, key);
  // The series that gives a host its name must first be found under the name that the host's other series have.
  const entity = ownerOf(table.owner, info?.host === undefined ? labels : without(labels, info.host), scope);
  if (entity === null) return null;
  const facts = [...factsIn(table.facts ?? {}, labels, entity), ...sliceFacts(table.owner, labels, entity).map((fact) => ({ entity, ...fact }))];
  if (info !== undefined) {
    const product = info.product === undefined ? null : productOf(info.product.of, labels);
    const slots = info.product === undefined || product === null ? [] : [slotOf(entity, { to: info.product.to, fold: 'sum' }, table, labels)];
    const hostName = info.host === undefined ? null : (labels.get(info.host) ?? null);
    return { slots, facts: [...facts, ...factsIn(info.facts, labels, entity)], constant: product, hostName, entity };
  }
  const rules = (own(table.rules, key) ?? []).filter((rule) => isMeant(rule, labels));
  return { slots: rules.map((rule) => slotOf(entity, rule, table, labels)), facts, constant: null, hostName: null, entity };
}

/**
 * The same series when its values are already rates per second (`rate(name[5m])`): counters go to the gauge that holds their rate.
 * A text says which metric has none. A gauge cannot be a counter's rate, so that is refused too.
 */
export function asRates(target: Target): Target | string {
  const slots: Slot[] = [];
  for (const slot of target.slots) {
    const { kind, rate } = metric(slot.rule.to);
    if (kind === 'gauge') return `a rate of ${slot.rule.to}, which is no counter`;
    if (rate === undefined || !isMetricId(rate)) return `the rate of ${slot.rule.to} has no metric of its own: export the counter itself`;
    if (slot.rule.fold === 'busiest') return `the rate of ${slot.rule.to} is the busiest device's: export the counters themselves`;
    slots.push({ ...slot, rule: { ...slot.rule, to: rate } });
  }
  return { ...target, slots };
}

/** The same series for values that are in SI already, because someone wrote their unit beside them. */
export function inSi(target: Target): Target {
  return { ...target, slots: target.slots.map((slot) => ({ ...slot, rule: unscaled(slot.rule), complained: false })) };
}

function unscaled(rule: Rule): Rule {
  const { mul, div: _div, ...rest } = rule;
  return mul !== undefined && mul < 0 ? { ...rest, mul: -1 } : rest; // the sign is not a unit
}

interface Known {
  readonly table: NameTable;
  /** The name as the table spells it. */
  readonly key: string;
}

const index = new Map<string, Known>();
for (const table of nameTables) {
  for (const key of [...Object.keys(table.rules), ...Object.keys(table.info ?? {})]) if (!index.has(plain(key))) index.set(plain(key), { table, key });
}

/** A name as it is, or as others write it: OpenTelemetry and Ray turn `vllm:` into `vllm_`, Ray puts its own name before it, and both may leave a counter's `_total` off. */
function findName(name: string): Known | undefined {
  const known = plain(name);
  const bare = known.startsWith('ray_') ? known.slice(4) : known;
  return index.get(known) ?? index.get(bare) ?? index.get(`${bare}_total`) ?? index.get(`${known}_total`);
}

function plain(name: string): string {
  return name.indexOf(':') < 0 ? name : name.replace(':', '_');
}

function without(labels: Labels, name: string): Labels {
  return new Map([...labels].filter(([label]) => label !== name));
}

function isMeant(rule: Rule, labels: Labels): boolean {
  for (const [label, wanted] of Object.entries(rule.only ?? {})) {
    const value = labels.get(label);
    if (value === undefined || !wanted.includes(value)) return false;
  }
  for (const [label, unwanted] of Object.entries(rule.skip ?? {})) if (unwanted.test(labels.get(label) ?? '')) return false;
  return true;
}

function slotOf(entity: EntityRef, rule: Rule, table: NameTable, labels: Labels): Slot {
  return { entity, key: entityKey(entity), rule, table, by: (rule.by ?? []).map((label) => labels.get(label) ?? ''), complained: false };
}

function factsIn(names: Readonly<Record<string, FactName>>, labels: Labels, entity: EntityRef): Target['facts'] {
  return Object.entries(names).flatMap(([label, name]) => {
    const value = labels.get(label);
    return value === undefined || value === '' || value === '[N/A]' || value === 'None' ? [] : [{ entity, name, value }];
  });
}

function productOf(names: readonly string[], labels: Labels): number | null {
  let product = 1;
  for (const name of names) {
    const text = labels.get(name) ?? '';
    if (!/^\d+(\.\d+)?$/.test(text)) return null;
    product *= Number.parseFloat(text);
  }
  return product;
}

/** The value of a sample in the rule's metric, in SI. */
export function scaled(rule: Rule, value: number): number {
  if (rule.bit !== undefined) return hasBit(value, rule.bit) ? 1 : 0;
  return (value * (rule.mul ?? 1)) / (rule.div ?? 1);
}

function hasBit(mask: number, bit: number): boolean {
  return Math.floor(mask / bit) % 2 === 1;
}
