import { spawn } from 'node:child_process';
import { generate } from './generate.ts';
import { root, tool } from './run.ts';

// The server restarts on every change and the page reloads itself; the page's /api goes to the server through Vite.
generate();
const children = [
  spawn(tool('tsx'), ['watch', '--clear-screen=false', 'cli/main.ts', 'serve', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' }),
  spawn(tool('vite'), ['--config', 'web/vite.config.ts'], { cwd: root, stdio: 'inherit' }),
];
for (const child of children) {
  child.on('exit', (code) => {
    for (const other of children) other.kill('SIGTERM');
    process.exitCode = code ?? 1;
  });
}
