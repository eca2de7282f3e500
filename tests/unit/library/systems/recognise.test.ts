import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FEATURES } from '../../../../src/cpu/emulated/features';
import type { OpticalVolume } from '../../../../src/disk/optical/optical-volume';
import { machineHas, missingFor } from '../../../../src/library/systems/abilities';
import { familySystems, ownSystems } from '../../../../src/library/systems/own-systems';
import { recogniseSystem, systemChoices } from '../../../../src/library/systems/recognise';
import { readSystemTable, type SystemMedium } from '../../../../src/library/systems/system-table';
import { sampleOf } from '../../../support/regex-sample';
import { FILE_CASES, VOLUME_CASES } from './own-cases';

const TABLE_FILE = new URL('../../../../build/out/systems/systems.json', import.meta.url);
const table = await readSystemTable(TABLE_FILE.pathname);

const BOOTABLE = { bios: true, efi: true };
function disc(parts: Partial<OpticalVolume>): OpticalVolume {
  const none = { volumeId: '', systemId: '', publisherId: '', applicationId: '', jolietId: '', udfId: '' };
  return { ...none, volumeBytes: 0, boot: BOOTABLE, ...parts };
}
const ofVolume = (volumeId: string, fileName = 'x.iso') =>
  recogniseSystem({ fileName, volume: disc({ volumeId }) }, table);
const ofFile = (fileName: string) => recogniseSystem({ fileName, volume: undefined }, table);

describe("Subzero's own list", () => {
  test.each(VOLUME_CASES)('%s is told by the volume %j', (id, volumeId) => {
    expect(ofVolume(volumeId).os.id).toBe(id);
  });

  test.each(FILE_CASES)('%s is told by the file name %j', (id, fileName) => {
    expect(ofFile(fileName).os.id).toBe(id);
  });

  test('has a case for each way to tell each entry', () => {
    for (const [cases, key] of [
      [VOLUME_CASES, 'volume'],
      [FILE_CASES, 'file'],
    ] as const) {
      const covered = new Set(cases.map(([id]) => id));
      const rows = [...ownSystems, ...familySystems].filter((row) => row[key] !== undefined);
      expect(rows.map(({ id }) => id).filter((id) => !covered.has(id))).toEqual([]);
    }
  });

  test('names each entry once and calls nothing tested that the results do not list', () => {
    const ids = [...ownSystems, ...familySystems].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const results = readFileSync(new URL('../../../guest/RESULTS.md', import.meta.url), 'utf8').toLowerCase();
    for (const { tested } of ownSystems) {
      if (tested !== undefined) expect(results).toContain(tested.toLowerCase());
    }
  });
});

describe("osinfo-db's list", () => {
  const media = table.flatMap((system) => system.media.map((medium) => ({ system, medium })));

  test('is there with its patterns', () => {
    expect(table.length).toBeGreaterThan(500);
    expect(media.length).toBeGreaterThan(1500);
  });

  test('tells each of its media as the system it belongs to, or as one that has the same description', () => {
    const wrong: string[] = [];
    let exact = 0;
    let sampled = 0;
    for (const { system, medium } of media) {
      const volume = sampleDisc(medium);
      if (volume === undefined) continue;
      sampled++;
      const { os } = recogniseSystem({ fileName: 'x', volume }, table);
      const isOwn = ownSystems.some(({ id }) => id === os.id);
      const found = table.find(({ id }) => id === os.id);
      if (os.id === system.id) exact++;
      else if (!isOwn && !found?.media.some((other) => describes(other, volume))) wrong.push(`${system.id}: ${os.id}`);
    }
    expect(wrong).toEqual([]);
    expect(sampled / media.length).toBeGreaterThan(0.97);
    expect(exact / sampled).toBeGreaterThan(0.8);
  });

  test.each([
    ['debian11', disc({ volumeId: 'Debian 11.6.0 amd64 n' })],
    ['fedora37', disc({ volumeId: 'Fedora-WS-Live-37-1-7' })],
    ['winxp', disc({ volumeId: 'GRTMPFPP_EN', publisherId: 'MICROSOFT CORPORATION' })],
    ['win7', disc({ volumeId: 'GSP1RMCULXFRER_EN_DVD', publisherId: 'MICROSOFT CORPORATION' })],
    ['rocky9', disc({ volumeId: 'Rocky-9-4-x86_64-dvd' })],
    ['freebsd13.1', disc({ volumeId: '13_1_RELEASE_AMD64_CD', systemId: 'FreeBSD' })],
  ])('%s', (id, volume) => {
    expect(recogniseSystem({ fileName: 'x', volume }, table).os.id).toBe(id);
  });
});

describe('the line that says whether it runs', () => {
  test.each([
    ['Windows 11 needs UEFI and a TPM', ofVolume('Win11_24H2'), ['uefi', 'tpm']],
    ['another architecture', ofVolume('Debian 12.5.0 arm64 n'), ['architecture']],
    [
      'a disc that only UEFI can start',
      recogniseSystem(
        { fileName: 'x', volume: disc({ volumeId: 'ARCH_202411', boot: { bios: false, efi: true } }) },
        table,
      ),
      ['uefi'],
    ],
    [
      'a disc that nothing can start',
      recogniseSystem(
        { fileName: 'x', volume: disc({ volumeId: 'PHOTOS', boot: { bios: false, efi: false } }) },
        table,
      ),
      ['not-bootable'],
    ],
  ])('%s', (_what, { verdict }, missing) => {
    expect(verdict).toEqual({ kind: 'cannot', missing });
  });

  test('RHEL 10, built for x86-64-v3, is expected to run', () => {
    expect(ofVolume('RHEL-10-0-BaseOS-x86_64').verdict).toEqual({ kind: 'expected' });
  });

  test('a disc that may be Windows 11 says so', () => {
    expect(ofVolume('CCCOMA_X64FRE_EN-US_DV9').verdict).toEqual({
      kind: 'expected',
      unless: { name: 'Windows 11', missing: ['uefi', 'tpm'] },
    });
  });

  test('what was tried here says in which version', () => {
    expect(ofVolume('ISOIMAGE', 'grub-rescue-cdrom.iso').verdict).toEqual({ kind: 'tested', version: '2.06' });
    expect(ofVolume('MT86PLUS_64', 'memtest86plus.iso').verdict).toEqual({ kind: 'tested', version: '6.10' });
    expect(ofVolume('iPXE', 'ipxe.iso').verdict).toEqual({ kind: 'tested', version: '1.0.0' });
  });

  test('the machine is said to lack x86-64-v3 exactly as long as its CPU does', () => {
    const v3 = ['avx', 'avx2', 'bmi1', 'bmi2', 'f16c', 'fma', 'lzcnt', 'movbe', 'xsave'];
    const has = v3.every((name) => FEATURES.some((feature) => feature.name === name && feature.isImplemented));
    expect(machineHas['x86-64-v3']).toBe(has);
  });

  test('more memory than the machine can have is said', () => {
    const boot = undefined;
    expect(missingFor({ parts: [], arch: 'x86_64', minMemoryMiB: 3072, boot })).toEqual([]);
    expect(missingFor({ parts: [], arch: 'x86_64', minMemoryMiB: 4096, boot })).toEqual(['memory']);
  });
});

test('every system fits the machine and has a name and an icon', () => {
  const choices = systemChoices(table);
  expect(choices.length).toBeGreaterThan(700);
  expect(choices.at(-1)?.os.id).toBe('other');
  for (const { os, memoryMiB, diskGiB } of choices) {
    expect(os.name.length).toBeGreaterThan(0);
    expect(os.icon).toMatch(/^[a-z]+$/);
    expect(memoryMiB).toBeGreaterThanOrEqual(1);
    expect(memoryMiB).toBeLessThanOrEqual(3072);
    expect(diskGiB).toBeLessThanOrEqual(2048);
  }
  expect(new Set(choices.map(({ os }) => os.id)).size).toBe(choices.length);
});

test.each(['<img src=x>', '((((((((((a', `${'a'.repeat(126)}!`, '\u0000', '../../etc/passwd'])(
  'a hostile name is other: %j',
  (volumeId) => {
    expect(ofVolume(volumeId).os.id).toBe('other');
  },
);

function sampleDisc(medium: SystemMedium): OpticalVolume | undefined {
  for (const generous of [false, true]) {
    const text = (pattern: string | undefined) => (pattern === undefined ? '' : sampleOf(pattern, generous));
    const volume = disc({
      volumeId: text(medium.volume),
      systemId: text(medium.system),
      publisherId: text(medium.publisher),
      applicationId: text(medium.application),
      volumeBytes: medium.volumeBytes ?? 0,
    });
    if (describes(medium, volume)) return volume;
  }
  return undefined;
}

function describes(medium: SystemMedium, volume: OpticalVolume): boolean {
  const agrees = (pattern: string | undefined, text: string) => pattern === undefined || new RegExp(pattern).test(text);
  return (
    agrees(medium.volume, volume.volumeId) &&
    agrees(medium.system, volume.systemId) &&
    agrees(medium.publisher, volume.publisherId) &&
    agrees(medium.application, volume.applicationId) &&
    (medium.volumeBytes === undefined || medium.volumeBytes === volume.volumeBytes)
  );
}
