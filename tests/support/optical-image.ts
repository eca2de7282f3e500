/** Writes small optical disc images, sector by sector, for the tests of what reads them. */
export interface OpticalImageOptions {
  readonly volumeId?: string;
  readonly systemId?: string;
  readonly publisherId?: string;
  readonly applicationId?: string;
  readonly jolietId?: string;
  readonly udfId?: string;
  readonly volumeBlocks?: number;
  /** Platforms of the El Torito catalogue: the first is the default entry's. */
  readonly boots?: readonly ('bios' | 'efi')[];
}

const SECTOR = 2048;
const CATALOG = 40;

export function opticalImage(options: OpticalImageOptions): Uint8Array {
  const image = new Uint8Array(300 * SECTOR);
  const view = new DataView(image.buffer);
  const text = (at: number, length: number, value: string): void => {
    for (let i = 0; i < length; i++) image[at + i] = i < value.length ? value.charCodeAt(i) : 0x20;
  };
  let next = 16;
  const descriptor = (type: number, id = 'CD001'): number => {
    const at = next++ * SECTOR;
    image[at] = type;
    text(at + 1, 5, id);
    image[at + 6] = 1;
    return at;
  };
  const { boots = [], volumeId, jolietId, udfId } = options;
  if (volumeId !== undefined) {
    const at = descriptor(1);
    text(at + 8, 32, options.systemId ?? '');
    text(at + 40, 32, volumeId);
    view.setUint32(at + 80, options.volumeBlocks ?? 300, true);
    text(at + 318, 128, options.publisherId ?? '');
    text(at + 574, 128, options.applicationId ?? '');
  }
  if (boots.length > 0) {
    const at = descriptor(0);
    text(at + 7, 23, 'EL TORITO SPECIFICATION');
    view.setUint32(at + 0x47, CATALOG, true);
    writeCatalog(image, view, boots);
  }
  if (jolietId !== undefined) {
    const at = descriptor(2);
    text(at + 88, 3, '%/E');
    for (let i = 0; i < 16; i++) view.setUint16(at + 40 + 2 * i, jolietId.charCodeAt(i) || 0x20);
  }
  if (volumeId !== undefined) descriptor(255);
  if (udfId !== undefined) {
    for (const id of ['BEA01', 'NSR02', 'TEA01']) descriptor(0, id);
    writeUdf(image, view, udfId);
  }
  return image;
}

function writeCatalog(image: Uint8Array, view: DataView, boots: readonly ('bios' | 'efi')[]): void {
  const at = CATALOG * SECTOR;
  const platform = (boot: 'bios' | 'efi' | undefined): number => (boot === 'efi' ? 0xef : 0);
  image[at] = 1;
  image[at + 1] = platform(boots[0]);
  view.setUint16(at + 30, 0xaa55, true);
  let sum = 0;
  for (let i = 0; i < 32; i += 2) sum += view.getUint16(at + i, true);
  view.setUint16(at + 28, -sum & 0xffff, true);
  image[at + 32] = 0x88;
  boots.slice(1).forEach((boot, index) => {
    const header = at + 64 + index * 64;
    image[header] = index === boots.length - 2 ? 0x91 : 0x90;
    image[header + 1] = platform(boot);
    view.setUint16(header + 2, 1, true);
    image[header + 32] = 0x88;
  });
}

function writeUdf(image: Uint8Array, view: DataView, name: string): void {
  const tag = (sector: number, id: number): number => {
    const at = sector * SECTOR;
    view.setUint16(at, id, true);
    let sum = 0;
    for (let i = 0; i < 16; i++) if (i !== 4) sum += image[at + i] as number;
    image[at + 4] = sum;
    return at;
  };
  const anchor = tag(256, 2);
  view.setUint32(anchor + 16, 16 * SECTOR, true);
  view.setUint32(anchor + 20, 260, true);
  tag(260, 1);
  const volume = tag(261, 6);
  image[volume + 84] = 8;
  for (let i = 0; i < name.length; i++) image[volume + 85 + i] = name.charCodeAt(i);
  image[volume + 84 + 127] = name.length + 1;
  tag(262, 8);
}
