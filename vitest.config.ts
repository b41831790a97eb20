import { svelte, vitePreprocess } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// Two cores is the smallest machine the tests are meant for.
// Where CI collects one JSON report per run, for the line that sums them.
const reports = process.env['HEADROOM_TEST_REPORTS'];

// Limits against hanging only, met by no test that goes on: the suite has to pass where other programs take the cores.
const common = {
  pool: 'forks' as const,
  environment: 'node',
  testTimeout: 600_000,
  hookTimeout: 600_000,
  expect: { poll: { timeout: 120_000, interval: 20 } },
  // Seven hundred files that every test file would open.
  deps: { optimizer: { ssr: { enabled: true, include: ['typebox', 'typebox/value', 'typebox/compile'] } } },
};

// What goes through a browser, real services and their timing may meet a machine that is busy elsewhere: tried twice, and named in the
// report where the first time failed. Everything else is tried once.
const timed = { retry: 1 };

export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: reports === undefined ? ['default'] : ['default', ['json', { outputFile: `${reports}/${process.pid}.json` }]],
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/integration/**', 'tests/pages/**', 'tests/lab/**', 'tests/web/**'],
        },
      },
      {
        plugins: [svelte({ configFile: false, preprocess: vitePreprocess() })],
        // Svelte's package has another entry for servers; components mount with the browser's only.
        resolve: { conditions: ['browser'] },
        test: {
          ...common,
          name: 'web',
          environment: 'happy-dom',
          include: ['tests/web/**/*.test.ts'],
        },
      },
      {
        test: {
          ...common,
          ...timed,
          name: 'pages',
          include: ['tests/pages/**/*.test.ts'],
          globalSetup: ['tests/support/build-web.ts'],
          fileParallelism: false,
        },
      },
      {
        test: {
          ...common,
          ...timed,
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          fileParallelism: false,
        },
      },
    ],
  },
});
