import { describe, expect, test } from 'vitest';
import { VmError } from '../../../src/base/errors';
import { integer, object } from '../../../src/protocol/checks';
import { Endpoint, type Frame, type Transport } from '../../../src/protocol/rpc';
import { encodeFrame, FrameReader } from '../../../src/protocol/socket-codec';

interface Calls {
  double: (args: { n: number }) => number;
  hang: (args: { n: number }) => void;
}
interface Events {
  news: string;
}

class Wire implements Transport {
  onFrame: ((frame: unknown) => void) | undefined;
  onClose: (() => void) | undefined;
  other: Wire | undefined;
  readonly sent: Frame[] = [];
  send(frame: Frame): void {
    this.sent.push(frame);
    queueMicrotask(() => this.other?.onFrame?.(frame));
  }
  close(): void {
    this.other?.onClose?.();
    this.onClose?.();
  }
}

function link() {
  const [a, b] = [new Wire(), new Wire()];
  a.other = b;
  b.other = a;
  const check = object({ n: integer(0, 100) });
  const server = new Endpoint<Record<never, never>, Record<never, never>, Calls, Events>(
    b,
    {
      double: ({ n }) => {
        if (n === 13) throw new VmError('bad-state', 'unlucky', { n: '13' });
        return n * 2;
      },
      hang: (_args, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
    },
    { double: check, hang: check },
  );
  const client = new Endpoint<Calls, Events, Record<never, never>, Record<never, never>>(a, {}, {});
  return { server, client, a, b };
}

describe('rpc', () => {
  test('calls return values and errors with code and detail', async () => {
    const { client } = link();
    await expect(client.call('double', { n: 4 })).resolves.toBe(8);
    await expect(client.call('double', { n: 13 })).rejects.toMatchObject({ code: 'bad-state', detail: { n: '13' } });
  });

  test('arguments are checked on arrival', async () => {
    const { client } = link();
    await expect(client.call('double', { n: 1000 })).rejects.toMatchObject({ code: 'bad-message' });
    await expect(client.call('double', 'x' as never)).rejects.toMatchObject({ code: 'bad-message' });
    await expect(client.call('toString' as 'double', { n: 1 })).rejects.toMatchObject({ code: 'unknown-call' });
  });

  test('events reach their listeners until removed', async () => {
    const { client, server } = link();
    const seen: string[] = [];
    const off = client.on('news', (text) => seen.push(text));
    server.emit('news', 'one');
    await Promise.resolve();
    off();
    server.emit('news', 'two');
    await Promise.resolve();
    expect(seen).toEqual(['one']);
  });

  test('a call can time out and be cancelled; the other side is told', async () => {
    const { client, a } = link();
    await expect(client.call('hang', { n: 1 }, { timeoutMs: 5 })).rejects.toMatchObject({ code: 'timeout' });
    const abort = new AbortController();
    const call = client.call('hang', { n: 1 }, { signal: abort.signal });
    abort.abort();
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
    expect(a.sent.filter(({ t }) => t === 'cancel')).toHaveLength(2);
  });

  test('the end of the link rejects what is open and what comes after', async () => {
    const { client, b } = link();
    const call = client.call('hang', { n: 1 });
    b.close();
    await expect(call).rejects.toMatchObject({ code: 'guest-gone' });
    await expect(client.call('double', { n: 1 })).rejects.toMatchObject({ code: 'guest-gone' });
  });

  test('frames of any shape never throw', () => {
    const { client, a } = link();
    for (const frame of [
      null,
      5,
      'x',
      [],
      {},
      { t: 'ok' },
      { t: 'ok', id: 'x' },
      { t: 'call', id: -1, name: 'double' },
      { t: 'event', name: 3 },
      { t: 'err', id: 1 },
    ]) {
      expect(() => a.onFrame?.(frame)).not.toThrow();
    }
    expect(client.isClosed).toBe(false);
  });

  test('another protocol version ends the link', () => {
    const { client, a } = link();
    a.onFrame?.({ t: 'hello', protocol: 999 });
    expect(client.isClosed).toBe(true);
  });
});

describe('socket frames', () => {
  test('bytes survive anywhere in a value, Buffers too', () => {
    const value = { a: [Uint8Array.of(1, 2), { b: Buffer.from([3]) }], c: new Uint8Array(0), d: 'x' };
    const [back] = new FrameReader().push(encodeFrame(value));
    expect(back).toEqual({ a: [Uint8Array.of(1, 2), { b: Uint8Array.of(3) }], c: new Uint8Array(0), d: 'x' });
  });

  test('frames arrive whole however the stream is cut', () => {
    const stream = Buffer.concat([encodeFrame({ n: 1, b: new Uint8Array(300).fill(7) }), encodeFrame({ n: 2 })]);
    const reader = new FrameReader();
    const seen: unknown[] = [];
    for (let at = 0; at < stream.length; at += 7) seen.push(...reader.push(stream.subarray(at, at + 7)));
    expect(seen).toEqual([{ n: 1, b: new Uint8Array(300).fill(7) }, { n: 2 }]);
  });

  test('a stream that is none of ours is an error', () => {
    expect(() => new FrameReader().push(Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0))).toThrow(RangeError);
    expect(() => new FrameReader().push(Uint8Array.of(8, 0, 0, 0, 200, 0, 0, 0, 1, 1, 1, 1))).toThrow(RangeError);
  });
});
