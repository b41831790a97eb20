import { cutArguments } from './bounds.ts';

/** What stands where a secret stood. */
const MASK = '***';

/** A command line is kept up to this many characters. */
export const MAX_COMMAND = 1000;

const SECRET_WORDS: ReadonlySet<string> = new Set([
  'token',
  'secret',
  'secrets',
  'password',
  'passwd',
  'passphrase',
  'passwort',
  'pass',
  'pwd',
  'pw',
  'apikey',
  'credential',
  'credentials',
  'creds',
  'auth',
  'authorization',
  'bearer',
  'cookie',
  'jwt',
  'pat',
  'dsn',
  'sas',
  'accesskey',
  'secretkey',
  'privatekey',
  'authtoken',
  'hftoken',
]);
/** Names written in one: `requirepass`, `masterauth`, `hftoken`. */
const SECRET_END = /(?:pass|password|passwd|token|secret|apikey|auth)$/;
/** Last words of a name that say that the value is something about a secret, not one: `--token-file`, `--pad-token-id`, `--auth-type`. */
const HARMLESS_LAST: ReadonlySet<string> = new Set([
  'id',
  'ids',
  'len',
  'length',
  'count',
  'limit',
  'budget',
  'type',
  'mode',
  'dir',
  'path',
  'file',
  'method',
  'rate',
  'size',
  'num',
  'level',
  'idx',
  'index',
  'name',
  'enabled',
]);
const NAME = String.raw`[A-Za-z][\w.-]*`;
/** What a value may be in running text: quoted, or up to a blank or the next part of an address's query. */
const VALUE = String.raw`(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s"'&]+)`;
const ASSIGNED = new RegExp(String.raw`(["']?)(${NAME})\1(\]?\s*[=:]\s*)(${VALUE})`, 'g');

/** Shapes that are secrets wherever they stand. */
const SHAPES: readonly RegExp[] = [
  /\bhf_[A-Za-z0-9]{8,}/g, // Hugging Face
  /\b(?:sk|pk|rk)-[\w-]{12,}/g, // OpenAI, Anthropic, Stripe
  /\b(?:gh[opsru]_|github_pat_)\w{12,}/g,
  /\bglpat-[\w-]{12,}/g,
  /\bxox[abeprs]-[\w-]{8,}/g, // Slack
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, // AWS
  /\bnvapi-[\w-]{12,}/g, // NVIDIA NGC
  /\bAIza[\w-]{30,}/g, // Google
  /\beyJ[\w-]{8,}\.[\w-]{4,}\.?[\w-]*/g, // JWT
  /-----BEGIN[\s\S]*?(?:-----END[^-]*-----|$)/g,
];
const USERINFO = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@'"]+@/gi;
const BEARER = /\b(Bearer|Basic|Digest|Negotiate)(\s+)[\w.~+/=-]{6,}/gi;
/** A bare word of hex or base64 as keys have it (wandb: 40 hex digits). */
const BARE_KEY = /^(?:[0-9a-f]{32,128}|[A-Za-z0-9+/_-]{43,}={0,2})$/i;
/** Before a bare key: it is a commit or a checksum, not a secret. */
const COMMIT_FLAG = /(?:revision|commit|sha\d*|hash|digest|checksum|rev)$/i;

/**
 * A command line that may leave the machine: values of options and variables that are named like a secret, credentials in addresses,
 * bearer tokens and well-known key shapes are replaced by `***`. In doubt it masks; names, paths, numbers and model settings stay.
 */
export function redact(given: readonly string[]): string {
  const { args } = cutArguments(given);
  const kept: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    const before = args[index - 1] ?? '';
    kept.push(isValueOfSecret(before, arg, args[0] ?? '') || isBareKey(before, arg) ? MASK : redactArgument(arg, args[0] ?? ''));
  }
  const line = redactText(kept.join(' '));
  return line.length <= MAX_COMMAND ? line : `${line.slice(0, MAX_COMMAND - 1)}…`;
}

/** The same for a command line that is one text already (a column of `top` or `htop`). */
export function redactCommand(line: string): string {
  return redact(line.split(/\s+/).filter((part) => part !== ''));
}

/** Masks what is secret in running text by its own look: assignments, addresses, bearer tokens, key shapes. */
function redactText(text: string): string {
  let clean = text.replace(USERINFO, `$1${MASK}@`).replace(BEARER, `$1$2${MASK}`);
  clean = clean.replace(ASSIGNED, (whole, quote: string, name: string, sign: string, value: string) =>
    isSecretName(name) && !isHarmlessValue(value) ? `${quote}${name}${quote}${sign}${MASK}` : whole,
  );
  for (const shape of SHAPES) clean = clean.replace(shape, MASK);
  return clean;
}

/** True for a name whose value is a secret: `--api-key`, `HF_TOKEN`, `dbPassword`; not `--max-tokens`, `--tokenizer`, `--token-file`. */
export function isSecretName(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  const last = words[words.length - 1];
  if (last === undefined || HARMLESS_LAST.has(last)) return false;
  if (last === 'key' || last === 'keys') return true;
  return words.some((word) => SECRET_WORDS.has(word) || SECRET_END.test(word));
}

function isValueOfSecret(before: string, arg: string, program: string): boolean {
  if (/^-{1,2}[A-Za-z]/.test(before) && !before.includes('=')) {
    if (/^-p./.test(before) && takesPassword(program)) return false; // the password stands in it
    if (before === '-p' || before === '-P') return takesPassword(program) && !arg.startsWith('-');
    if (before === '-u' || before === '--user') return /^[^:\s]*:./.test(arg);
    if (isSecretName(before.replace(/^-+/, ''))) return !arg.startsWith('--') && !isHarmlessValue(arg);
  }
  return /^(?:Bearer|Basic)$/i.test(before);
}

function redactArgument(arg: string, program: string): string {
  if (/^-p./.test(arg) && takesPassword(program)) return `-p${MASK}`;
  const flag = /^(-{1,2}[A-Za-z][\w.-]*)=(.*)$/s.exec(arg) ?? /^([A-Za-z_]\w*)=(.*)$/s.exec(arg);
  if (flag === null) return arg;
  const [, name = '', value = ''] = flag;
  return isSecretName(name.replace(/^-+/, '')) && !isHarmlessValue(value) ? `${name}=${MASK}` : arg;
}

function isBareKey(before: string, arg: string): boolean {
  return BARE_KEY.test(arg) && !arg.includes('/') && !COMMIT_FLAG.test(before);
}

function takesPassword(program: string): boolean {
  return /(?:^|\/)(?:mysql\w*|mariadb\w*|sshpass|psql|redis-cli|mongo\w*|ldapsearch)$/.test(program);
}

/** Switches, empty values and file paths: nothing to hide. A number may be a PIN, so it is masked. */
function isHarmlessValue(value: string): boolean {
  const bare = value.replace(/^(["'])(.*)\1$/, '$2');
  return bare === '' || bare.startsWith(MASK) || /^(?:true|false|yes|no|none|null|auto|on|off)$/i.test(bare);
}
