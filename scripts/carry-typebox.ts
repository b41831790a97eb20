import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { own } from '../core/readings/index.ts';
import { root } from './run.ts';

/** What the built files ask for: the file that it becomes, and what is taken. */
const CARRIED = {
  typebox: { name: 'type', taken: '*' },
  'typebox/value': { name: 'value', taken: '{ Value }' },
  'typebox/compile': { name: 'compile', taken: '{ Compile }' },
  '@fastify/type-provider-typebox': { name: 'provider', taken: '{ TypeBoxValidatorCompiler }' },
} as const;

const ASKED = new RegExp(`(from |import )(["'])(${Object.keys(CARRIED).join('|')})\\2`, 'g');

/**
 * Puts TypeBox into `dist` as a few files instead of seven hundred: each thread of the server, the agent and every command opened all
 * of them at its start, a third of a second and some 15 MB each time.
 */
export async function carryTypebox(): Promise<void> {
  const to = join(root, 'dist/typebox');
  await build({
    configFile: false,
    logLevel: 'warn',
    root,
    build: {
      outDir: to,
      emptyOutDir: true,
      minify: false,
      target: 'node20',
      ssr: true,
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(CARRIED).map(([asked, { name }]) => [name, `carried:${asked}`])),
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-shared.js' },
        preserveEntrySignatures: 'strict',
        treeshake: { moduleSideEffects: false },
      },
    },
    ssr: { noExternal: true },
    plugins: [
      {
        name: 'carried',
        enforce: 'pre',
        // Formats of strings are none of what is taken: a hundred files of another validator fall away.
        resolveId: (id) => (id === 'ajv-formats' ? 'carried:nothing' : id.startsWith('carried:') ? id : null),
        load: (id) => {
          if (!id.startsWith('carried:')) return null;
          const asked = id.slice('carried:'.length);
          const taken = own(CARRIED, asked)?.taken;
          return taken === undefined ? 'export default {};' : `export ${taken} from '${asked}';`;
        },
      },
    ],
  });
  for (const file of readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.js') || /^(web|typebox)\//.test(file)) continue;
    const path = join(root, 'dist', file);
    const text = readFileSync(path, 'utf8');
    const carried = text.replace(ASKED, (_all, word: string, quote: string, asked: keyof typeof CARRIED) => {
      const there = relative(dirname(path), join(to, `${CARRIED[asked].name}.js`));
      return `${word}${quote}${there.startsWith('.') ? there : `./${there}`}${quote}`;
    });
    if (carried !== text) writeFileSync(path, carried);
  }
  copyFileSync(join(dirname(fileURLToPath(import.meta.resolve('typebox'))), '../license'), join(to, 'LICENSE'));
}
