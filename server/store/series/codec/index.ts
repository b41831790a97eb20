export {
  DamagedBytes,
  putByte,
  putBytes,
  putDouble,
  putText,
  putVarint,
  reader,
  type Reader,
  takeByte,
  takeBytes,
  takeDouble,
  takeText,
  takeVarint,
  writer,
  written,
} from './bytes.ts';
export { putColumn, takeColumn } from './column.ts';
export { toIntegers } from './decimal.ts';
