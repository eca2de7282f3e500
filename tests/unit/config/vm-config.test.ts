import { describe, expect, it } from 'vitest';
import { freeDeviceId } from '../../../src/config/device-id';
import { migrate } from '../../../src/config/migrations';
import type { Problem } from '../../../src/config/problem';
import { checkAgainstHost, checkConfig, defaultConfig, formatConfig } from '../../../src/config/vm-config';
import { folderNameFor, nameTrouble } from '../../../src/config/vm-name';
import { Random } from '../../support/random';

type Json = Record<string, unknown>;

const good = (): Json => JSON.parse(formatConfig(defaultConfig('Test'))) as Json;

function problemsOf(value: unknown): string[] {
  const checked = checkConfig(value);
  return checked.ok ? [] : checked.problems.map((problem) => `${problem.path} ${problem.code}`);
}

const disk = (id: string, file: string): Json => ({ id, file, format: 'qcow2', bus: 'ide' });

describe('a configuration', () => {
  it('survives being written and read', () => {
    const full = {
      ...defaultConfig('Full'),
      disks: [{ id: 'disk0', file: 'disks/disk0.qcow2', format: 'qcow2', bus: 'ide', readonly: false }],
      cdroms: [{ id: 'cd0', file: '/isos/x.iso', bus: 'sata' }],
      floppies: [{ id: 'fd0', file: null, readonly: true }],
      serial: [{ kind: 'terminal' }, { kind: 'file', file: 'com2.txt' }, { kind: 'none' }],
      boot: {
        order: ['disk', 'cdrom'],
        menu: true,
        kernel: { file: '/boot/vmlinuz', initrd: 'initrd', append: 'console=ttyS0', modules: [] },
      },
      debug: { debugExit: true, tapPorts: [{ port: 0x402, file: 'bios.log' }] },
    };
    const checked = checkConfig(JSON.parse(JSON.stringify(full)));
    expect(checked).toEqual({ ok: true, config: full });
  });

  it('takes defaults for absent sections and needs only a version and a name', () => {
    const checked = checkConfig({ schemaVersion: 1, name: 'Bare' });
    expect(checked.ok && { ...checked.config, serial: [] }).toEqual({ ...defaultConfig('Bare'), serial: [] });
  });

  const wrong: [string, (json: Json) => void, string[]][] = [
    [
      'an unknown field',
      (json) => {
        json['colour'] = 1;
      },
      ['colour unknown-field'],
    ],
    [
      'an unknown field within',
      (json) => {
        json['memory'] = { memoryMiB: 64, speed: 1 };
      },
      ['memory.speed unknown-field'],
    ],
    [
      'too much memory',
      (json) => {
        json['memory'] = { memoryMiB: 3073 };
      },
      ['memory.memoryMiB out-of-range'],
    ],
    [
      'half a MiB',
      (json) => {
        json['memory'] = { memoryMiB: 0.5 };
      },
      ['memory.memoryMiB wrong-type'],
    ],
    [
      'two processors',
      (json) => {
        json['cpu'] = { cpus: 9 };
      },
      ['cpu.cpus out-of-range'],
    ],
    [
      'an unknown engine',
      (json) => {
        json['cpu'] = { engine: 'warp' };
      },
      ['cpu.engine bad-value'],
    ],
    [
      'no name',
      (json) => {
        delete json['name'];
      },
      ['name missing'],
    ],
    [
      'an empty name',
      (json) => {
        json['name'] = ' ';
      },
      ['name bad-value'],
    ],
    [
      'a list for a section',
      (json) => {
        json['display'] = [];
      },
      ['display wrong-type'],
    ],
    [
      'a section for a list',
      (json) => {
        json['disks'] = {};
      },
      ['disks wrong-type'],
    ],
    [
      'odd video memory',
      (json) => {
        json['display'] = { vramMiB: 12 };
      },
      ['display.vramMiB bad-value'],
    ],
    [
      'a disk without a format',
      (json) => {
        json['disks'] = [{ id: 'a', file: 'x' }];
      },
      ['disks[0].format missing'],
    ],
    [
      'a disk leaving the folder',
      (json) => {
        json['disks'] = [disk('a', '../x')];
      },
      ['disks[0].file bad-path'],
    ],
    [
      'a file with a NUL',
      (json) => {
        json['disks'] = [disk('a', 'x\0y')];
      },
      ['disks[0].file bad-value'],
    ],
    [
      'an odd device id',
      (json) => {
        json['disks'] = [disk('A b', 'x')];
      },
      ['disks[0].id bad-value'],
    ],
    [
      'an id and a file used twice',
      (json) => {
        json['disks'] = [disk('a', 'x'), disk('a', 'x')];
      },
      ['disks[1].id duplicate', 'disks[1].file duplicate'],
    ],
    [
      'five drives on four places',
      (json) => {
        json['disks'] = [1, 2, 3].map((n) => disk(`d${n}`, `f${n}`));
        json['cdroms'] = [{ id: 'c1' }, { id: 'c2' }];
      },
      ['cdroms too-many'],
    ],
    [
      'a network card',
      (json) => {
        json['network'] = [{}];
      },
      ['network[0] not-supported'],
    ],
    [
      'a boot device twice',
      (json) => {
        json['boot'] = { order: ['disk', 'disk'] };
      },
      ['boot.order[1] duplicate'],
    ],
    [
      'an unknown boot device',
      (json) => {
        json['boot'] = { order: ['tape'] };
      },
      ['boot.order[0] bad-value'],
    ],
    [
      'a kernel with initrd and modules',
      (json) => {
        json['boot'] = { kernel: { file: 'k', initrd: 'i', modules: [{ file: 'm' }] } };
      },
      ['boot.kernel.modules conflict'],
    ],
    [
      'a tap on the exit port',
      (json) => {
        json['debug'] = { debugExit: true, tapPorts: [{ port: 0xf4, file: 'x' }] };
      },
      ['debug.tapPorts[0].port duplicate'],
    ],
    [
      'a serial port to nowhere',
      (json) => {
        json['serial'] = [{ kind: 'file' }];
      },
      ['serial[0].file missing'],
    ],
    [
      'an icon that is a path',
      (json) => {
        json['os'] = { icon: '../x' };
      },
      ['os.icon bad-value'],
    ],
    [
      'a newer schema',
      (json) => {
        json['schemaVersion'] = 2;
      },
      ['schemaVersion newer-schema'],
    ],
    [
      'no schema',
      (json) => {
        delete json['schemaVersion'];
      },
      ['schemaVersion missing'],
    ],
  ];
  it.each(wrong)('is refused with the path: %s', (_what, damage, expected) => {
    const json = good();
    damage(json);
    expect(problemsOf(json)).toEqual(expected);
  });

  it('has all its problems told at once', () => {
    const json = { ...good(), memory: { memoryMiB: -1 }, cpu: { cpus: 'one' }, extra: 1 };
    expect(problemsOf(json)).toEqual(['cpu.cpus wrong-type', 'memory.memoryMiB out-of-range', 'extra unknown-field']);
  });

  it('may ask for more memory than this computer has, until it starts', () => {
    const config = { ...defaultConfig('x'), memory: { memoryMiB: 2048 } };
    expect(checkConfig(config).ok).toBe(true);
    expect(checkAgainstHost(config, { memoryMiB: 1024, cpus: 2 })[0]?.path).toBe('memory.memoryMiB');
    expect(checkAgainstHost(config, { memoryMiB: 4096, cpus: 2 })).toEqual([]);
  });

  it('never makes the check throw, whatever the JSON', () => {
    const random = new Random(5);
    const odd = [null, true, -1, 1e99, '', 'x'.repeat(20_000), [], {}, [[]], { __proto__: null }, [null, 3, 'x']];
    const mutate = (value: unknown, depth: number): unknown => {
      if (random.chance(depth === 0 ? 0.02 : 0.15)) return random.pick(odd);
      if (Array.isArray(value)) return value.map((item) => mutate(item, depth + 1));
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mutate(item, depth + 1)]));
    };
    for (let round = 0; round < 2000; round++) {
      const json = {
        ...good(),
        disks: [disk('a', 'x')],
        boot: { order: ['disk'], kernel: { file: 'k', modules: [{}] } },
      };
      const checked = checkConfig(mutate(json, 0));
      if (!checked.ok) expect(checked.problems.length).toBeGreaterThan(0);
    }
  });
});

describe('migrations', () => {
  it('are applied one after the other up to the present version', () => {
    const steps = [
      { from: 1, name: 'ram to memory', apply: ({ ram, ...rest }: Json) => ({ ...rest, memory: ram }) },
      { from: 2, name: 'memory in MiB', apply: (old: Json) => ({ ...old, memory: { memoryMiB: old['memory'] } }) },
    ];
    const problems: Problem[] = [];
    expect(migrate({ schemaVersion: 1, ram: 64 }, problems, steps, 3)).toEqual({
      schemaVersion: 3,
      memory: { memoryMiB: 64 },
    });
    expect(migrate({ schemaVersion: 2, memory: 64 }, problems, steps, 3)?.['memory']).toEqual({ memoryMiB: 64 });
    expect(problems).toEqual([]);
    expect(migrate({ schemaVersion: 1 }, problems, [], 3)).toBeUndefined();
    expect(problems[0]?.code).toBe('not-supported');
  });
});

describe('names', () => {
  it('must be readable text', () => {
    expect(nameTrouble('Débian 12 – test')).toBeUndefined();
    for (const bad of ['', ' a', 'a\n', 'x'.repeat(81), 'a\u202eb']) expect(nameTrouble(bad)).toBeDefined();
  });

  it('become folder names that every file system takes', () => {
    expect(folderNameFor('a/b:c*')).toBe('a_b_c_');
    expect(folderNameFor('..')).toBe('_');
    expect(folderNameFor('con')).toBe('_con');
    expect(folderNameFor('Windows 3.11')).toBe('Windows 3.11');
    expect(freeDeviceId('disk', ['disk0', 'disk2'])).toBe('disk1');
  });
});
