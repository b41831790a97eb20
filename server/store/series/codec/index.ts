export {
  DamagedBytes,
  putByte,
  putBytes,
  putDouble,
  putText,
  putVarint,
  reader,
  type Reader,
  reserve,
  takeByte,
  takeBytes,
  takeCount,
  takeDouble,
  takeRows,
  takeText,
  takeVarint,
  Unencodable,
  writer,
  type Writer,
  written,
} from './bytes.ts';
export { putColumn, putQuick, takeColumn } from './column.ts';
export { toIntegers } from './decimal.ts';
