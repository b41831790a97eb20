export { engineNames, nameTables } from './exporters.ts';
export type { Labels, NameTable, Owner, Rule } from './rule.ts';
