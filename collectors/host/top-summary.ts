import { maxOf, parseDecimal, put, type Values } from '../text/index.ts';
import { parseSize } from './sizes.ts';

const UNIT: Readonly<Record<string, string>> = { KiB: 'K', MiB: 'M', GiB: 'G', TiB: 'T', PiB: 'P', EiB: 'P' };

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

  const memory = (text: string, unit: string | undefined): void => {
    total = labelled(text, 'total', unit);
    used = labelled(text, 'used', unit);
  };
  return {
    line(text) {
      const cpu = [...text.matchAll(/%?Cpu(\(s\)|\d+)\s*:([^%]*(?:%(?!Cpu)[^%]*)*)/g)];
      for (const match of cpu) {
        const shares = cpuShares(match[2] ?? '');
        if (match[1] !== '(s)') cores.set(match[1] ?? '', shares);
        else {
          put(values, 'host.cpu', shares.busy);
          put(values, 'host.iowait', shares.iowait);
          put(values, 'host.steal', shares.steal);
        }
      }
      if (cpu.length > 0) return true;
      const tasks = /^(?:Tasks|Threads):/.test(text);
      if (tasks) put(values, 'host.procsBlocked', parseDecimal(/(\d+) d-sleep/.exec(text)?.[1] ?? ''));
      const mem = /^(?:([KMGTPE]iB) )?Mem\s*:(.*)$/.exec(text);
      if (mem !== null) memory(mem[2] ?? '', UNIT[mem[1] ?? 'KiB']);
      const swap = /^(?:([KMGTPE]iB) )?Swap\s*:(.*)$/.exec(text);
      if (swap !== null) {
        const unit = UNIT[swap[1] ?? 'KiB'];
        put(values, 'host.swapUsed', labelled(swap[2] ?? '', 'used', unit));
        available = labelled(swap[2] ?? '', 'avail Mem', unit);
        old = /\d+k? cached/.test(text);
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

/** `load average: 0.55, 0.24, 0.09` → 0.55. The comma must be there: without it the number may be cut. */
export function parseLoadAverage(text: string): number | null {
  return parseDecimal((/load average:\s*(\d+[.,]\d+),?\s/.exec(text)?.[1] ?? '').replace(',', '.'));
}

// ` 5.6 us, 11.1 sy, …` of today, `5.6%us, 11.1%sy` of procps 3.2, `100.0 us`, and decimal commas.
function cpuShares(text: string): Cpu {
  const share = (label: string): number | null => {
    const match = new RegExp(`(\\d+(?:[.,]\\d+)?)\\s*%?\\s*${label}\\b`).exec(text);
    const value = parseDecimal((match?.[1] ?? '').replace(',', '.'));
    return value === null ? null : value / 100;
  };
  const idle = share('id');
  const iowait = share('wa');
  // Tenths of a percent: without rounding 1 − 0.883 − 0 would read 0.11699999999999999.
  const busy = idle === null || iowait === null ? null : Math.max(0, Math.round((1 - idle - iowait) * 1e4) / 1e4);
  return { busy, iowait, steal: share('st') };
}

function labelled(text: string, label: string, unit: string | undefined): number | null {
  const match = new RegExp(`([\\d.]+[kmgt]?\\+?)\\s*${label}`).exec(text);
  return match === null ? null : parseSize(match[1] ?? '', unit);
}
