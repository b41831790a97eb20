import type { Collector, ParseContext, Session } from '../collector/index.ts';
import { lineSession, output, rowClock } from '../text/index.ts';
import { gpuError } from './errors.ts';
import { monitorHeader } from './monitor-header.ts';
import { monitorReader } from './monitor-reader.ts';
import { gpuScope } from './scope.ts';

/** `nvidia-smi dmon` with any -s, -o DT or -o T, --gpm-metrics, as text or `--format csv`; and the same rows with a stop-watch column. */
export const nvidiaSmiDmon: Collector = {
  id: 'nvidia-smi-dmon',
  title: 'nvidia-smi dmon',
  entities: ['gpu'],
  sniff: (head) => sniffMonitor(head, false),
  open: openMonitor,
};

/** `nvidia-smi pmon`: GPU use per process. */
export const nvidiaSmiPmon: Collector = {
  id: 'nvidia-smi-pmon',
  title: 'nvidia-smi pmon',
  entities: ['gpu', 'process'],
  sniff: (head) => sniffMonitor(head, true),
  open: openMonitor,
};

function sniffMonitor(head: string, ofProcesses: boolean): number {
  const lines = head
    .split('\n', 20)
    .filter((line) => line.trim() !== '')
    .slice(0, 4);
  const header = lines.map((line) => monitorHeader(line.replace(/\r$/, ''))).find((plan) => plan !== null);
  if (header === undefined || header === null || header.pid >= 0 !== ofProcesses) return 0;
  return 0.95;
}

function openMonitor(context: ParseContext): Session {
  const out = output('ordinal');
  const scope = gpuScope(context);
  const reader = monitorReader({ out, scope, clock: rowClock(out, context.tz ?? 'UTC') }, context);
  return lineSession(out, {
    line(text, number, whole) {
      if (text === '' || text.trim() === '' || reader.line(text, number, whole)) return;
      const error = gpuError(text, scope);
      if (error !== null) return out.event(error);
      const cells = reader.expected();
      out.reject(
        number,
        cells === null ? 'expected the header of dmon or pmon (# gpu …)' : `expected a row of ${cells} cells as in the header, with a GPU index`,
        text,
      );
    },
    end: () => reader.end(),
  });
}
