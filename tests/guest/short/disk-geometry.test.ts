import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Cli } from '../../support/guest-cli';
import { TextAssembler } from '../../support/isa/text-assembler';

const cli = new Cli();
afterAll(() => cli.close());

const SECTOR = 512;
const BOOT = 0x7c00;
const [CYLINDER, HEAD, RECORD] = [5, 3, 2];

/** Reads one sector by its cylinder, head and record, and prints what stands there. */
const LOADER = `
  bits 16
  mov ax, 0; mov ds, ax; mov es, ax
  mov ax, 0x201; mov bx, 0x8000; mov cx, ${(CYLINDER << 8) | RECORD}; mov dx, ${(HEAD << 8) | 0x80}
  int 0x13
  jb .end
  mov si, 0x8000
.next:
  lodsb; test al, al; je .end
  mov ah, 0xe; mov bx, 7; int 0x10
  jmp .next
.end:
  hlt; jmp .end
`;

function put(disk: Uint8Array, heads: number, sectors: number, cylinders: number): void {
  disk.set(new TextAssembler(BOOT).text(LOADER, 'loader').finish());
  const last = cylinders - 1;
  const view = new DataView(disk.buffer);
  disk.set([0x80, 1, 1, 0, 6, heads - 1, sectors | ((last >> 2) & 0xc0), last & 0xff], 446);
  view.setUint32(454, sectors, true);
  view.setUint32(458, (cylinders * heads - 1) * sectors, true);
  disk.set([0x55, 0xaa], 510);
  disk.set(
    Buffer.from(`sector of ${heads} heads\r\n\0`, 'latin1'),
    ((CYLINDER * heads + HEAD) * sectors + RECORD - 1) * SECTOR,
  );
}

test.each([
  ['an old small disk, on IDE', 4, 17, 306, 'ide'],
  ['one that was divided by translated addresses, on IDE', 255, 63, 8, 'ide'],
  ['the same on AHCI', 255, 63, 8, 'sata'],
])('the BIOS counts as the partition table does: %s', async (_what, heads, sectors, cylinders, bus) => {
  const image = join(cli.home, `${bus}-${heads}.img`);
  const disk = new Uint8Array(cylinders * heads * sectors * SECTOR);
  put(disk, heads, sectors, cylinders);
  writeFileSync(image, disk);
  const { status, stderr } = await cli.run([
    ...['run', '--headless', '--memory', '16', '--disk', image, '--disk-bus', bus],
    ...['--until', `sector of ${heads} heads`, '--timeout', '200'],
  ]);
  expect(status, stderr).toBe(0);
});
