export { type Collector, joinBatches, parseAll, type ParseContext, type Session } from './collector.ts';
export { engineOf, hostOf, indexIn, type Place, placed, processOf, UNNAMED } from './entities.ts';
