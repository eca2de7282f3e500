import { describe, expect, test } from 'vitest';
import { appChecks } from '../../../src/protocol/app';
import { guestEventChecks } from '../../../src/protocol/guest-checks';

const vm = '0123456789abcdef01234567';
const good: Readonly<Record<string, unknown>> = {
  'app.closeAnswer': { answer: 'suspend' },
  'wizard.create': { name: 'x', source: { kind: 'none' }, folder: null, memoryMiB: 64, diskGiB: 10 },
  'vm.start': { vm },
  'vm.change': { vm, changes: { memoryMiB: 64, bootOrder: ['disk'] } },
  'vm.insertMedium': { vm, device: 'cdrom0' },
  'snapshot.take': { vm, name: 'a', description: '' },
  'snapshot.restore': { vm, id: 'abc' },
  'console.attach': { vm, channel: 1 },
};

const JUNK: readonly unknown[] = [
  undefined,
  null,
  0,
  -1,
  1e308,
  Number.NaN,
  '',
  '../../etc/passwd',
  '/',
  'x'.repeat(1_000_000),
  true,
  [],
  {},
  [[[]]],
  { __proto__: null },
  Symbol('s'),
  10n,
  () => undefined,
  new Uint8Array(8),
];

describe('messages of the window', () => {
  test.each(Object.entries(good))('%s takes what it should', (name, args) => {
    expect(appChecks[name as keyof typeof appChecks](args)).toBeUndefined();
  });

  test('a field that is replaced, missing or added is refused or harmless, and nothing throws', () => {
    for (const [name, check] of Object.entries(appChecks)) {
      for (const junk of JUNK) {
        expect(() => check(junk)).not.toThrow();
        const args = good[name];
        if (typeof args !== 'object' || args === null) continue;
        expect(check({ ...args, extra: junk })).toBeDefined();
        for (const key of Object.keys(args)) expect(() => check({ ...args, [key]: junk })).not.toThrow();
      }
    }
  });

  test('nothing that could be a path passes for a VM, a token or a device', () => {
    for (const text of ['/etc', '../x', 'a/b', 'C:\\x', 'a\0', '']) {
      if (text !== '') expect(appChecks['vm.start']({ vm: text })).toBeDefined();
      if (text !== '') expect(appChecks['vm.insertMedium']({ vm, device: text })).toBeDefined();
    }
    expect(appChecks['wizard.create']({ ...(good['wizard.create'] as object), folder: '/etc' })).toBeDefined();
  });
});

describe('events of a VM process', () => {
  test('junk is refused and nothing throws', () => {
    for (const check of Object.values(guestEventChecks)) {
      for (const junk of JUNK) expect(() => check(junk)).not.toThrow();
      expect(check({ kind: '__proto__' })).toBeDefined();
      expect(check('x')).toBeDefined();
    }
  });

  test('statuses and ends pass', () => {
    expect(guestEventChecks.status({ kind: 'paused', reason: 'user' })).toBeUndefined();
    expect(guestEventChecks.end({ kind: 'poweredOff', by: 'guest' })).toBeUndefined();
    expect(guestEventChecks.status({ kind: 'running', extra: 1 })).toBeDefined();
  });
});
