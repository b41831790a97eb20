import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

describe('docker-compose.yml', () => {
  const file = parse(read('docker-compose.yml')) as Record<string, Record<string, Record<string, unknown>>>; // the shape is what is tested

  it('has one service with its data on a named volume', () => {
    expect(Object.keys(file['services'] ?? {})).toEqual(['headroom']);
    expect(file['services']?.['headroom']?.['volumes']).toEqual(['headroom-data:/data']);
    expect(Object.keys(file['volumes'] ?? {})).toEqual(['headroom-data']);
  });

  it('publishes on this machine only unless told where, and lets a site pin the base image', () => {
    expect(file['services']?.['headroom']?.['ports']).toEqual(['${HEADROOM_PUBLISH:-127.0.0.1}:8080:8080']);
    expect(file['services']?.['headroom']?.['build']).toEqual({ context: '.', args: { NODE_IMAGE: '${NODE_IMAGE:-node:22-bookworm-slim}' } });
  });

  it('asks /api/health for the service’s health', () => {
    const check = file['services']?.['headroom']?.['healthcheck'] as { test: string[]; interval: string } | undefined;
    expect(check?.test.slice(0, 3)).toEqual(['CMD', 'node', '-e']);
    expect(check?.test[3]).toContain('http://127.0.0.1:8080/api/health');
    expect(check?.interval).toBe('30s');
  });
});

describe('Dockerfile', () => {
  const lines = read('Dockerfile')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));

  it('runs on Debian’s slim Node 22, not as root, from a build stage', () => {
    expect(lines[0]).toBe('ARG NODE_IMAGE=node:22-bookworm-slim');
    expect(lines.filter((line) => line.startsWith('FROM '))).toEqual(['FROM ${NODE_IMAGE} AS build', 'FROM ${NODE_IMAGE}']);
    expect(last).toContain('USER node');
  });

  it('keeps data in a volume and has a health check on /api/health', () => {
    expect(last).toContain('VOLUME /data');
    expect(last.find((line) => line.startsWith('HEALTHCHECK'))).toContain('/api/health');
  });

  it('starts the same program as npm start', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: { start: string } };
    expect(last).toContain(`CMD ${JSON.stringify(scripts.start.split(' ')).replaceAll(',', ', ')}`);
  });
});
