import { deflateSync, inflateSync } from 'node:zlib';
import type { Analysis, Finding } from '../../../core/contract/index.ts';
import type { Among, JobKey, JobSummary } from '../interface/index.ts';
import type { MainFile } from './file.ts';
import { findingOf, summaryColumns, within } from './rows.ts';

export interface AnalysisToSave {
  readonly key: JobKey;
  readonly analysis: Analysis;
  readonly summary: JobSummary;
}

/** Saves many in one commit; tells for each whether its job was there. Of two for one job the later stays. */
export async function saveAnalyses(db: MainFile, items: readonly AnalysisToSave[]): Promise<boolean[]> {
  const rows = await Promise.all(items.map(({ key }) => db.job.findFirst({ where: key, select: { row: true } })));
  const statements = items.flatMap(({ analysis, summary }, index) => {
    const job = rows[index]?.row;
    if (job === undefined) return [];
    const bytes = new Uint8Array(deflateSync(JSON.stringify(analysis)));
    return [
      db.job.update({ where: { row: job }, data: summaryColumns(summary), select: { row: true } }),
      db.analysis.upsert({ where: { job }, create: { job, bytes }, update: { bytes }, select: { job: true } }),
      db.finding.deleteMany({ where: { job } }),
      db.finding.createMany({ data: analysis.findings.map((finding, position) => ({ job, position, ...columnsOf(finding) })) }),
    ];
  });
  if (statements.length > 0) await db.$transaction(statements);
  return rows.map((row) => row !== null);
}

/** The latest analysis of a job; null where none was saved. */
export async function readAnalysis(db: MainFile, key: JobKey): Promise<Analysis | null> {
  const row = await db.analysis.findFirst({ where: { owner: key } });
  return row === null ? null : (JSON.parse(inflateSync(row.bytes).toString('utf8')) as Analysis); // written by saveAnalyses
}

/** Findings that still held at `since` or later: a finding without an end holds as long as its job runs. */
export async function findingsSince(db: MainFile, since: number, among: Among): Promise<{ key: JobKey; finding: Finding }[]> {
  const rows = await db.finding.findMany({
    where: { owner: within(among), OR: [{ to: { gte: since } }, { to: null, owner: { OR: [{ end: null }, { end: { gte: since } }] } }] },
    include: { owner: { select: { cluster: true, id: true } } },
    orderBy: [{ job: 'desc' }, { position: 'asc' }],
  });
  return rows.map((row) => ({ key: row.owner, finding: findingOf(row) }));
}

function columnsOf({ id, text, evidence, entity, from, to }: Finding) {
  return { kind: id, text, evidence: JSON.stringify(evidence), entity, from, to };
}
