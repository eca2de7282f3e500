import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasQemuImg } from '../../support/qemu-img';
import { crashAt, prepareScenario, scenarios } from '../../support/snapshot-crashes';

// A crash of one kind after some eighty operations of each; tests/long has every operation, before and after, all kinds.
describe.each(scenarios)('a crash while $name', (scenario) => {
  it('leaves one whole instant, every flushed step and every other snapshot', { timeout: 120_000 }, async () => {
    const prepared = await prepareScenario(scenario);
    expect(prepared.operations).toBeGreaterThan(10);
    const folder = mkdtempSync(path.join(tmpdir(), 'subzero-snap-'));
    try {
      const stride = Math.ceil(prepared.operations / 80);
      for (let point = 0; point * stride < prepared.operations; point++) {
        const operation = point * stride;
        const loss = (['kill', 'power', 'partly'] as const)[point % 3]!;
        const withImages = hasQemuImg && point % 13 === 0;
        await crashAt(prepared, operation * 2 + 1, [loss], withImages ? folder : undefined);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
