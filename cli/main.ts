#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { commands } from './commands.ts';

function help(): string {
  const width = Math.max(...commands.map((command) => `${command.name} ${command.usage}`.length), '--version'.length);
  const line = (left: string, right: string): string => `  ${left.padEnd(width)}  ${right}\n`;
  return [
    'Usage: headroom <command> [options]\n\nCommands:\n',
    ...commands.map((command) => line(`${command.name} ${command.usage}`, command.summary)),
    '\nOptions:\n',
    line('--help', 'this text; `headroom <command> --help` for one command'),
    line('--version', 'the version'),
  ].join('');
}

/** The nearest package.json above: beside this file in a checkout, one folder up from the built one. */
function version(): string {
  for (const up of ['../package.json', '../../package.json']) {
    try {
      const parsed: unknown = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8'));
      if (typeof parsed === 'object' && parsed !== null && 'version' in parsed && typeof parsed.version === 'string') return parsed.version;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
  throw new Error('no package.json beside the program');
}

async function main(argv: string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === '--version' || name === '-V') {
    process.stdout.write(`${version()}\n`);
    return 0;
  }
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(help());
    return name === undefined ? 2 : 0;
  }
  const command = commands.find((row) => row.name === name);
  if (command === undefined) {
    process.stderr.write(`headroom: no command “${name}”\n\n${help()}`);
    return 2;
  }
  return (await command.load()).run(rest);
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`headroom: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  },
);
