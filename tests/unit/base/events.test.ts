import { describe, expect, it } from 'vitest';
import { DisposableStore } from '../../../src/base/disposables';
import { Emitter } from '../../../src/base/events';
import { Mutex } from '../../../src/base/mutex';

describe('Emitter', () => {
  it('calls listeners in order until they are disposed', () => {
    const emitter = new Emitter<number>();
    const heard: string[] = [];
    const first = emitter.on((value) => heard.push(`a${value}`));
    emitter.on((value) => heard.push(`b${value}`));
    emitter.emit(1);
    first.dispose();
    first.dispose();
    emitter.emit(2);
    expect(heard).toEqual(['a1', 'b1', 'b2']);
  });

  it('lets the others hear when one throws', () => {
    const emitter = new Emitter<void>();
    let heard = false;
    emitter.on(() => {
      throw new Error('mine');
    });
    emitter.on(() => {
      heard = true;
    });
    expect(() => emitter.emit()).toThrow('mine');
    expect(heard).toBe(true);
  });

  it('counts listeners that come during a call from the next one', () => {
    const emitter = new Emitter<void>();
    let late = 0;
    emitter.on(() => {
      emitter.on(() => late++);
    });
    emitter.emit();
    expect(late).toBe(0);
    emitter.emit();
    expect(late).toBe(1);
  });
});

describe('DisposableStore', () => {
  it('disposes in reverse order, once, and what comes late at once', () => {
    const store = new DisposableStore();
    const order: number[] = [];
    store.addCallback(() => order.push(1));
    store.addCallback(() => order.push(2));
    store.dispose();
    store.dispose();
    store.addCallback(() => order.push(3));
    expect(order).toEqual([2, 1, 3]);
  });
});

describe('Mutex', () => {
  it('runs tasks one after the other, also after a failure', async () => {
    const mutex = new Mutex();
    const order: string[] = [];
    const task = (name: string, fails: boolean) =>
      mutex.run(async () => {
        order.push(`${name}+`);
        await new Promise((resolve) => setTimeout(resolve, 2));
        order.push(`${name}-`);
        if (fails) throw new Error(name);
      });
    const results = await Promise.allSettled([task('a', false), task('b', true), task('c', false)]);
    expect(order).toEqual(['a+', 'a-', 'b+', 'b-', 'c+', 'c-']);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});
