import { describe, expect, test } from 'vitest';
import { Lifecycle } from '../../../src/guest/lifecycle';
import type { VmStatus } from '../../../src/protocol/guest';

describe('lifecycle', () => {
  test('tells every move and refuses illegal ones', () => {
    const seen: string[] = [];
    const lifecycle = new Lifecycle((status: VmStatus) => seen.push(status.kind));
    lifecycle.move({ kind: 'starting', step: 'disks' });
    lifecycle.move({ kind: 'running' });
    expect(() => lifecycle.move({ kind: 'suspended' })).toThrow(/cannot become suspended/);
    expect(lifecycle.status.kind).toBe('running');
    expect(seen).toEqual(['starting', 'running']);
  });

  test('requests run one after the other, also after one that failed', async () => {
    const lifecycle = new Lifecycle(() => undefined);
    const order: number[] = [];
    const first = lifecycle.enqueue(async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      order.push(1);
      throw new Error('no');
    });
    const second = lifecycle.enqueue(async () => order.push(2));
    await expect(first).rejects.toThrow('no');
    await second;
    expect(order).toEqual([1, 2]);
  });

  test('expect names the request and the state', () => {
    const lifecycle = new Lifecycle(() => undefined);
    expect(() => lifecycle.expect('pause', 'running')).toThrow('cannot pause while the VM is stopped');
  });
});
