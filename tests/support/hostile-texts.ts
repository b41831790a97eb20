import { cleanName } from '../../core/readings/index.ts';

/** Texts that somebody writes into a field to hurt whoever looks at it. Each would set `window.ran` where a page took it for more than text. */
export const HOSTILE: readonly string[] = [
  '<img src=x onerror=window.ran=1>',
  '"><script>window.ran=1</script>',
  "' onmouseover='window.ran=1' autofocus onfocus='window.ran=1",
  'javascript:window.ran=1//',
  "{{constructor.constructor('window.ran=1')()}}",
  '${window.ran=1}`+(window.ran=1)+`',
  '</textarea></title></style></script></option><svg onload=window.ran=1>',
  '<iframe srcdoc="<script>top.ran=1</script>"><base href=//evil.example>',
  '=HYPERLINK("http://evil.example/","open me")',
  "+cmd|' /C calc'!A0",
  '@import url(//evil.example/x.css);background:url(//evil.example/y)',
  '..\\..\\..//evil.example/%2e%2e/%00?a=b&amp;c#d\\e',
  '\u202Egnp.elif\u2066 \u202Dturned round',
  'zero\u200Bwidth\u200D and\uFEFF \u00AD\u2060 nothing',
  'W'.repeat(180),
  '漢字'.repeat(60),
  '👩‍👩‍👧‍👦🏴‍☠️💥🫠',
  `Z${'\u0300\u0316\u0321\u0334'.repeat(30)}algo`,
  'مرحبا שלום',
  '__proto__',
  'constructor',
  '%s %d %c NaN undefined [object Object]',
];

/** A text as a door lets it in, and the field that it stands in, of at most `most` UTF-16 units, no character cut in half. */
export function inField(text: string, field: string, most = 200): string {
  let out = '';
  for (const sign of cleanName(text)) {
    if (out.length + sign.length + field.length + 1 > most) break;
    out += sign;
  }
  return `${out} ${field}`;
}
