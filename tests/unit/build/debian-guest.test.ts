import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mirror, NoArchiveError } from '../../../build/guests/debian.mjs';

describe.skipIf(process.platform === 'win32')('the archive that a whole Debian is made from', () => {
  const path = process.env['PATH'];
  let folder: string;
  const aptSays = (...lines: string[]): void => {
    const apt = join(folder, 'apt-get');
    writeFileSync(apt, `#!/bin/sh\ncat <<'END'\n${lines.join('\n')}\nEND\n`);
    chmodSync(apt, 0o755);
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'subzero-test-'));
    process.env['PATH'] = `${folder}${delimiter}${path}`;
  });
  afterEach(() => {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true });
  });

  test("is the one of apt's that has the release, not its updates", async () => {
    aptSays('http://one.example bookworm-security', 'http://two.example trixie', 'http://three.example bookworm');
    expect(await mirror()).toBe('http://three.example');
  });

  test('is missing where apt has another release: its guest is left out, the others are made', async () => {
    aptSays('http://one.example trixie', 'http://one.example trixie-updates');
    await expect(mirror()).rejects.toThrow(NoArchiveError);
    await expect(mirror()).rejects.toThrow('apt knows no archive of Debian bookworm');
  });
});
