/**
 * Kernels of our own for the protocols that enter 32-bit protected mode. Each writes EBX, EAX and the bytes from EBX on to port 0xE9,
 * and ends through the debug exit at 0xF4 with 0x2A.
 */
export const DUMPED_BYTES = 0x1800;
const ENTRY = 0x100000;
const HEADER_ROOM = 0x80;
const NOTE_AT = 0x40;

const CODE = [
  ...[0xfc, 0x50, 0x53, 0x89, 0xe6], // cld; push eax; push ebx; mov esi, esp
  ...[0xb9, 8, 0, 0, 0, 0xac, 0xe6, 0xe9, 0xe2, 0xfb], // mov ecx, 8; lodsb; out 0xe9, al; loop
  ...[0x89, 0xde, 0xb9, DUMPED_BYTES & 0xff, DUMPED_BYTES >> 8, 0, 0, 0xac, 0xe6, 0xe9, 0xe2, 0xfb],
  ...[0xb0, 0x2a, 0xe6, 0xf4, 0xf4], // mov al, 0x2a; out 0xf4, al; hlt
];

function words(...values: number[]): number[] {
  return values.flatMap((value) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff));
}

const halves = (low: number, high: number): number => low | (high << 16);

/** One segment at 1 MiB: the header, then the code. `note`: a note segment within it. */
function elf(header: readonly number[], note: readonly number[] = []): Uint8Array {
  const segment = [...header];
  while (segment.length < HEADER_ROOM) segment.push(0);
  segment.splice(NOTE_AT, note.length, ...note);
  segment.push(...CODE);
  const at = 0x1000;
  const file = new Uint8Array(at + segment.length);
  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  file.set(words(0x00030002, 1, ENTRY + HEADER_ROOM, 52, 0, 0, halves(52, 32), note.length > 0 ? 2 : 1), 16);
  file.set(words(1, at, ENTRY, ENTRY, segment.length, segment.length, 7, 4096), 52);
  if (note.length > 0) file.set(words(4, at + NOTE_AT, 0, 0, note.length, note.length, 4, 4), 84);
  file.set(segment, at);
  return file;
}

/** Wants a linear mode of that size and depth. */
export function multiboot1VideoKernel(width: number, height: number, depth: number): Uint8Array {
  const flags = 7;
  return elf(words(0x1badb002, flags, -(0x1badb002 + flags), 0, 0, 0, 0, 0, 0, width, height, depth));
}

/** Requires the information of types 1, 3, 4, 6, 8, 9, 14 and 15 and, unless absent, wants a framebuffer. */
export function multiboot2Kernel(video?: readonly [width: number, height: number, depth: number]): Uint8Array {
  const tags = words(halves(1, 0), 40, 1, 3, 4, 6, 8, 9, 14, 15);
  if (video !== undefined) tags.push(...words(halves(5, 0), 20, ...video, 0));
  tags.push(...words(0, 8));
  const length = 16 + tags.length;
  return elf(words(0xe85250d6, 0, length, -(0xe85250d6 + length)).concat(tags));
}

export function pvhKernel(): Uint8Array {
  return elf([], words(4, 4, 18, 0x006e6558, ENTRY + HEADER_ROOM));
}
