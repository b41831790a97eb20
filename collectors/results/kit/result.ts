import type { Fact, Statement, Unit } from '../../../core/readings/index.ts';
import type { Collector, ParseContext, Session } from '../../collector/index.ts';
import { lineSession, output, parseDecimal } from '../../text/index.ts';

/** What is looked at of a line: a result's lines are short, and what stands behind is no part of them. */
const LONGEST = 4_000;

/** Reads one tool's result line by line, and says at the end what it says. Its memory must not grow with the text. */
export interface ResultReader {
  line(text: string): void;
  statements(): readonly Statement[];
  /** What the result says about things that other sources have readings of. */
  facts?(): readonly Fact[];
}

/** A kind of result: how its text is recognised, and its reader. */
export interface ResultKind {
  readonly id: string;
  readonly title: string;
  /** 0–1, of the first 64 KiB without colour codes. */
  readonly sniff: (head: string, file: string | undefined) => number;
  readonly open: (context: ParseContext) => ResultReader;
  /** Characters of a line that are looked at, where names stand in its middle. */
  readonly longest?: number;
}

/** A terminal's colour and cursor codes. */
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, 'g');

/** A text without a terminal's codes. */
export function plain(text: string): string {
  return text.indexOf('\u001b') < 0 ? text : text.replace(ESCAPES, '');
}

/** The collector of a kind of result: it gives statements, and no reading. */
export function resultCollector({ id, title, sniff, open, longest }: ResultKind): Collector {
  return {
    id,
    title,
    entities: [],
    sniff: (head, file) => sniff(plain(head), file),
    open: (context) => resultSession([open(context)], longest),
  };
}

/** A session of readers that look at the same lines. */
export function resultSession(readers: readonly ResultReader[], longest = LONGEST): Session {
  const out = output('ordinal');
  return lineSession(out, {
    line(text) {
      const line = plain(text.slice(0, longest));
      for (const reader of readers) reader.line(line);
    },
    end() {
      for (const reader of readers) {
        for (const one of reader.statements()) out.statement(one);
        for (const { entity, name, value } of reader.facts?.() ?? []) out.fact(entity, name, value);
      }
    },
  });
}

/** A number as tools print it for people: `3,812,331,012`, `57.13`, `0`; null for any other text. */
export function numberOf(text: string): number | null {
  return parseDecimal(text.indexOf(',') < 0 ? text : text.replaceAll(',', ''));
}

/** `91.4%`, `91.4 %`, `100%` as a share; null for any other text (`---`, `N/A`). */
export function shareOf(text: string): number | null {
  const trimmed = text.trim();
  if (!trimmed.endsWith('%')) return null;
  const percent = numberOf(trimmed.slice(0, -1).trim());
  return percent === null ? null : percent / 100;
}

/** A share with the decimal that accounting tools print: `35.7 %`. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** A figure where there is a value: absent stays absent. */
export function figure(name: string, value: number | null | undefined, unit: Unit): { name: string; value: number; unit: Unit }[] {
  return value === null || value === undefined || !Number.isFinite(value) ? [] : [{ name, value, unit }];
}

/** A sentence where each of its values is there. */
export function sentence(parts: readonly (string | null)[], between = ', '): string[] {
  const there = parts.filter((part) => part !== null);
  return there.length === 0 ? [] : [`${there.join(between)}.`];
}

/** How to record what a verdict needs, for results that hold nothing of it. */
export const RECORD =
  'record the GPUs while the job runs, with “headroom-record --out run1” or “nvidia-smi dmon -s pucvmet -o T > dmon.txt” beside it, and diagnose that.';
