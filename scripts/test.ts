import { ensureBrowser } from './chromium.ts';
import { tool, tryRun } from './run.ts';

// `npm test`: everything that needs no service of its own. Arguments go to vitest, so `npm test -- tests/core` is a part of it.
const browser = ensureBrowser();
console.log(`Page tests use ${browser}`);
process.exitCode = tryRun(tool('vitest'), ['run', '--project', 'unit', '--project', 'web', '--project', 'pages', ...process.argv.slice(2)], {
  HEADROOM_CHROMIUM: browser,
});
