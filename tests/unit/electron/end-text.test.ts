import { afterEach, describe, expect, it } from 'vitest';
import { endText, pauseText } from '../../../electron/main/end-text';
import { setLanguage } from '../../../src/i18n/translate';

afterEach(() => setLanguage('en'));

describe('what is told of an end that nobody watched', () => {
  it('is nothing when the VM did as it was asked', () => {
    expect(endText({ kind: 'poweredOff', by: 'host' }, undefined)).toBeUndefined();
    expect(endText({ kind: 'suspended' }, undefined)).toBeUndefined();
    expect(endText(undefined, undefined)).toBeUndefined();
  });

  it('says what the guest did', () => {
    expect(endText({ kind: 'poweredOff', by: 'guest' }, undefined)).toBe('The virtual machine has powered off.');
    expect(endText({ kind: 'debugExit', status: 3 }, undefined)).toContain('status 3');
    expect(endText({ kind: 'tripleFault' }, undefined)).toContain('triple fault');
  });

  it('says why a VM was lost, in the language of the window', () => {
    const crash = { code: 'out-of-memory', message: 'no memory left' } as const;
    expect(endText(undefined, crash)).toBe('The virtual machine stopped unexpectedly: no memory left');
    setLanguage('de');
    expect(endText({ kind: 'failed', error: crash }, undefined)).toContain(
      'Der Arbeitsspeicher dieses Computers reicht nicht',
    );
  });

  it('says why a VM stands still', () => {
    expect(pauseText('diskFull')).toContain('disk is full');
    expect(pauseText('ioError')).toContain('cannot be read or written');
  });
});
