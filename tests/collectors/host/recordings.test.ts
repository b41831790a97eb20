import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, it } from 'vitest';
import { parseAll } from '../../../collectors/collector/index.ts';
import { sniff } from '../../../collectors/sniff.ts';
import { describeRecordings, recordingFiles } from '../../support/recordings.ts';

// [file, collector, host readings, process readings, some values of the last host reading]
const FILES: readonly (readonly [string, string, number, number, Readonly<Record<string, number>>])[] = [
  ['centos-7.7__top-b-n3.out', 'top', 3, 8, { 'host.cpu': 0.007, 'host.load1': 0.21, 'host.memTotal': 3_954_003_968 }],
  ['centos-7.7__top-b-n1-gib.out', 'top', 1, 0, { 'host.cpu': 0.118, 'host.memTotal': 3_972_844_749 }],
  ['centos-7.7__top-b-n1-gib-allfields-w.out', 'top', 1, 1, { 'host.cpu': 0.167 }],
  ['ubuntu-20.10__top-b-n1.out', 'top', 1, 0, { 'host.cpu': 0.062 }],
  ['ubuntu-20.10__top-b-allfields.out', 'top', 1, 1, { 'host.cpu': 0.083, 'host.swapUsed': 0 }],
  ['top_48core_load313_python.txt', 'top', 1, 4, { 'host.cpu': 0.844, 'host.load1': 313.33 }],
  ['centos-7.7__mpstat-A-2-5.out', 'mpstat', 5, 0, { 'host.cpu': 0, 'host.cores': 1 }],
  ['centos-7.7__iostat-1.out', 'iostat', 2, 0, { 'host.cpu': 0, 'host.diskReadRate': 0 }],
  ['ubuntu-18.04__vmstat-1-long.out', 'vmstat', 37, 0, { 'host.cpu': 0, 'host.iowait': 0 }],
  ['centos-7.7__vmstat-at-5-10.out', 'vmstat', 4, 0, { 'host.cpu': 0 }],
  ['centos-7.7__free.out', 'free', 1, 0, { 'host.memTotal': 3_954_003_968, 'host.memUsed': 483_065_856 }],
  ['ubuntu-18.04__free-h.out', 'free', 1, 0, { 'host.swapUsed': 274_432 }],
];

describeRecordings(
  'recorded host tools',
  'host',
  () => {
    it.each(FILES.map(([file, id, hosts, processes, values]) => ({ file, id, hosts, processes, values })))(
      '$file',
      ({ file, id, hosts, processes, values }) => {
        const path = recordingFiles('host').find((each) => basename(each) === file);
        const text = readFileSync(path ?? file, 'utf8');
        const known = sniff(text, file);
        expect(known?.collector.id).toBe(id);
        const batch = known === null ? null : parseAll(known.collector, text);
        const ofHost = batch?.readings.filter((reading) => reading.entity.kind === 'host') ?? [];
        expect([ofHost.length, (batch?.readings.length ?? 0) - ofHost.length]).toEqual([hosts, processes]);
        expect(ofHost.at(-1)?.values).toMatchObject(values);
      },
    );

    it('every recorded file is either read or says why not', () => {
      for (const path of recordingFiles('host')) {
        const text = readFileSync(path, 'utf8');
        const known = sniff(text, basename(path));
        if (/vmstat-dt?\.out$/.test(path)) {
          expect(known?.collector.entities).not.toEqual(['host']); // a table of disks since boot: no format of ours
          continue;
        }
        const batch = known === null ? null : parseAll(known.collector, text);
        expect((batch?.readings.length ?? 0) + (batch?.events.length ?? 0), path).toBeGreaterThan(0);
      }
    });
  },
  FILES.length + 1,
);
