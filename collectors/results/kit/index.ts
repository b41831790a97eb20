export { figure, numberOf, percent, plain, RECORD, resultCollector, type ResultReader, resultSession, sentence, shareOf } from './result.ts';
