import { type Collector, hostOf, type ParseContext, processOf, type Session, UNNAMED } from '../collector/index.ts';
import { lineSession, output, type Output, parseDecimal } from '../text/index.ts';
import { hostSample, type HostState, parseUptime, type ProcessSample, processUsage, recordedProcesses, type Scratch, threadGauges } from '../proc/index.ts';
import { llmProcess, redact } from '../command-line/index.ts';

/** A sample's text is kept up to this many characters; the rest is refused. The recorder's samples have about 30,000. */
const MAX_SAMPLE = 8 * 1024 * 1024;
const SECTION = /^==> (.+) <==$/;
const MOUNTS = '/proc/self/mountinfo';
const MARK = /^# headroom-(\w+)/;

/**
 * `/proc` and `/sys` files in the form of `tail -n +1 FILES` (`==> /proc/stat <==`), sample after sample, as headroom-record writes them,
 * with `# headroom-time <seconds UTC>` before each and `# headroom-end` after it. Without stamps a repeated file begins the next sample.
 */
export const procRecord: Collector = {
  id: 'proc-record',
  title: 'Recorded /proc and /sys files',
  entities: ['host', 'process'],
  sniff: (head) => (/^# headroom-record proc/m.test(head) ? 1 : /^==> \/(?:proc|sys)\/\S+ <==$/m.test(head) ? 0.9 : 0),
  open: openRecord,
};

interface Sample {
  readonly files: Map<string, string>;
  readonly scratchText: string[];
  stamp: number | null;
  size: number;
}

function openRecord(context: ParseContext): Session {
  const out = output('ordinal');
  const reader = recordReader(out, context);
  let section: { path: string; lines: string[] } | null = null;
  let sample = emptySample();
  let sections = 0;

  const closeSection = (): void => {
    if (section === null) return;
    // tail prints a blank line between two files
    if (section.lines.at(-1) === '') section.lines.pop();
    if (section.path === 'df') sample.scratchText.push(...section.lines);
    else sample.files.set(section.path, `${section.lines.join('\n')}\n`);
    section = null;
  };
  const closeSample = (): void => {
    closeSection();
    const mounts = sample.files.get(MOUNTS);
    if (mounts !== undefined && sample.files.size === 1)
      reader.mounts(mounts); // the recorder writes them once, before its first sample
    else if (sample.files.size > 0) reader.sample(sample);
    sample = emptySample();
  };

  return lineSession(out, {
    line(text, number) {
      const mark = text.startsWith('# headroom-') ? MARK.exec(text) : null;
      if (mark !== null) {
        const said = text.slice(mark[0].length).trimStart();
        closeSection();
        if (mark[1] === 'time' || mark[1] === 'end') closeSample();
        if (mark[1] === 'time') {
          sample.stamp = parseDecimal(said);
          if (sample.stamp === null) out.reject(number, 'expected seconds since 1970 after "# headroom-time"', text);
        } else {
          reader.header(mark[1] ?? '', said);
        }
        return;
      }
      const head = text.startsWith('==> ') ? SECTION.exec(text) : null;
      if (head !== null) {
        closeSection();
        const path = head[1] ?? '';
        if (sample.files.has(path)) closeSample();
        section = { path, lines: [] };
        sections += 1;
        return;
      }
      if (section === null) {
        if (text !== '') out.reject(number, 'expected "==> FILE <==" or "# headroom-…"', text);
        return;
      }
      sample.size += text.length;
      if (sample.size > MAX_SAMPLE) out.reject(number, 'sample is longer than 8 MiB: the rest of it is left out', text);
      else section.lines.push(text);
    },
    end() {
      // The last file of an unfinished sample may be cut: half a file is another number, not fewer numbers.
      if (sections > 1) section = null;
      closeSample();
    },
  });
}

function emptySample(): Sample {
  return { files: new Map(), scratchText: [], stamp: null, size: 0 };
}

function recordReader(out: Output, context: ParseContext) {
  let node = context.node ?? UNNAMED;
  let scratchPath: string | null = null;
  let mountinfo: string | undefined; // written once: it is long and changes seldom
  let previous: HostState | undefined;
  let processes = new Map<number, ProcessSample>();
  let ordinal = 0;
  let first: { at: number; uptime: number } | null = null;

  /** Stamps are whole seconds: uptime tells the time between samples better, until the clock was set. */
  const timeOf = (stamp: number | null, uptime: number | null): number => {
    if (stamp !== null) out.clock = 'utc';
    else if (uptime !== null) out.clock = 'relative';
    else return (ordinal += 1) - 1;
    if (uptime === null) return stamp ?? Number.NaN;
    if (first === null) first = { at: stamp ?? 0, uptime };
    const at = first.at + (uptime - first.uptime);
    if (stamp === null || Math.abs(stamp - at) <= 2) return at;
    first = { at: stamp, uptime };
    return stamp;
  };

  return {
    header(name: string, value: string): void {
      if (name === 'node' && context.node === undefined && value !== '') node = value;
      if (name === 'scratch' && value !== '') scratchPath = value;
    },
    mounts(text: string): void {
      mountinfo = text;
    },
    sample(sample: Sample): void {
      const uptime = parseUptime(sample.files.get('/proc/uptime') ?? '');
      const at = timeOf(sample.stamp, uptime);
      mountinfo = sample.files.get(MOUNTS) ?? mountinfo;
      if (mountinfo !== undefined) sample.files.set(MOUNTS, mountinfo);
      const df = parseDf(sample.scratchText);
      const scratch: Scratch | undefined = scratchPath === null ? undefined : { path: scratchPath, total: df?.total ?? null, used: df?.used ?? null };
      const entity = hostOf(node);
      const host = hostSample({ at, files: sample.files, ...(scratch === undefined ? {} : { scratch }), ...(previous === undefined ? {} : { previous }) });
      previous = host.state;
      const usages = processReadings(sample, at);
      out.reading({ entity, at, values: { ...host.values, ...threadGauges(usages) } });
      for (const fact of host.facts) out.fact(entity, fact.name, fact.value);
    },
  };

  function processReadings(sample: Sample, at: number) {
    const now = new Map<number, ProcessSample>();
    const usages = [];
    for (const seen of recordedProcesses(sample.files)) {
      const { pid } = seen.stat;
      const entity = processOf(node, pid);
      const own: ProcessSample = { at, stat: seen.stat, ...(seen.io === undefined ? {} : { io: seen.io }), threads: seen.threads };
      const usage = processUsage(own, processes.get(pid));
      now.set(pid, own);
      usages.push(usage);
      out.reading({ entity, at, values: usage.values });
      const args = seen.args.length > 0 ? seen.args : [seen.stat.comm];
      out.fact(entity, 'command', redact(args));
      out.fact(entity, 'parent', String(seen.stat.parent));
      for (const fact of llmProcess(args)?.facts ?? []) out.fact(entity, fact.name, fact.value);
    }
    processes = now;
    return usages;
  }
}

/** `df -Pk PATH`: bytes of the file system; null where the text is something else. Read from the end, since a device's name may hold blanks. */
function parseDf(lines: readonly string[]): { total: number; used: number } | null {
  for (const line of lines) {
    const match = /\s(\d+)\s+(\d+)\s+(\d+)\s+\d+%\s+\//.exec(line);
    const total = parseDecimal(match?.[1] ?? '');
    const used = parseDecimal(match?.[2] ?? '');
    if (total !== null && used !== null) return { total: total * 1024, used: used * 1024 };
  }
  return null;
}
