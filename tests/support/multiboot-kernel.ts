/**
 * A Multiboot kernel of our own, assembled here: writes to port 0xE9 what its loader told it, then ends through the debug
 * exit at 0xF4 with 0x2A (1 when the magic is wrong). Lines: command line; for each module its command line and its
 * contents (up to a NUL); then raw: memory sizes (8 bytes), the memory map, four bytes of its BSS.
 */
export function multibootKernel(moduleCount: number): Uint8Array {
  const code: number[] = [];
  const calls: number[] = [];
  const emit = (...bytes: number[]): void => void code.push(...bytes);
  const print = (): void => {
    emit(0xe8, 0, 0, 0, 0);
    calls.push(code.length);
  };
  const dump = (): void => emit(0xac, 0xe6, 0xe9, 0xe2, 0xfb); // lodsb; out 0xe9, al; loop
  emit(0x3d, 0x02, 0xb0, 0xad, 0x2b, 0x0f, 0x85, 0, 0, 0, 0); // cmp eax, 0x2badb002; jne failed
  const failed = code.length;
  emit(0x8b, 0x73, 16); // mov esi, [ebx + 16]
  print();
  for (let i = 0; i < moduleCount; i++) {
    emit(0x8b, 0x53, 24, 0x8b, 0x72, 16 * i + 8); // mov edx, [ebx + 24]; mov esi, [edx + 16 i + 8]
    print();
    emit(0x8b, 0x53, 24, 0x8b, 0x72, 16 * i); // mov esi, [edx + 16 i]
    print();
  }
  emit(0x8d, 0x73, 4, 0xb9, 8, 0, 0, 0); // lea esi, [ebx + 4]; mov ecx, 8
  dump();
  emit(0x8b, 0x4b, 44, 0x8b, 0x73, 48); // mov ecx, [ebx + 44]; mov esi, [ebx + 48]
  dump();
  emit(0xbe, 0x00, 0x10, 0x10, 0x00, 0xb9, 4, 0, 0, 0); // mov esi, 0x101000; mov ecx, 4
  dump();
  emit(0xb0, 0x2a, 0xe6, 0xf4, 0xf4); // mov al, 0x2a; out 0xf4, al; hlt
  patch(code, failed, code.length);
  emit(0xb0, 0x01, 0xe6, 0xf4, 0xf4);
  for (const call of calls) patch(code, call, code.length);
  // lodsb; test al, al; jz +4; out 0xe9, al; jmp back; mov al, '\n'; out 0xe9, al; ret
  emit(0xac, 0x84, 0xc0, 0x74, 4, 0xe6, 0xe9, 0xeb, 0xf7, 0xb0, 0x0a, 0xe6, 0xe9, 0xc3);
  return multibootElf(code);
}

/** Writes the distance from `from` to `to` into the four bytes before `from`. */
function patch(code: number[], from: number, to: number): void {
  for (let i = 0; i < 4; i++) code[from - 4 + i] = ((to - from) >> (8 * i)) & 0xff;
}

/** Code begins this far into the segment. */
export const MULTIBOOT_START = 0x20;

/** One segment at 1 MiB, linked at 3 GiB + 1 MiB, header first, BSS behind. */
export function multibootElf(code: readonly number[]): Uint8Array {
  const HEADER = MULTIBOOT_START;
  const file = new Uint8Array(0x1000 + code.length);
  const view = new DataView(file.buffer);
  const put = (at: number, ...values: number[]): void =>
    values.forEach((value, i) => {
      view.setUint32(at + 4 * i, value >>> 0, true);
    });
  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  put(16, 0x00030002, 1, 0xc0100000 + HEADER, 52, 0, 0);
  put(40, (32 << 16) | 52, 1);
  const start = 0x1000 - HEADER;
  put(52, 1, start, 0xc0100000, 0x100000, HEADER + code.length, 0x3000);
  put(start, 0x1badb002, 3, -(0x1badb002 + 3));
  file.set(code, 0x1000);
  return file;
}
