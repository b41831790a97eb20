import type { BOUNDS } from '../../server/settings/index.ts';

const INTRODUCTION = `# Limits

What there is of everything at most, who is told what there, and what is kept. Made from the table in \`server/settings/limits/\` (\`npm run limits\`
renews it, a test compares). What has a variable is set as [operations.md](operations.md) says; the rest is fixed. Nothing that was
acknowledged is lost at any of them.
`;

/** The table of bounds as a page: a chapter each, a row per bound. */
export function limitsDocument(bounds: typeof BOUNDS): string {
  const chapters = [...new Set(bounds.map(({ chapter }) => chapter))].map((chapter) => {
    const rows = bounds.filter((one) => one.chapter === chapter).map(({ bound }) => bound);
    const lines = rows.map(
      ({ name, value, unit, setting, beyond, told, where }) =>
        `| ${name} | ${value.toLocaleString('en')} ${unit} | ${setting === null ? '–' : `\`${setting}\``} | ${beyond === '' ? '–' : beyond} | ${told} | \`${where}\` |`,
    );
    return `## ${chapter}\n\n| what | at most | set by | beyond it | told | where |\n|---|---|---|---|---|---|\n${lines.join('\n')}\n`;
  });
  return [INTRODUCTION, ...chapters].join('\n');
}
