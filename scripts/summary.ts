import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { name: string; status: string; assertionResults: unknown[] }[];
}

/** Sums vitest's JSON reports in a folder. A file that failed to load has no tests in its report and counts as one failure. */
export function sum(folder: string): { passed: number; failed: number; skipped: number } {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
    const report = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Report; // vitest's own file, its own format
    total.passed += report.numPassedTests;
    total.failed += report.numFailedTests + report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
    total.skipped += report.numPendingTests + report.numTodoTests;
  }
  return total;
}

const [folder, extra] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: summary.ts FOLDER [FAILED-STEPS]');
const { passed, failed, skipped } = sum(folder);
console.log(`${passed} passed, ${failed + Number(extra ?? '0')} failed, ${skipped} skipped`);
