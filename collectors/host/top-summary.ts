import { maxOf, parseDecimal, put, type Values } from '../text/index.ts';
import { parseSize } from './sizes.ts';

const UNIT: Readonly<Record<string, string>> = { KiB: 'K', MiB: 'M', GiB: 'G', TiB: 'T', PiB: 'P', EiB: 'P' };

/** No line of the summary is longer, with two cores beside each other. */
const LONGEST = 400;
/** `Tasks:`, and what other languages call it. */
const TASKS = /^\p{L}{3,14}\s?:\s*\d{1,7}\s/u;
/** `%CPU(s):`, `%Cpu(er):`, `%Cpu0  :` — in any language eight shares in the same order: us, sy, ni, id, wa, hi, si, st. */
const LOCAL_CPU = /^%?(?:Cpu|UCT|ЦП|\p{L}{2,6})(\(\p{L}{1,4}\)|\d{1,4})\s*:(.{20,200})$/iu;
const SHARE = /(\d{1,3}(?:[.,]\d)?)\s*(?:%\s*)?\p{L}{2}(?!\p{L})/gu;
/** `MiB Mem :`, `MiB Spch:`, `MiB Éch :`: total, free, used, and buffers or what is available. */
const SIZES = /^([KMGTPE]iB) [^:\d]{1,20}:(.{10,200})$/;
const SIZE = /(?<!\d[.,]*)(\d[\d.,]*\+?)(?=\s*[^\d\s.,])/g;
/** A share by its name, a size by its name. */
const BY_NAME = {
  id: /(?<!\d)(\d+(?:[.,]\d+)?)\s*(?:%\s*)?id\b/,
  wa: /(?<!\d)(\d+(?:[.,]\d+)?)\s*(?:%\s*)?wa\b/,
  st: /(?<!\d)(\d+(?:[.,]\d+)?)\s*(?:%\s*)?st\b/,
  total: /(?<![\d.,])([\d.,]+[kmgt]?\+?)\s*total/,
  used: /(?<![\d.,])([\d.,]+[kmgt]?\+?)\s*used/,
  available: /(?<![\d.,])([\d.,]+[kmgt]?\+?)\s*avail Mem/,
} as const;

/** What the lines above top's table say, gathered line by line. */
export interface TopSummary {
  /** Takes one line; true where it is a line of the summary. */
  line(text: string): boolean;
  /** Host values in SI units; what was cut or not printed is absent. */
  values(): Values;
}

interface Cpu {
  readonly busy: number | null;
  readonly iowait: number | null;
  readonly steal: number | null;
}

/** The summary of one screen of top; a line that comes again replaces what it said before. */
export function topSummary(): TopSummary {
  const values: Values = {};
  const cores = new Map<string, Cpu>();
  let total: number | null = null;
  let used: number | null = null;
  let available: number | null = null;
  let old = false; // procps before 3.3.10 prints no "avail Mem", but "cached"

  const takeCpu = (which: string, { busy, iowait, steal }: Cpu): void => {
    if (/^\d/.test(which)) cores.set(which, { busy, iowait, steal });
    else {
      put(values, 'host.cpu', busy);
      put(values, 'host.iowait', iowait);
      put(values, 'host.steal', steal);
    }
  };
  let sized = 0;
  // The memory's line stands above that of swap, which ends with what is available.
  const takeSizes = ([all, , inUse, last]: readonly (number | null)[]): void => {
    sized += 1;
    if (sized % 2 === 1) [total, used] = [all ?? null, inUse ?? null];
    else {
      put(values, 'host.swapUsed', inUse);
      available = last ?? null;
    }
  };
  const memory = (text: string, unit: string | undefined): void => {
    total = labelled(text, 'total', unit);
    used = labelled(text, 'used', unit);
  };
  return {
    line(text) {
      if (text.length > LONGEST) return false;
      const cpu = [...text.matchAll(/%?Cpu(\(s\)|\d+)\s*:([^%]*(?:%(?!Cpu)[^%]*)*)/g)];
      const local = cpu.length > 0 ? null : localCpu(text);
      for (const [, which = '', shares = ''] of cpu) takeCpu(which, cpuShares(shares));
      if (local !== null) takeCpu(local.which, local.shares);
      if (cpu.length > 0 || local !== null) return true;
      const tasks = TASKS.test(text);
      if (tasks) put(values, 'host.procsBlocked', parseDecimal(/(?<!\d)(\d+) d-sleep/.exec(text)?.[1] ?? ''));
      const four = fourSizes(text);
      if (four !== null) {
        takeSizes(four);
        return true;
      }
      const mem = /^(?:([KMGTPE]iB) )?Mem\s*:(.*)$/.exec(text);
      if (mem !== null) memory(mem[2] ?? '', UNIT[mem[1] ?? 'KiB']);
      const swap = /^(?:([KMGTPE]iB) )?Swap\s*:(.*)$/.exec(text);
      if (swap !== null) {
        const unit = UNIT[swap[1] ?? 'KiB'];
        put(values, 'host.swapUsed', labelled(swap[2] ?? '', 'used', unit));
        available = labelled(swap[2] ?? '', 'available', unit);
        old = /(?<!\d)\d+k? cached/.test(text);
      }
      return tasks || mem !== null || swap !== null;
    },
    values() {
      put(values, 'host.memTotal', total);
      if (old) put(values, 'host.memUsed', used);
      else if (total !== null && available !== null && available <= total) put(values, 'host.memUsed', total - available);
      if (cores.size > 0) {
        put(values, 'host.cores', cores.size);
        put(values, 'host.cpuMaxCore', maxOf([...cores.values()].map((core) => core.busy)));
      }
      return values;
    },
  };
}

/** `load average: 0.55, 0.24, 0.09` → 0.55, in any language. What follows must be there: without it the number may be cut. */
export function parseLoadAverage(text: string): number | null {
  return parseDecimal((/:\s*(\d{1,6}[.,]\d{2}),?\s[^:]{0,40}$/.exec(text.slice(0, LONGEST))?.[1] ?? '').replace(',', '.'));
}

/** The shares of a line whose name is in another language. */
function localCpu(text: string): { which: string; shares: Cpu } | null {
  const [, which, rest = ''] = LOCAL_CPU.exec(text) ?? [];
  const shares = which === undefined ? null : byOrder(rest);
  return which === undefined || shares === null ? null : { which, shares };
}

/** All eight shares by their order, whatever they are called; null where there are not eight. */
function byOrder(text: string): Cpu | null {
  const shares = [...text.matchAll(SHARE)].map(([, number = '']) => parseDecimal(number.replace(',', '.')));
  if (shares.length !== 8) return null;
  const [, , , idle = null, wait = null, , , steal = null] = shares.map((share) => (share === null ? null : share / 100));
  return { busy: busyOf(idle, wait), iowait: wait, steal };
}

/** The sizes of a memory line in bytes, in their order; null for any other line, or where one is missing. What is cut (`1965+`) is null. */
function fourSizes(text: string): (number | null)[] | null {
  const [, unit = '', rest = ''] = SIZES.exec(text) ?? [];
  const sizes = [...rest.matchAll(SIZE)].map(([, size = '']) => parseSize(size.replace(/[.,]$/, ''), UNIT[unit]));
  return sizes.length === 4 ? sizes : null;
}

function busyOf(idle: number | null, iowait: number | null): number | null {
  // Tenths of a percent: without rounding 1 − 0.883 − 0 would read 0.11699999999999999.
  return idle === null || iowait === null ? null : Math.max(0, Math.round((1 - idle - iowait) * 1e4) / 1e4);
}

// ` 5.6 us, 11.1 sy, …` of today, `5.6%us, 11.1%sy` of procps 3.2, `100.0 us`, and decimal commas.
function cpuShares(text: string): Cpu {
  const ordered = byOrder(text);
  if (ordered !== null) return ordered;
  const share = (label: 'id' | 'wa' | 'st'): number | null => {
    const match = BY_NAME[label].exec(text);
    const value = parseDecimal((match?.[1] ?? '').replace(',', '.'));
    return value === null ? null : value / 100;
  };
  const idle = share('id');
  const iowait = share('wa');
  return { busy: busyOf(idle, iowait), iowait, steal: share('st') };
}

function labelled(text: string, label: 'total' | 'used' | 'available', unit: string | undefined): number | null {
  const match = BY_NAME[label].exec(text);
  return match === null ? null : parseSize(match[1] ?? '', unit);
}
