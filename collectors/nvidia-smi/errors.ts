import type { EntityRef, SourceEvent } from '../../core/readings/index.ts';
import { anyOf, inOrder, type Sign } from '../text/index.ts';
import { busIdIn, type GpuScope } from './scope.ts';

type ErrorKind = Extract<SourceEvent['kind'], 'gpu-error' | 'xid' | 'collector'>;

/** Messages of nvidia-smi and of the kernel driver, in the words that they use. `word` is looked for first, since most lines have none. */
const MESSAGES: readonly { readonly word: string; readonly pattern: Sign; readonly kind: ErrorKind }[] = [
  { word: 'SXid', pattern: /\bSXid \((?:PCI:)?[0-9a-fA-F:.]{5,20}\): \d+/, kind: 'gpu-error' }, // of an NVSwitch: numbers of its own
  { word: 'Xid', pattern: /\bXid \((?:PCI:)?[0-9a-fA-F:.]{5,20}(?: GPU-I:\d{1,3})?\): \d+/, kind: 'xid' },
  { word: 'Unable to determine the device handle', pattern: /Unable to determine the device handle for/i, kind: 'gpu-error' },
  { word: 'GPU is lost', pattern: /GPU is lost/i, kind: 'gpu-error' },
  { word: 'fallen off the bus', pattern: inOrder(/GPU|NVRM:/gi, /fallen off the bus/gi), kind: 'gpu-error' },
  { word: 'No devices were found', pattern: /^\s*No devices were found\s*$/i, kind: 'gpu-error' },
  { word: 'NVIDIA-SMI has failed', pattern: /NVIDIA-SMI has failed because/i, kind: 'gpu-error' },
  { word: 'Failed to initialize NVML', pattern: /Failed to initialize NVML/i, kind: 'gpu-error' },
  { word: 'infoROM is corrupted', pattern: /infoROM is corrupted/i, kind: 'gpu-error' },
  { word: 'requires reset', pattern: /GPU requires reset(?!\w)/i, kind: 'gpu-error' },
  { word: 'NVRM: ', pattern: inOrder(/NVRM: /g, /RmInitAdapter failed|rm_init_adapter failed|probe routine failed/g, 80), kind: 'gpu-error' },
  {
    word: 'NVRM: ',
    pattern: anyOf(/NVRM: No NVIDIA GPU found/, inOrder(/NVRM: /g, /GPU is probably locked|uvm encountered global fatal error/g, 60)),
    kind: 'gpu-error',
  },
  { word: 'not a valid field to query', pattern: /Field "[^"]*" is not a valid field to query/i, kind: 'collector' },
  { word: 'nvidia-smi', pattern: /nvidia-smi: (?:command )?not found|nvidia-smi: No such file/i, kind: 'collector' },
];

/** Longer lines are a program's own. */
const LONGEST = 2_000;

const ANY = new RegExp(MESSAGES.map(({ word }) => word).join('|'), 'i');

/** The error that a line reports, about a GPU where it names one; null for any other line. `at`: the time to give it, on the batch's clock. */
export function gpuError(text: string, scope: GpuScope, at: number | null = null): SourceEvent | null {
  const line = text.length > LONGEST ? text.slice(0, LONGEST) : text;
  if (!ANY.test(line)) return null;
  const message = MESSAGES.find(({ pattern }) => pattern.test(line));
  if (message === undefined) return null;
  return { at, entity: gpuIn(line, scope), kind: message.kind, text: line.trim() };
}

/** True where the text's start holds such a message. */
export function hasGpuError(text: string): boolean {
  return ANY.test(text) && text.split('\n').some((line) => MESSAGES.some(({ pattern }) => pattern.test(line.slice(0, LONGEST))));
}

/** What a query's cell says in place of a value when the GPU itself is in trouble. */
export function isErrorCell(cell: string): boolean {
  return cell === 'ERR!' || (cell.length > 10 && cell.length < 80 && /GPU is lost|unknown error|requires reset/i.test(cell));
}

/** The GPU that a line names by its bus address or index; null where it names none. */
export function gpuIn(line: string, scope: GpuScope): EntityRef | null {
  const busId = busIdIn(line);
  const index = /\bGPU ?(\d{1,3}):(?![0-9A-Fa-f]{2}:)/i.exec(line)?.[1];
  if (index !== undefined && busId !== null) scope.learn({ index, busId });
  if (busId !== null) return scope.byBusId(busId);
  return index === undefined ? null : scope.byIndex(index);
}
