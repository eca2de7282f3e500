import { describe, expect, it } from 'vitest';
import { AssertionError, assert, isVmError, VmError } from '../../../src/base/errors';

describe('VmError', () => {
  it('crosses a link as code, message and detail', () => {
    const error = new VmError('disk-full', 'no room', { path: '/x' }, new Error('ENOSPC'));
    const back = VmError.fromWire(JSON.parse(JSON.stringify(error.toWire())));
    expect(back).toBeInstanceOf(VmError);
    expect(back).toMatchObject({ code: 'disk-full', message: 'no room', detail: { path: '/x' } });
    expect(new VmError('internal', 'x').toWire()).toEqual({ code: 'internal', message: 'x' });
  });

  it('is made from anything thrown and stays itself', () => {
    const error = new VmError('timeout', 'late');
    expect(VmError.from(error)).toBe(error);
    const other = VmError.from(new TypeError('odd'), 'io-error');
    expect(other).toMatchObject({ code: 'io-error', message: 'odd' });
    expect(other.cause).toBeInstanceOf(TypeError);
    expect(VmError.from('text').message).toBe('text');
    expect(isVmError(error, 'timeout')).toBe(true);
    expect(isVmError(error, 'cancelled')).toBe(false);
  });

  it('is one line without control characters, whatever a file put into it', () => {
    expect(new VmError('vm-broken', 'Unexpected token, ..."\n  "os":\u001b[31m red').message).toBe(
      'Unexpected token, ..." "os": [31m red',
    );
  });

  it('is not what a broken invariant throws', () => {
    expect(() => assert(false, 'x')).toThrow(AssertionError);
    expect(() => assert(true, 'x')).not.toThrow();
  });
});
