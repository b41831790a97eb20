/** The options of a command line by normalised name (`--max_num_seqs` and `--max-num-seqs` are one); a switch without a value is ''. */
export type Options = ReadonlyMap<string, string>;

/** What a recorded command line may be cut with. */
const CUT = '…';

/** Splits a recorded command line into arguments. Quotes group where they survived; an argument that was cut off is left out. */
export function splitCommand(line: string): string[] {
  const parts = line.match(/(?:[^\s"']+|"[^"]*"|'[^']*'|["'])+/g) ?? [];
  const args = parts.map((part) => unquoted(part.replace(/^(["'])(.*)\1$/s, '$2')));
  // What a shell is told to run (`bash -c "vllm serve …"`) is a command line of its own.
  return args.flatMap((arg, i) => (/^-[il]*c$/.test(args[i - 1] ?? '') ? arg.split(/\s+/) : [arg])).filter((arg) => arg !== '' && !arg.endsWith(CUT));
}

/** `--x="y"` → `--x=y`. */
function unquoted(arg: string): string {
  const quote = arg.at(-1);
  const at = quote === '"' || quote === "'" ? arg.indexOf(`=${quote}`) : -1;
  return at < 0 || at + 2 >= arg.length ? arg : `${arg.slice(0, at + 1)}${arg.slice(at + 2, -1)}`;
}

/** Short forms with the number attached: `-tp4`. */
const ATTACHED = /^-(tp|pp|dp|np)(\d+)$/;
/** `key=value` without dashes, as hydra and torchtune take them. */
const ASSIGNED = /^([a-z][\w.]*[.\w])=(.+)$/;
const SWITCH = /^(?:trust|enable|disable|enforce|no|use|do|skip|sharded|exclusive)(?:-|$)/;

/** Reads `--x y`, `--x=y`, `-x y`, `-x4` and `key=value`. Of an option given twice the later one counts, as in argparse. */
export function readOptions(args: readonly string[]): Options {
  const out = new Map<string, string>();
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i] ?? '';
    const attached = ATTACHED.exec(arg);
    const assigned = arg.startsWith('-') ? /^(-{1,2}[^=]+)=(.*)$/s.exec(arg) : ASSIGNED.exec(arg);
    if (attached !== null) out.set(attached[1] ?? '', attached[2] ?? '');
    else if (assigned !== null) out.set(optionName(assigned[1] ?? ''), assigned[2] ?? '');
    else if (isOption(arg)) out.set(optionName(arg), isSwitch(arg) ? '' : valueAfter(args, i));
  }
  return out;
}

/** The first argument that is neither an option nor an option's value. */
export function firstPositional(args: readonly string[]): string | null {
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i] ?? '';
    const before = args[i - 1] ?? '';
    if (isOption(arg)) continue;
    if (!isOption(before) || before.includes('=') || ATTACHED.test(before) || isSwitch(before)) return arg;
  }
  return null;
}

function valueAfter(args: readonly string[], i: number): string {
  const next = args[i + 1];
  return next === undefined || isOption(next) ? '' : next;
}

function isOption(arg: string): boolean {
  return /^--?[A-Za-z]/.test(arg);
}

function isSwitch(arg: string): boolean {
  return SWITCH.test(optionName(arg));
}

/** `--Tensor_Parallel-Size` → `tensor-parallel-size`. */
function optionName(text: string): string {
  return text.replace(/^-+/, '').replace(/_/g, '-').toLowerCase();
}
