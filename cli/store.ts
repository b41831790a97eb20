import { parseArgs } from 'node:util';
import { ConfigError, readConfig } from '../server/settings/index.ts';
import { checkStore, type FileFound, isWhole, repairStore } from '../server/store/index.ts';

const HELP = `Usage: headroom store check [--data DIR]
       headroom store repair [--data DIR]

Stop the service first: no two programs may have its databases open.

  check    looks at every row of the databases and says what is damaged; changes nothing
  repair   writes a damaged database anew from all that is whole; the original stays beside it

  --data DIR   default: HEADROOM_DATA, or ./headroom-data
`;

/** `headroom store`: exit 0 where all is whole (or was repaired), 1 where something is damaged, 2 where it cannot be looked at. */
export async function run(argv: string[]): Promise<number> {
  const asked = options(argv);
  if (asked === null) {
    const wanted = argv.includes('--help') || argv.includes('-h');
    (wanted ? process.stdout : process.stderr).write(HELP);
    return wanted ? 0 : 2;
  }
  try {
    const { data } = readConfig({ ...process.env, ...(asked.data === undefined ? {} : { HEADROOM_DATA: asked.data }) });
    if (asked.verb === 'check') {
      const found = await checkStore(data);
      for (const file of found) process.stdout.write(told(file));
      if (found.every(isWhole)) return 0;
      process.stdout.write('headroom store repair keeps all that is whole.\n');
      return 1;
    }
    for (const file of await repairStore(data, new Date().toISOString().replaceAll(':', '-').slice(0, 19))) {
      process.stdout.write(told(file));
      if (file.original !== null) process.stdout.write(`  written anew; as it was: ${file.original}\n`);
    }
    return 0;
  } catch (error) {
    if (!(error instanceof Error) || (!(error instanceof ConfigError) && error.name !== 'StoreError' && error.name !== 'StoreBusy')) throw error;
    process.stderr.write(`headroom store: ${error.message}\n`);
    return 2;
  }
}

function options(argv: string[]): { readonly verb: 'check' | 'repair'; readonly data: string | undefined } | null {
  try {
    const { positionals, values } = parseArgs({ args: argv, allowPositionals: true, options: { data: { type: 'string' } } });
    const [verb, ...rest] = positionals;
    return (verb === 'check' || verb === 'repair') && rest.length === 0 ? { verb, data: values.data } : null;
  } catch {
    return null;
  }
}

function told(found: FileFound): string {
  if (isWhole(found)) return `${found.file}: whole, ${found.tables.reduce((sum, { whole }) => sum + whole, 0)} rows\n`;
  const lines = [`${found.file}: damaged`, ...found.faults.map((fault) => `  ${fault}`)];
  for (const { table, whole, lost, gaps } of found.tables) {
    const parts = [...lost].map(([reason, count]) => `${count} lost (${reason})`);
    if (gaps > 0) parts.push(`${gaps} ${gaps === 1 ? 'stretch' : 'stretches'} unreadable`);
    lines.push(`  ${NAMES[table] ?? table}: ${whole} whole${parts.length === 0 ? '' : `, ${parts.join(', ')}`}`);
  }
  return `${lines.join('\n')}\n`;
}

const NAMES: Readonly<Record<string, string>> = {
  Chunk: 'sealed readings (chunks)',
  Wal: 'readings not sealed yet (write-ahead rows)',
  Entity: 'names of what is measured',
};
