import { describe, expect, test } from 'vitest';
import { trayMenu, trayToolTip } from '../../../electron/main/tray-menu';
import type { VmItem } from '../../../src/protocol/app';

const vm = (name: string, runs: VmItem['runs'], kind: 'running' | 'paused' | 'stopped'): VmItem =>
  ({ id: name.toLowerCase(), name, runs, status: kind === 'paused' ? { kind, reason: 'user' } : { kind } }) as VmItem;

function menu(...items: VmItem[]) {
  const log: string[] = [];
  const entries = trayMenu(items, {
    show: (id) => log.push(`show ${id ?? ''}`),
    end: () => log.push('end'),
    quit: () => log.push('quit'),
  });
  const click = (label: string) =>
    (entries.find((entry) => entry.label === label)?.click as (() => void) | undefined)?.();
  return { log, click, labels: entries.map(({ label, type }) => label ?? type) };
}

describe('the menu of the tray', () => {
  test('lists the VMs that run here, each leading to its tab', () => {
    const { labels, click, log } = menu(
      vm('Lab', 'here', 'running'),
      vm('R&D', 'here', 'paused'),
      vm('Other', 'elsewhere', 'running'),
      vm('Off', 'nowhere', 'stopped'),
    );
    expect(labels).toEqual([
      'Open Subzero',
      'separator',
      'Lab: Running',
      'R&&D: Paused',
      'separator',
      'Suspend Virtual Machines and Exit',
    ]);
    click('R&&D: Paused');
    click('Open Subzero');
    click('Suspend Virtual Machines and Exit');
    expect(log).toEqual(['show r&d', 'show ', 'end']);
  });

  test('without running VMs it just exits', () => {
    const { click, log } = menu(vm('Off', 'nowhere', 'stopped'));
    click('Exit');
    expect(log).toEqual(['quit']);
  });

  test('says how many run', () => {
    expect(trayToolTip([vm('a', 'here', 'running')])).toBe('Subzero: 1 virtual machine is running');
    expect(trayToolTip([vm('a', 'here', 'running'), vm('b', 'here', 'paused')])).toBe(
      'Subzero: 2 virtual machines are running',
    );
  });
});
