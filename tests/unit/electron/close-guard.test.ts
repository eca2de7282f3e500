import { describe, expect, test } from 'vitest';
import { CloseGuard, type CloseView } from '../../../electron/main/close-guard';
import type { GuestEnd } from '../../../electron/main/guest-supervisor';
import { VmError } from '../../../src/base/errors';
import { Emitter } from '../../../src/base/events';
import { defaultConfig } from '../../../src/config/vm-config';
import type { VmItem } from '../../../src/protocol/app';

type OnClose = 'ask' | 'background' | 'suspend' | 'powerOff';

/** VMs by folder, with what their settings say. */
function begin(
  vms: Readonly<Record<string, OnClose>>,
  options: { hasWindow?: boolean; fails?: boolean; preferred?: OnClose } = {},
) {
  const running = new Map(Object.entries(vms));
  const log: string[] = [];
  const onEnd = new Emitter<GuestEnd>();
  const view: CloseView = {
    isAlive: true,
    ask: (names) => log.push(`ask ${names.join(',')}`),
    failed: (error) => log.push(`failed ${error.code}`),
    close: () => log.push('close'),
  };
  const link = (folder: string) => ({
    call: async (name: string) => {
      log.push(`${name} ${folder}`);
      if (options.fails) throw new VmError('disk-full', 'no room');
      setTimeout(() => {
        running.delete(folder);
        onEnd.emit({ folder, end: undefined, crash: undefined });
      });
    },
  });
  const guard = new CloseGuard(
    {
      runningHere: () => [...running.keys()].map((folder) => ({ id: folder, name: folder }) as VmItem),
      entry: (id) => {
        const config = {
          ...defaultConfig(id),
          options: { onHostClose: running.get(id), onGuestReset: 'reset', autoStart: false },
        };
        return { kind: 'ok', folder: id, name: id, config } as never;
      },
      idOf: (folder) => folder,
    },
    {
      get folders() {
        return [...running.keys()];
      },
      link: (folder) => (running.has(folder) ? (link(folder) as never) : undefined),
      onEnd,
    },
    () => (options.hasWindow === false ? undefined : view),
    () => log.push('quit'),
    () => options.preferred ?? 'ask',
  );
  const settle = () => new Promise((resolve) => setTimeout(resolve, 20));
  return { guard, log, settle };
}

describe('closing the window', () => {
  test('nothing runs: it closes', () => {
    expect(begin({}).guard.mayClose()).toBe(true);
  });

  test('asks about the VMs that want it, and cancel changes nothing', async () => {
    const { guard, log, settle } = begin({ a: 'ask', b: 'background' });
    expect(guard.mayClose()).toBe(false);
    guard.answered('cancel');
    await settle();
    expect(log).toEqual(['ask a']);
    expect(guard.mayClose()).toBe(false);
  });

  test('where a VM leaves it open, the preferences say what happens', async () => {
    const { guard, log, settle } = begin({ a: 'ask', b: 'powerOff', c: 'background' }, { preferred: 'suspend' });
    expect(guard.mayClose()).toBe(false);
    await settle();
    expect(log).toEqual(['vm.suspend a', 'vm.powerOff b', 'close']);
    expect(begin({ a: 'ask' }, { preferred: 'background' }).guard.mayClose()).toBe(true);
  });

  test('the answer is for those asked about; the others follow their settings', async () => {
    const { guard, log, settle } = begin({ a: 'ask', b: 'background', c: 'powerOff' });
    guard.mayClose();
    guard.answered('suspend');
    await settle();
    expect(log).toEqual(['ask a', 'vm.powerOff c', 'vm.suspend a', 'close']);
    expect(guard.mayClose()).toBe(true);
  });

  test('in the background they all go on', async () => {
    const { guard, log, settle } = begin({ a: 'ask' });
    guard.mayClose();
    guard.answered('background');
    await settle();
    expect(log).toEqual(['ask a', 'close']);
  });

  test('VMs with settled wishes are ended without a question', async () => {
    const { guard, log, settle } = begin({ a: 'suspend' });
    expect(guard.mayClose()).toBe(false);
    await settle();
    expect(log).toEqual(['vm.suspend a', 'close']);
  });

  test('what cannot be suspended keeps the window, which says why', async () => {
    const { guard, log, settle } = begin({ a: 'ask' }, { fails: true });
    guard.mayClose();
    guard.answered('suspend');
    await settle();
    expect(log).toEqual(['ask a', 'vm.suspend a', 'failed disk-full']);
    expect(guard.mayClose()).toBe(false);
  });

  test('an answer that nobody asked for does nothing', async () => {
    const { guard, log, settle } = begin({ a: 'ask' });
    guard.answered('powerOff');
    await settle();
    expect(log).toEqual([]);
  });
});

describe('quitting', () => {
  test('ends after the answer', async () => {
    const { guard, log, settle } = begin({ a: 'ask' });
    expect(guard.mayQuit()).toBe(false);
    guard.answered('powerOff');
    await settle();
    expect(log).toEqual(['ask a', 'vm.powerOff a', 'close', 'quit']);
    expect(guard.mayQuit()).toBe(true);
  });

  test('without a window every VM is saved first', async () => {
    const { guard, log, settle } = begin({ a: 'ask', b: 'powerOff', c: 'background' }, { hasWindow: false });
    expect(guard.mayQuit()).toBe(false);
    await settle();
    expect(log).toEqual(['vm.suspend a', 'vm.powerOff b', 'vm.suspend c', 'quit']);
  });
});
