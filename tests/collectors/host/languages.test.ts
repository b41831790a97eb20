import { describe, expect, it } from 'vitest';
import { parseAll } from '../../../collectors/collector/index.ts';
import { htop, top } from '../../../collectors/host/index.ts';

/** Two screens of `top -b`, as procps prints them where its language is not English: the same figures in each. */
const screens = (head: string, summary: readonly string[], columns: string) =>
  ['10:00:00', '10:00:05']
    .map((time) =>
      [`top - ${time} ${head}`, ...summary, '', columns, '   4711 ana       20   0   36,5g   7,5g 245376 R 210,3   4,0   1063:21 python', '', ''].join('\n'),
    )
    .join('');

const LANGUAGES: readonly (readonly [string, string, readonly string[], string])[] = [
  [
    'German',
    'up 4 days,  5:45,  1 user,  Durchschnittslast: 12,50, 3,00, 2,00',
    [
      'Tasks: 501 gesamt,   5 laufend, 496 schlafend,   0 gestoppt,   0 Zombie',
      '%CPU(s): 33,5 be, 50,9 sy,  0,0 ni, 10,6 un,  5,0 wa,  0,0 hi,  0,0 si,  0,0 st',
      'MiB Spch:   4000,0 gesamt,   1000,0 frei,   1500,0 belegt,   1500,0 Puff/Cache',
      'MiB Swap:   1000,0 gesamt,    750,0 frei,    250,0 belegt.   2400,0 verfü Spch',
    ],
    '    PID BENUTZER  PR  NI    VIRT    RES    SHR S  %CPU  %MEM     ZEIT+ BEFEHL',
  ],
  [
    'French',
    'up 4 jours,  5:45,  1 utilisateur,  charge moyenne : 12,50, 3,00, 2,00',
    [
      'Tâches: 501 total,   5 en cours, 496 en veille,   0 arrêté,   0 zombie',
      '%Cpu(s): 33,5 ut, 50,9 sy,  0,0 ni, 10,6 id,  5,0 wa,  0,0 hi,  0,0 si,  0,0 st',
      'MiB Mem :   4000,0 total,   1000,0 libr,   1500,0 util,   1500,0 tamp/cache',
      'MiB Éch :   1000,0 total,    750,0 libr,    250,0 util.   2400,0 dispo Mem',
    ],
    '    PID UTIL.     PR  NI    VIRT    RES    SHR S  %CPU  %MEM    TEMPS+ COM.',
  ],
  [
    'Swedish',
    'upp 4 dagar,  5:45,  1 användare,  medellast: 12,50, 3,00, 2,00',
    [
      'Uppgifter: 501 totalt,   5 körande, 496 sovande,   0 stoppade,   0 zombie',
      '%Cpu(er): 33,5 an, 50,9 sy,  0,0 ni, 10,6 in,  5,0 vä,  0,0 ha,  0,0 mj,  0,0 st',
      'MiB minne:   4000,0 totalt,   1000,0 fritt,   1500,0 använt,   1500,0 buff/cache',
      'MiB växl:   1000,0 totalt,    750,0 fritt,    250,0 använt.   2400,0 tillgängligt',
    ],
    '    PID ANVÄNDAR  PR  NI    VIRT    RES    SHR S  %CPU  %MIN      TID+ KOMMANDO',
  ],
  [
    'Spanish',
    'up 4 días,  5:45,  1 usuario,  carga promedio: 12,50, 3,00, 2,00',
    [
      'Tareas: 501 total,   5 ejecutar,  496 hibernar,    0 detener,    0 zombie',
      '%Cpu(s): 33,5 us, 50,9 sy,  0,0 ni, 10,6 in,  5,0 es,  0,0 hw,  0,0 sw,  0,0 st',
      'MiB Mem :   4000,0 total,   1000,0 libre,   1500,0 usado,   1500,0 búf/caché',
      'MiB Intercambio:   1000,0 total,    750,0 libre,    250,0 usado.   2400,0 dispon Mem',
    ],
    '    PID USUARIO   PR  NI    VIRT    RES    SHR S  %CPU  %MEM     HORA+ ORDEN',
  ],
  [
    'English words and decimal commas',
    'up 4 days,  5:45,  1 user,  load average: 12,50, 3,00, 2,00',
    [
      'Tasks: 501 total,   5 running, 496 sleeping,   0 stopped,   0 zombie',
      '%Cpu(s): 33,5 us, 50,9 sy,  0,0 ni, 10,6 id,  5,0 wa,  0,0 hi,  0,0 si,  0,0 st',
      'MiB Mem :   4000,0 total,   1000,0 free,   1500,0 used,   1500,0 buff/cache',
      'MiB Swap:   1000,0 total,    750,0 free,    250,0 used.   2400,0 avail Mem',
    ],
    '    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND',
  ],
];

describe('top in another language', () => {
  it.each(LANGUAGES)('%s is read by the order of its figures', (_, head, summary, columns) => {
    const text = screens(head, summary, columns);
    expect(top.sniff(text)).toBe(0.95);
    const batch = parseAll(top, text);
    expect(batch.rejected).toEqual([]);
    const host = {
      'host.cpu': 0.844,
      'host.iowait': 0.05,
      'host.steal': 0,
      'host.load1': 12.5,
      'host.memTotal': 4_194_304_000,
      'host.memUsed': 1_677_721_600,
      'host.swapUsed': 262_144_000,
    };
    const process = { 'process.cpu': 2.103, 'process.rss': 8_053_063_680 };
    expect(batch.readings.map(({ entity, at, values }) => [entity.kind, at, values])).toEqual([
      ['process', 0, process],
      ['host', 0, host],
      ['process', 5, process],
      ['host', 5, host],
    ]);
    expect(batch.facts.map(({ name, value }) => `${name}=${value}`)).toEqual(['command=python', 'user=ana']);
  });
});

describe('htop in a terminal without UTF-8', () => {
  it.each(['CPU%-MEM%   TIME+ ', 'CPU%+MEM%   TIME+ ', 'CPU% MEM%   TIME+-', 'CPU%▽MEM%   TIME+ '])('marks the sorted column: %s', (marked) => {
    const text = `  0[|||100.0%]  1[    0.0%]\n  Mem[||39.1G/252G]\n    PID USER       PRI  NI  VIRT   RES   SHR S  ${marked} Command\n   8716 ana         20   0  61.2G 6120M 1210M R 100.3  2.4 89h12:11 python run.py\n`;
    expect(parseAll(htop, text).readings.map(({ entity, values }) => [entity.kind, values['process.cpu'] ?? values['host.cpu']])).toEqual([
      ['host', 0.5],
      ['process', 1.003],
    ]);
  });
});
