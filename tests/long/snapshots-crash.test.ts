import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { describe, it } from 'vitest';
import { hasQemuImg } from '../support/qemu-img';
import { crashAt, prepareScenario, scenarios } from '../support/snapshot-crashes';

describe.each(scenarios)('a crash of any kind while $name', (scenario) => {
  it('leaves one whole instant, every flushed step and every other snapshot', { timeout: 3_000_000 }, async () => {
    const prepared = await prepareScenario(scenario);
    const folder = mkdtempSync(path.join(tmpdir(), 'subzero-snap-'));
    try {
      for (let killAt = 0; killAt < prepared.operations * 2; killAt++) {
        await crashAt(prepared, killAt, ['kill', 'power', 'partly', 'partly'], hasQemuImg ? folder : undefined);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
