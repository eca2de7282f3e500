import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasQemuImg } from '../../support/qemu-img';
import { crashAt, prepareScenario, scenarios } from '../../support/snapshot-crashes';

// Every operation is followed by a crash of one kind; tests/long has all kinds, before and after.
describe.each(scenarios)('a crash while $name', (scenario) => {
  it('leaves one whole instant, every flushed step and every other snapshot', { timeout: 120_000 }, async () => {
    const prepared = await prepareScenario(scenario);
    expect(prepared.operations).toBeGreaterThan(10);
    const folder = mkdtempSync(path.join(tmpdir(), 'subzero-snap-'));
    try {
      for (let operation = 0; operation < prepared.operations; operation++) {
        const loss = (['kill', 'power', 'partly'] as const)[operation % 3]!;
        const withImages = hasQemuImg && operation % 31 === 0;
        await crashAt(prepared, operation * 2 + 1, [loss], withImages ? folder : undefined);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
