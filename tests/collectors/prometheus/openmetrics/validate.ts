import { addSample, familyFault, isFamilyType, namesOf, openFamily, suffixIn, type Family } from './family.ts';
import { readMetadata, readStrictSample, type Metadata } from './line.ts';

/** The first thing that breaks the rules: 1-based line, and the rule. */
export interface OpenMetricsFault {
  readonly line: number;
  readonly reason: string;
}

/**
 * Checks a whole page against OpenMetrics 1.0 by the letter; null where it holds. The collector reads more than this: what people
 * have recorded is often cut, glued together or of the older format.
 */
export function validateOpenMetrics(text: string): OpenMetricsFault | null {
  const lines = text.split('\n');
  const taken = new Set<string>();
  let family: Family | null = null;

  const close = (): string | null => {
    if (family === null) return null;
    const fault = familyFault(family);
    if (fault !== null) return fault;
    for (const name of namesOf(family)) {
      if (taken.has(name)) return `the name ${name} belongs to another family`;
      taken.add(name);
    }
    family = null;
    return null;
  };
  const describe = (meta: Metadata): string | null => {
    if (family?.name !== meta.name) {
      const fault = close();
      if (fault !== null) return fault;
      family = openFamily(meta.name);
    }
    return describeFamily(family, meta);
  };
  const sample = (line: string): string | null => {
    const read = readStrictSample(line);
    if (typeof read === 'string') return read;
    let suffix = family === null ? null : suffixIn(family, read.name);
    if (family === null || suffix === null) {
      const fault = close();
      if (fault !== null) return fault;
      family = openFamily(read.name);
      suffix = '';
    }
    return addSample(family, read, suffix);
  };

  for (const [index, line] of lines.entries()) {
    if (line === '' && index === lines.length - 1) break; // what stands after the last line end
    if (line === '# EOF') return ending(lines, index) ?? fault(index, close());
    const reason = line === '' ? 'a line is empty' : line.startsWith('#') ? apply(readMetadata(line), describe) : sample(line);
    if (reason !== null) return { line: index + 1, reason };
  }
  return { line: lines.length, reason: 'the page does not end with # EOF' };
}

function apply(meta: Metadata | string, describe: (meta: Metadata) => string | null): string | null {
  return typeof meta === 'string' ? meta : describe(meta);
}

function describeFamily(family: Family, meta: Metadata): string | null {
  if (family.samples.length > 0) return `# ${meta.keyword} stands after the samples`;
  switch (meta.keyword) {
    case 'HELP':
      if (family.help) return '# HELP stands twice';
      family.help = true;
      return null;
    case 'UNIT':
      if (family.unit !== null) return '# UNIT stands twice';
      family.unit = meta.rest;
      return null;
    case 'TYPE':
      if (family.type !== null) return '# TYPE stands twice';
      if (!isFamilyType(meta.rest)) return `${meta.rest} is no type of OpenMetrics`;
      family.type = meta.rest;
      return null;
  }
}

/** After `# EOF` stands one line end, or nothing. */
function ending(lines: readonly string[], eof: number): OpenMetricsFault | null {
  const rest = lines.slice(eof + 1);
  return rest.length === 0 || (rest.length === 1 && rest[0] === '') ? null : { line: eof + 2, reason: 'text stands after # EOF' };
}

function fault(index: number, reason: string | null): OpenMetricsFault | null {
  return reason === null ? null : { line: index + 1, reason };
}
