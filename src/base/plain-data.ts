/**
 * A byte form of plain data: what JSON has, and bigint and Uint8Array. One tag byte per value, lengths as LEB128. A field
 * that is undefined is left out, as in JSON. Decoding takes untrusted bytes: depth, counts and lengths are bounded.
 */
import { VmError } from './errors';

export type PlainData =
  | null
  | boolean
  | number
  | string
  | bigint
  | Uint8Array
  | readonly PlainData[]
  | { readonly [key: string]: PlainData | undefined };

const TAG_NULL = 0;
const TAG_FALSE = 1;
const TAG_TRUE = 2;
/** A whole number from -2^31 to 2^32 - 1, zigzag. */
const TAG_INTEGER = 3;
const TAG_DOUBLE = 4;
const TAG_STRING = 5;
/** Sign byte, then the magnitude's bytes, low first. */
const TAG_BIGINT = 6;
const TAG_BYTES = 7;
const TAG_ARRAY = 8;
const TAG_OBJECT = 9;

const MAX_DEPTH = 64;

export function encodePlain(value: PlainData): Uint8Array {
  const encoder = new Encoder();
  encoder.value(value, 0);
  return encoder.result();
}

/** Throws 'snapshot-corrupt' when the bytes are not exactly one value. */
export function decodePlain(bytes: Uint8Array): PlainData {
  const decoder = new Decoder(bytes);
  const value = decoder.value(0);
  if (!decoder.isAtEnd) throw damaged('more follows than was expected');
  return value;
}

function damaged(problem: string): VmError {
  return new VmError('snapshot-corrupt', `saved data is damaged: ${problem}`);
}

class Encoder {
  #bytes = new Uint8Array(4096);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;
  readonly #text = new TextEncoder();

  result(): Uint8Array {
    return this.#bytes.slice(0, this.#at);
  }

  value(value: PlainData | undefined, depth: number): void {
    if (depth > MAX_DEPTH) throw new VmError('internal', 'data to be saved is nested too deeply');
    switch (typeof value) {
      case 'boolean':
        this.#byte(value ? TAG_TRUE : TAG_FALSE);
        break;
      case 'number':
        this.#number(value);
        break;
      case 'string':
        this.#byte(TAG_STRING);
        this.#lengthAndBytes(this.#text.encode(value));
        break;
      case 'bigint':
        this.#bigint(value);
        break;
      case 'object':
        this.#object(value, depth);
        break;
      default:
        throw new VmError('internal', `a ${typeof value} cannot be saved`);
    }
  }

  #object(
    value: null | Uint8Array | readonly PlainData[] | { readonly [key: string]: PlainData | undefined },
    depth: number,
  ): void {
    if (value === null) {
      this.#byte(TAG_NULL);
    } else if (value instanceof Uint8Array) {
      this.#byte(TAG_BYTES);
      this.#lengthAndBytes(value);
    } else if (Array.isArray(value)) {
      this.#byte(TAG_ARRAY);
      this.#length(value.length);
      for (const item of value as readonly PlainData[]) this.value(item, depth + 1);
    } else {
      const prototype = Object.getPrototypeOf(value) as unknown;
      if (prototype !== Object.prototype && prototype !== null) {
        throw new VmError('internal', `a ${value.constructor.name} cannot be saved`);
      }
      const fields = Object.entries(value).filter(([, field]) => field !== undefined);
      this.#byte(TAG_OBJECT);
      this.#length(fields.length);
      for (const [key, field] of fields) {
        this.#lengthAndBytes(this.#text.encode(key));
        this.value(field as PlainData, depth + 1);
      }
    }
  }

  #number(value: number): void {
    if (Number.isInteger(value) && value >= -0x8000_0000 && value <= 0xffff_ffff && !Object.is(value, -0)) {
      this.#byte(TAG_INTEGER);
      this.#length(value >= 0 ? value * 2 : -value * 2 - 1);
    } else {
      this.#byte(TAG_DOUBLE);
      this.#reserve(8);
      this.#view.setFloat64(this.#at, value, true);
      this.#at += 8;
    }
  }

  #bigint(value: bigint): void {
    this.#byte(TAG_BIGINT);
    this.#byte(value < 0n ? 1 : 0);
    const bytes: number[] = [];
    for (let rest = value < 0n ? -value : value; rest > 0n; rest >>= 8n) bytes.push(Number(rest & 0xffn));
    this.#lengthAndBytes(Uint8Array.from(bytes));
  }

  #lengthAndBytes(bytes: Uint8Array): void {
    this.#length(bytes.length);
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #length(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#byte((rest % 0x80) | 0x80);
    this.#byte(rest);
  }

  #byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#at++] = value;
  }

  #reserve(count: number): void {
    if (this.#at + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + count));
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

class Decoder {
  readonly #view: DataView;
  readonly #text = new TextDecoder('utf-8', { fatal: true });
  #at = 0;

  constructor(private readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get isAtEnd(): boolean {
    return this.#at === this.bytes.length;
  }

  value(depth: number): PlainData {
    if (depth > MAX_DEPTH) throw damaged('it is nested too deeply');
    const tag = this.#byte();
    switch (tag) {
      case TAG_NULL:
        return null;
      case TAG_FALSE:
        return false;
      case TAG_TRUE:
        return true;
      case TAG_INTEGER: {
        const folded = this.#length();
        return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
      }
      case TAG_DOUBLE: {
        const at = this.#take(8);
        return this.#view.getFloat64(at, true);
      }
      case TAG_STRING:
        return this.#string();
      case TAG_BIGINT:
        return this.#bigint();
      case TAG_BYTES:
        return this.#slice(this.#length()).slice();
      case TAG_ARRAY: {
        const items: PlainData[] = [];
        for (let count = this.#count(); count > 0; count--) items.push(this.value(depth + 1));
        return items;
      }
      case TAG_OBJECT: {
        const fields: [string, PlainData][] = [];
        for (let count = this.#count(); count > 0; count--) fields.push([this.#string(), this.value(depth + 1)]);
        // Makes even '__proto__' an ordinary field.
        return Object.fromEntries(fields);
      }
      default:
        throw damaged(`unknown kind of value ${tag}`);
    }
  }

  #bigint(): bigint {
    const isNegative = this.#byte() !== 0;
    const bytes = this.#slice(this.#length());
    if (bytes.length > 1024) throw damaged('a number is too long');
    let value = 0n;
    for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
    return isNegative ? -value : value;
  }

  #string(): string {
    const bytes = this.#slice(this.#length());
    try {
      return this.#text.decode(bytes);
    } catch (error) {
      throw new VmError('snapshot-corrupt', 'saved data is damaged: a text is not UTF-8', undefined, error);
    }
  }

  /** Every item takes a byte at least, so a count beyond what is left is a lie. */
  #count(): number {
    const count = this.#length();
    if (count > this.bytes.length - this.#at) throw damaged('a list is cut off');
    return count;
  }

  #length(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw damaged('a length is too large');
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
  }

  #slice(length: number): Uint8Array {
    const at = this.#take(length);
    return this.bytes.subarray(at, at + length);
  }

  #byte(): number {
    return this.bytes[this.#take(1)]!;
  }

  #take(length: number): number {
    if (length > this.bytes.length - this.#at) throw damaged('it is cut off');
    const at = this.#at;
    this.#at += length;
    return at;
  }
}
