import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { MenuCircumstances } from '../../../renderer/menu-state';

vi.mock('../../../renderer/bridge/bridge', () => ({ call: () => Promise.resolve([]), onEvent: () => () => undefined }));

const OFF: MenuCircumstances = {
  vm: { kind: 'ok', status: { kind: 'stopped' } },
  isDialogOpen: false,
  hasTabs: true,
  isFullScreen: false,
  isLibraryShown: true,
  canSend: false,
  scale: 'fit',
};

describe('the native menu', () => {
  let menuStateOf: typeof import('../../../renderer/menu-state').menuStateOf;
  beforeAll(async () => {
    ({ menuStateOf } = await import('../../../renderer/menu-state'));
  });

  it('offers what the VM can do as it is', () => {
    expect(menuStateOf(OFF).possible).toContain('powerOn');
    expect(menuStateOf(OFF).possible).not.toContain('powerOff');
    const running = menuStateOf({ ...OFF, vm: { kind: 'ok', status: { kind: 'running' } }, canSend: true });
    expect(running.possible).toContain('powerOff');
    expect(running.possible).not.toContain('powerOn');
    expect(running.canSend).toBe(true);
    expect(menuStateOf({ ...OFF, vm: { kind: 'ok', status: { kind: 'suspended' } } }).possible).toContain('powerOn');
  });

  it('offers nothing of a VM where none is shown, or where it cannot be used', () => {
    const home = menuStateOf({ ...OFF, vm: undefined, hasTabs: false, scale: undefined });
    expect(home.possible).toEqual(['newVm', 'openVm', 'preferences', 'about', 'toggleLibrary']);
    expect(home.scale).toBeNull();
    const broken = menuStateOf({ ...OFF, vm: { kind: 'broken', status: { kind: 'stopped' } } });
    expect(broken.possible).not.toContain('settings');
    expect(broken.possible).toContain('closeTab');
  });

  it('leaves the word to a dialog', () => {
    expect(menuStateOf({ ...OFF, isDialogOpen: true })).toMatchObject({ possible: [], canSend: false });
  });
});
