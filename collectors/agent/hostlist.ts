const MOST = 2000;

/** Slurm's node lists: `alvis3-[01-03,07],alvis4-02` → the five names, at most 2000. What cannot be read is left out. */
export function expandNodes(list: string): string[] {
  const names: string[] = [];
  for (const part of topLevel(list)) for (const name of expandOne(part)) if (names.length < MOST) names.push(name);
  return names;
}

/** Splits at commas that stand outside brackets. A list with a bracket that does not close was cut: none of it is believed. */
function topLevel(list: string): string[] {
  if (list.replace(/\[[^[\]]*\]/g, '').match(/[[\]]/) !== null) return [];
  return list.match(/(?:[^,[\]]|\[[^\]]*\])+/g) ?? [];
}

function expandOne(part: string): string[] {
  const match = /^([^[\]]*)\[([^\]]*)\](.*)$/.exec(part);
  if (match === null) return /[[\]\s]/.test(part) ? [] : [part];
  const [, before = '', inside = '', after = ''] = match;
  const tails = expandOne(after);
  return numbers(inside).flatMap((number) => (after === '' ? [''] : tails).map((tail) => `${before}${number}${tail}`));
}

function numbers(inside: string): string[] {
  return inside.split(',').flatMap((range) => {
    const match = /^(\d+)(?:-(\d+))?$/.exec(range.trim());
    if (match === null) return [];
    const from = Number.parseInt(match[1] ?? '', 10);
    const to = match[2] === undefined ? from : Number.parseInt(match[2], 10);
    if (to < from || to - from >= MOST) return [];
    // 08-11 keeps its leading zeros
    return Array.from({ length: to - from + 1 }, (_, index) => String(from + index).padStart(match[1]?.length ?? 0, '0'));
  });
}
