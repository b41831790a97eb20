import { isKeyFile, isSecretName } from './names.ts';

type Found = (from: number, to: number) => void;

/** A name is looked for so far back, an address's credentials so far ahead. */
const FAR = 512;
const LONGEST_NAME = 64;
const SCHEME = /^(?:bearer|basic|digest|negotiate|token|apikey|api-key|oauth|key|aws4-hmac-sha256)$/i;

/** Values after `name=` or `name:` where the name is one of a secret: in scripts, JSON, headers, queries and lists of options. */
export function assignmentsIn(text: string, found: Found): void {
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign !== '=' && sign !== ':') continue;
    const name = nameBefore(text, at);
    if (name === null) continue;
    const begin = afterSign(text, at);
    if (sign === ':' && text.startsWith('//', at + 1)) continue;
    const inQuery = name.sign === '?' || name.sign === '&';
    if (!isSecretName(name.text) && !(inQuery && /^(?:sig|signature|x-(?:amz|goog)-(?:signature|credential|security-token))$/i.test(name.text))) continue;
    const end = cookiesEnd(text, valueEnd(text, begin, /authorization$/i.test(name.text)), name.text);
    const value = text.slice(begin, end);
    if (isHarmlessValue(value) || isKeyFile(name.text, value)) continue;
    found(begin, end);
    at = end - 1;
  }
}

/** The name before a sign, quotes and a closing bracket between them, and the sign before it; null where there is none. */
function nameBefore(text: string, at: number): { readonly text: string; readonly sign: string } | null {
  let end = at;
  while (end > 0 && at - end < 8 && /[\s\]"'\\]/.test(text[end - 1] ?? '')) end -= 1;
  let begin = end;
  while (begin > 0 && end - begin < LONGEST_NAME && /[\w.-]/.test(text[begin - 1] ?? '')) begin -= 1;
  const name = text.slice(begin, end);
  const sign = text[begin - 1] ?? '';
  // `registry/auth:1.2` is an image and its version.
  if (!/[A-Za-z]/.test(name) || (text[at] === ':' && (sign === '/' || sign === ':' || sign === '@'))) return null;
  return { text: name, sign };
}

/** Where the value begins: after `==`, `:=`, `=>` and blanks. */
function afterSign(text: string, at: number): number {
  let begin = at + 1;
  while (begin - at < 3 && /[=>]/.test(text[begin] ?? '')) begin += 1;
  while (begin - at < 8 && /\s/.test(text[begin] ?? '')) begin += 1;
  return begin;
}

/** Where a value ends: with its quote or bracket, at a blank, or where the next name of a list begins. */
function valueEnd(text: string, begin: number, withScheme: boolean): number {
  let open = begin;
  while (text[open] === '\\') open += 1;
  const first = text[open] ?? '';
  if (first === '"' || first === "'") return quoteEnd(text, open, text.slice(begin, open + 1));
  if (first === '{' || first === '[') return bracketEnd(text, open);
  let end = begin;
  while (end < text.length && !/[\s"']/.test(text[end] ?? '') && !(end > begin && isNextOfList(text, end)) && !isClosing(text, end)) end += 1;
  if (!withScheme || !SCHEME.test(text.slice(begin, end))) return end;
  let next = end;
  while (next < text.length && next - end < 4 && /\s/.test(text[next] ?? '')) next += 1;
  return next === end ? end : valueEnd(text, next, false);
}

/** A header with cookies goes on: `a=1; b=2`. */
function cookiesEnd(text: string, first: number, name: string): number {
  let end = first;
  while (/cookie$/i.test(name) && /^; ?[\w.-]{1,64}=/.test(text.slice(end, end + 70))) {
    end += 2;
    while (end < text.length && !/[\s"';]/.test(text[end] ?? '')) end += 1;
  }
  return end;
}

/** The place after the same quote, backslashes and all; of one that does not come again, the end. */
function quoteEnd(text: string, open: number, quote: string): number {
  for (let at = open + 1; at < text.length; at += 1) {
    if (text.startsWith(quote, at)) return at + quote.length;
    if (text[at] === '\\') at += 1;
  }
  return text.length;
}

function bracketEnd(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    if (/[[{]/.test(text[at] ?? '')) depth += 1;
    if (/[\]}]/.test(text[at] ?? '')) depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

/** `a=1,b=2` and `?a=1&b=2`: here the next name begins. */
function isNextOfList(text: string, at: number): boolean {
  return (
    /[,&;]/.test(text[at] ?? '') &&
    (/^[\w.[\]-]{1,64}[=:]/.test(text.slice(at + 1, at + 67)) || /^[;&]?(?:\s|$)/.test(text.slice(at + 1, at + 3)) || text[at] === '&')
  );
}

/** A bracket that closes what the value stands in. */
function isClosing(text: string, at: number): boolean {
  return /[)}\]]/.test(text[at] ?? '') && /^[)}\],;\s]*$/.test(text.slice(at + 1, at + 3));
}

/** Credentials of addresses: what stands between `://` and `@`. */
export function loginsIn(text: string, found: Found): void {
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', at + 3)) {
    const begin = at + 3;
    let end = begin;
    let sign = -1;
    while (end < text.length && end - begin < FAR && !/[\s/'"?#]/.test(text[end] ?? '')) {
      if (text[end] === '@') sign = end;
      end += 1;
    }
    if (sign > begin && !isPlainUser(text.slice(Math.max(0, at - 12), at), text.slice(begin, sign))) found(begin, sign);
  }
}

/** `ssh://git@host` and `abfss://container@account`: a name, no secret. */
function isPlainUser(before: string, user: string): boolean {
  return !user.includes(':') && /(?:ssh|sftp|rsync|abfss?|wasbs?|hdfs)$/i.test(before);
}

/** Tokens after the word that says how they are used. */
export function bearersIn(text: string, found: Found): void {
  for (const match of text.matchAll(/(?<![\w-])(?:Bearer|Basic|Digest|Negotiate)\s{1,4}(?=[\w.~+/=-]{6})/gi)) {
    const begin = match.index + match[0].length;
    let end = begin;
    while (end < text.length && /[\w.~+/=-]/.test(text[end] ?? '')) end += 1;
    found(begin, end);
  }
}

/** Switches, empty values and what is hidden already: nothing to hide. A number may be a PIN, so it is masked. */
export function isHarmlessValue(value: string): boolean {
  const bare = value.replace(/^["']|["']$/g, '');
  return bare === '' || bare.startsWith('***') || /^(?:true|false|yes|no|none|null|auto|on|off)$/i.test(bare);
}
