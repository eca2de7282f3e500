// Guests without an operating system for the window's figures: flat 32-bit code behind a Multiboot header.

const BASE = 0x100000;
const HEADER_BYTES = 32;
const MAGIC = 0x1badb002;
const HAS_ADDRESSES = 1 << 16;

const DAC_INDEX = 0x3c8;
const FULL = 0x3f;
/** out dx, al: red, green and blue alike. */
const OUT_GREY = [0xee, 0xee, 0xee];

/**
 * Inverts the text screen at each byte that the keyboard sends, by the colours of paper and ink: that takes the guest no time
 * to speak of. Waits in a loop: the answer comes as fast as it can.
 */
export const invertingGuest = () =>
  multiboot([
    ...[0xfa, 0x31, 0xdb], // cli; xor ebx, ebx
    ...[0xe4, 0x64, 0xa8, 0x01, 0x74, 0xfa], // again: in al, 0x64; test al, 1; jz again
    ...[0xe4, 0x60, 0x80, 0xf3, FULL], // in al, 0x60; xor bl, 0x3f
    ...[0x66, 0xba, DAC_INDEX & 0xff, DAC_INDEX >> 8, 0xb0, 0x00, 0xee], // mov dx, 0x3c8; mov al, 0; out dx, al
    ...[0x42, 0x88, 0xd8, ...OUT_GREY], // inc edx; mov al, bl
    ...[0x4a, 0xb0, 0x07, 0xee], // dec edx; mov al, 7; out dx, al
    ...[0x42, 0x88, 0xd8, 0x34, FULL, ...OUT_GREY], // inc edx; mov al, bl; xor al, 0x3f
    ...[0xeb, 0xda], // jmp again
  ]);

/** Scrolls text without end: each row goes up, the last one gets another letter. */
export const scrollingGuest = () =>
  multiboot([
    ...[0xfa, 0xfc, 0xb3, 0x41], // cli; cld; mov bl, 'A'
    ...[0xbe, 0xa0, 0x80, 0x0b, 0x00, 0xbf, 0x00, 0x80, 0x0b, 0x00], // next: mov esi, 0xb80a0; mov edi, 0xb8000
    ...[0xb9, ...dword((24 * 160) / 4), 0xf3, 0xa5], // mov ecx, 960; rep movsd
    ...[0x88, 0xd8, 0xb4, 0x07, 0xb9, ...dword(80), 0xf3, 0x66, 0xab], // mov al, bl; mov ah, 7; mov ecx, 80; rep stosw
    ...[0xfe, 0xc3, 0x80, 0xe3, 0x1f, 0x80, 0xcb, 0x40], // inc bl; and bl, 0x1f; or bl, 0x40
    ...[0xb9, ...dword(2_000_000), 0xe2, 0xfe], // mov ecx, 2000000; loop
    ...[0xeb, 0xd2], // jmp next
  ]);

/** Fills its memory from 2 MiB on with numbers that do not compress, over and over; a '#' on the screen says that it is full. */
export const fillingGuest = (memoryMiB) =>
  multiboot([
    ...[0xfa, 0xfc, 0xb8, 0x01, 0x00, 0x00, 0x00], // cli; cld; mov eax, 1
    ...[0xbf, ...dword(2 << 20)], // again: mov edi, 2 MiB
    ...[0x69, 0xc0, ...dword(1664525), 0x05, ...dword(1013904223)], // next: imul eax, eax, …; add eax, …
    ...[0xab, 0x81, 0xff, ...dword((memoryMiB - 1) << 20), 0x72, 0xec], // stosd; cmp edi, end; jb next
    ...[0xc6, 0x05, ...dword(0xb8000), 0x23, 0xeb, 0xde], // mov byte [0xb8000], '#'; jmp again
  ]);

/** Sleeps for good. */
export const idleGuest = () =>
  multiboot([
    ...[0xb0, 0xff, 0xe6, 0x21, 0xe6, 0xa1], // mov al, 0xff; out 0x21, al; out 0xa1, al: there is no IDT, so no interrupt may come
    ...[0xfb, 0xf4, 0xeb, 0xfd], // sti; sleep: hlt; jmp sleep
  ]);

function dword(value) {
  return [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, (value >>> 24) & 0xff];
}

/** Multiboot specification 0.6.96, "Header layout", with the address fields. */
function multiboot(code) {
  const end = BASE + HEADER_BYTES + code.length;
  const fields = [MAGIC, HAS_ADDRESSES, -(MAGIC + HAS_ADDRESSES), BASE, BASE, end, end, BASE + HEADER_BYTES];
  return Buffer.from([...fields.flatMap((field) => dword(field | 0)), ...code]);
}
