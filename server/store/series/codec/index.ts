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
  type Writer,
  written,
} from './bytes.ts';
export { putColumn, putQuick, takeColumn } from './column.ts';
export { toIntegers } from './decimal.ts';
