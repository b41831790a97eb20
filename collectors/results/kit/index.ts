export { figure, numberOf, percent, RECORD, resultCollector, type ResultReader, resultSession, sentence, shareOf } from './result.ts';
