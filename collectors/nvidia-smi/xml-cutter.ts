/** What stands before the GPUs of one report. */
interface ReportHead {
  readonly timestamp: string | null;
  readonly driver: string | undefined;
  readonly cuda: string | undefined;
}

export interface GpuElement {
  /** `<gpu id="…">…</gpu>` */
  readonly xml: string;
  /** 1-based line at which it starts. */
  readonly line: number;
  /** 0, 1 … within its report. */
  readonly position: number;
  /** 0, 1 … of the report in the text. */
  readonly report: number;
  readonly head: ReportHead;
}

export interface XmlCutter {
  feed(text: string): void;
  end(): void;
}

/** A GPU's element is 10 to 70 kB; anything much longer is not what it seems. */
const LONGEST = 4 * 1024 * 1024;
/** What stands before the first GPU has some 300 characters. */
const LONGEST_HEAD = 64 * 1024;
const TAIL = 4096;
const OPENS = /<gpu(?: id="[^"]*")?\s*>/g;
const CLOSES = '</gpu>';
const NO_HEAD: ReportHead = { timestamp: null, driver: undefined, cuda: undefined };

/**
 * Cuts `nvidia-smi -q -x` (one report or, with --loop, many) into its GPUs, so that only one GPU is held in memory.
 * `problem` is told about an element that never ends.
 */
export function xmlCutter(sink: { gpu(element: GpuElement): void; problem(line: number, reason: string, text: string): void }): XmlCutter {
  let buffer = '';
  let line = 1;
  let scanned = 0; // how far the buffer was searched for the close tag
  let opened: { start: number } | null = null;
  let head = NO_HEAD;
  let report = -1;
  let position = 0;

  const drop = (count: number): string => {
    const gone = buffer.slice(0, count);
    for (let at = gone.indexOf('\n'); at >= 0; at = gone.indexOf('\n', at + 1)) line += 1;
    buffer = buffer.slice(count);
    return gone;
  };

  const readHead = (text: string): void => {
    const begins = text.lastIndexOf('<nvidia_smi_log');
    if (begins >= 0) {
      head = NO_HEAD;
      report += 1;
      position = 0;
    }
    const part = begins < 0 ? text : text.slice(begins);
    head = {
      timestamp: tag(part, 'timestamp') ?? head.timestamp,
      driver: tag(part, 'driver_version') ?? head.driver,
      cuda: tag(part, 'cuda_version') ?? head.cuda,
    };
  };

  const open = (): boolean => {
    OPENS.lastIndex = 0;
    const match = OPENS.exec(buffer);
    if (match === null) {
      // Keep what may be the start of a tag or of the head's values.
      const safe = Math.max(buffer.lastIndexOf('</nvidia_smi_log>'), buffer.length > LONGEST_HEAD ? buffer.length - TAIL : 0);
      if (safe > 0) readHead(drop(safe));
      return false;
    }
    readHead(drop(match.index));
    opened = { start: line };
    scanned = 0;
    return true;
  };

  const close = (): boolean => {
    const end = buffer.indexOf(CLOSES, Math.max(0, scanned - CLOSES.length));
    if (end < 0 && buffer.length <= LONGEST) {
      scanned = buffer.length;
      return false;
    }
    const start = opened?.start ?? line;
    opened = null;
    if (end < 0 || end > LONGEST) {
      sink.problem(start, 'expected </gpu> within 4 MiB', buffer);
      drop(end < 0 ? buffer.length : end + CLOSES.length);
      return true;
    }
    const xml = drop(end + CLOSES.length);
    sink.gpu({ xml, line: start, position, report, head });
    position += 1;
    return true;
  };

  const run = (): void => {
    while (opened === null ? open() : close());
  };

  return {
    feed(text) {
      buffer += text;
      run();
    },
    end() {
      run();
      if (opened !== null) sink.problem(opened.start, 'the text ends inside a GPU: expected </gpu>', buffer);
    },
  };
}

function tag(text: string, name: string): string | undefined {
  const start = text.lastIndexOf(`<${name}>`);
  if (start < 0) return undefined;
  const end = text.indexOf('<', start + 1);
  return end < 0 ? undefined : text.slice(start + name.length + 2, end).trim();
}
