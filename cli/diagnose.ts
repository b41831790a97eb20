import { parseArgs } from 'node:util';
import { diagnosing, readFileText, type SourceReport, toJson } from '../collectors/run/index.ts';
import { analyseOptionsFrom, type GivenOptions } from './diagnose/options.ts';
import { bytesOf, inputFiles } from './diagnose/files.ts';
import { nsysDatabase } from './diagnose/nsys-database.ts';
import { readingLine } from './terminal/progress.ts';
import { report } from './terminal/report.ts';
import { painter } from './terminal/style.ts';
import { commonFolder, wrapped } from './terminal/wrap.ts';

const HELP = `Usage: headroom diagnose FILE… [options]

Reads recorded tool output (nvidia-smi, dmon, nvtop, htop, top, DCGM, Prometheus or Grafana exports, engine counters,
engine and trainer logs; .gz too) and says what limited the run. Files given together, or a folder, are one run;
- is standard input (nvidia-smi dmon -c 60 | headroom diagnose -). Results (nsys stats, ncu, llama-bench, serving
benchmarks, seff, nvidia-smi topo -m) are told beside it.

  --json               the whole result for programs
  --gpu ID             the GPU type where the files do not say it, e.g. A100-40, A40, V100-32, T4, H100-64
  --model NAME         e.g. meta-llama/Llama-3.1-8B; --config FILE gives a Hugging Face config.json instead
  --dtype NAME         bf16, fp16, fp32, int8 …     --quantization NAME   awq, gptq, q4_k_m …
  --tp N  --pp N  --dp N   tensor, pipeline and data parallelism
  --cores N            CPU cores that the job had
  --tz ZONE            zone of stamps that name none (default: this machine's), e.g. Europe/Stockholm or +01:00
  --node NAME          the node that printed the files, where they do not say it
  --site FILE          the cluster's headroom.site.json (default: $HEADROOM_SITE, or Alvis)
  --fields a,b,c       the field names of a headerless --query-gpu file

Exit code: 0 with a verdict (“cannot tell” included) or a result that was told, 2 when nothing could be read, 1 for a fault of ours.
`;

/** `headroom diagnose`: recorded files in, verdict out; no server. */
export async function run(argv: string[]): Promise<number> {
  const parsed = given(argv);
  if (typeof parsed === 'string') {
    process.stderr.write(`headroom diagnose: ${parsed}\n\n${HELP}`);
    return 2;
  }
  if (parsed.values.help === true) {
    process.stdout.write(HELP);
    return 0;
  }
  const options = await analyseOptionsFrom(parsed.values);
  if (typeof options === 'string') return refuse(options);
  const files = await inputFiles(parsed.positionals).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  if (typeof files === 'string') return refuse(files);
  if (files.length === 0) return refuse('the folder holds no file');

  const zone = parsed.values.tz ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const work = diagnosing({
    tz: zone,
    ...(parsed.values.node === undefined ? {} : { node: parsed.values.node }),
    ...(parsed.values.fields === undefined ? {} : { fields: parsed.values.fields.split(',').map((field) => field.trim()) }),
  });
  const progress = progressOn(process.stderr);
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  let done = 0;
  for (const file of files) {
    const profile = await nsysDatabase(file.path);
    if (profile !== null) {
      work.told(file.path, 'nsys-sqlite', profile);
      done += file.bytes;
      continue;
    }
    const source = work.open(file.path);
    const counted = (bytes: number): void => progress.at((done += bytes), total, file.path);
    await bytesOf(file.path)
      .then((bytes) => readFileText(bytes, source.feed, counted))
      .catch((error: unknown) => {
        process.stderr.write(`${file.path}: read only in part: ${error instanceof Error ? error.message : String(error)}\n`);
      });
    source.end();
  }
  progress.clear();

  const diagnosis = work.finish(options);
  for (const line of unreadLines(diagnosis.sources)) process.stderr.write(`${line}\n`);
  const { analysis } = diagnosis;
  if (parsed.values.json === true) process.stdout.write(`${JSON.stringify(toJson(diagnosis), null, 2)}\n`);
  const told = analysis !== null || diagnosis.sources.some((source) => source.statements.length > 0);
  if (parsed.values.json !== true && told) {
    const colours = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
    process.stdout.write(report(diagnosis, { width: widthOf(process.stdout), paint: painter(colours) }));
  }
  return told ? 0 : 2;
}

/** Characters of a line of a terminal; null where it is none, or does not tell. */
function widthOf(stream: NodeJS.WriteStream): number | null {
  return stream.isTTY && stream.columns > 0 ? stream.columns : null;
}

/** Why nothing was read, file by file; their common folder once. */
function unreadLines(sources: readonly SourceReport[]): string[] {
  const unread = sources.filter((one) => one.readings === 0 && one.events === 0 && one.statements.length === 0);
  const folder = commonFolder(unread.map(({ file }) => file));
  const width = widthOf(process.stderr);
  const lines = unread.map(({ file, entities, rejected }) => {
    const found = entities.length > 0 ? 'no reading found, only what is said about the run' : 'no reading found';
    return `${folder === '' ? '' : '  '}${file.slice(folder.length)}: ${rejected[0]?.reason ?? found}`;
  });
  const all = folder === '' ? lines : [`in ${folder}`, ...lines];
  return width === null ? all : all.flatMap((line) => wrapped(line, width));
}

function refuse(why: string): number {
  process.stderr.write(`headroom diagnose: ${why}\n`);
  return 2;
}

/** An offset west of Greenwich begins with a minus: `--tz -07:00` means `--tz=-07:00`, and no options of digits. */
function withZone(argv: readonly string[]): string[] {
  const at = argv.indexOf('--tz');
  const zone = argv[at + 1];
  return at < 0 || zone === undefined || !/^-\d\d:?\d\d$/.test(zone) ? [...argv] : [...argv.slice(0, at), `--tz=${zone}`, ...argv.slice(at + 2)];
}

function given(argv: string[]): { values: GivenOptions; positionals: string[] } | string {
  try {
    const { values, positionals } = parseArgs({
      args: withZone(argv),
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        gpu: { type: 'string' },
        model: { type: 'string' },
        config: { type: 'string' },
        dtype: { type: 'string' },
        quantization: { type: 'string' },
        tp: { type: 'string' },
        pp: { type: 'string' },
        dp: { type: 'string' },
        cores: { type: 'string' },
        tz: { type: 'string' },
        node: { type: 'string' },
        fields: { type: 'string' },
        site: { type: 'string' },
      },
    });
    if (positionals.length === 0 && values.help !== true) return 'no file given';
    return { values, positionals };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A progress line on standard error, redrawn in place; silent where nobody watches (not a terminal). */
interface Progress {
  at(done: number, total: number, what: string): void;
  clear(): void;
}

/** Redrawing more often than this only costs time. */
const EVERY_MS = 100;

function progressOn(stream: NodeJS.WriteStream): Progress {
  let drawn = false;
  let last = Number.NEGATIVE_INFINITY;
  return {
    at(done, total, what) {
      const now = performance.now();
      if (!stream.isTTY || total <= 0 || now - last < EVERY_MS) return;
      last = now;
      drawn = true;
      stream.write(`\r\u001b[K${readingLine(Math.min(1, done / total), what, stream.columns)}`);
    },
    clear() {
      if (drawn) stream.write('\r\u001b[K');
      drawn = false;
    },
  };
}
