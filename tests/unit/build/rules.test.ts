import { describe, expect, test } from 'vitest';
import { differences, unusedKeys } from '../../../build/lint/messages.mjs';
import { problemsOf } from '../../../build/lint/rules.mjs';

const rulesBroken = (file: string, text: string): string[] =>
  problemsOf(file, text).map((problem: string) => /:(\d+ \w+):/.exec(problem)?.[1] ?? problem);

describe('layering', () => {
  test('lets a layer import what its row names', () => {
    expect(rulesBroken('src/devices/pit/pit.ts', "import { a } from '../../machine/device';")).toEqual([]);
    expect(rulesBroken('src/board/pc.ts', "import { a } from '../devices/pit/pit';")).toEqual([]);
    expect(rulesBroken('electron/guest/guest.ts', "import { a } from '../../src/guest/guest';")).toEqual([]);
  });

  test('refuses what the row does not name, in every form of import', () => {
    const forms = [
      "import { a } from '../../cpu/backend';",
      "import type { A } from '../../cpu/backend';",
      "import '../../cpu/backend';",
      "export * from '../../cpu/backend';",
      "const a = await import('../../cpu/backend');",
      "import {\n  a,\n} from '../../cpu/backend';",
    ];
    for (const form of forms) expect(rulesBroken('src/devices/pit/pit.ts', form)).toEqual(['1 layering']);
  });

  test('keeps devices from each other', () => {
    expect(rulesBroken('src/devices/i8042/i8042.ts', "import { a } from '../pic/pic';")).toEqual(['1 layering']);
    expect(rulesBroken('src/devices/pic/pic.ts', "import { a } from './i8259';")).toEqual([]);
  });

  test('gives devices the interface of disks, not their formats', () => {
    expect(rulesBroken('src/devices/ide/ide.ts', "import type { Disk } from '../../disk/disk';")).toEqual([]);
    expect(rulesBroken('src/devices/ide/ide.ts', "import { Q } from '../../disk/qcow2/image';")).toEqual([
      '1 layering',
    ]);
  });

  test('keeps running guests out of the CLI and the main process', () => {
    expect(rulesBroken('src/cli/list.ts', "import { a } from '../guest/guest';")).toEqual(['1 layering']);
    expect(rulesBroken('src/cli/guest-child.ts', "import { a } from '../guest/guest';")).toEqual([]);
    expect(rulesBroken('electron/main/main.ts', "import { a } from '../../src/guest/guest';")).toEqual(['1 layering']);
  });

  test('does not see imports in comments', () => {
    const text = "// import { a } from '../../cpu/backend';\n/* import '../../cpu/backend'; */\n";
    expect(rulesBroken('src/devices/pit/pit.ts', text)).toEqual([]);
  });
});

test('barrels are refused', () => {
  expect(rulesBroken('src/base/index.ts', '')).toEqual(['1 noBarrels']);
  expect(rulesBroken('src/base/memory-index.ts', '')).toEqual([]);
});

test('imports carry no extension', () => {
  expect(rulesBroken('src/base/bits.ts', "\nimport { a } from './bytes.ts';")).toEqual(['2 extensionlessImports']);
});

test('raw IPC stays in rpc.ts', () => {
  expect(rulesBroken('electron/main/menu.ts', "ipcMain.handle('a', b);")).toEqual(['1 messagesThroughRpc']);
  expect(rulesBroken('electron/main/ipc/rpc.ts', "ipcMain.handle('a', b);")).toEqual([]);
});

test('what a guest sees does not depend on the host clock', () => {
  expect(rulesBroken('src/devices/rtc/rtc.ts', 'const now = Date.now();')).toEqual(['1 noHostTime']);
  expect(rulesBroken('src/devices/rtc/rtc.ts', '// never Date.now()')).toEqual([]);
  expect(rulesBroken('src/library/library.ts', 'const now = Date.now();')).toEqual([]);
});

test('the machine names no module of the host', () => {
  expect(rulesBroken('src/machine/ring.ts', "import fs from 'node:fs';")).toEqual(['1 noHostModules']);
  expect(rulesBroken('src/disk/raw/raw.ts', "import fs from 'node:fs';")).toEqual([]);
});

test('long files and vague names are refused', () => {
  expect(rulesBroken('src/base/bits.ts', '\n'.repeat(801))).toEqual(['800 length']);
  expect(rulesBroken('src/base/utils.ts', '')).toEqual(['1 noVagueFolders']);
  expect(rulesBroken('src/base/Bits.ts', '')).toEqual(['1 kebabCase']);
});

describe('messages', () => {
  const english = new Map([
    ['a.b', 'Take {name}'],
    ['a.c', '{n, plural, one {# disk} other {# disks}}'],
  ]);

  test('a language lacks no key, has none of its own, and the same placeholders', () => {
    const file = 'xx.ts';
    expect(differences(english, english, file)).toEqual([]);
    expect(differences(english, new Map([['a.b', 'Nimm {name}']]), file)).toEqual(["xx.ts: 'a.c' is missing"]);
    const other = new Map([
      ['a.b', 'Nimm {Name}'],
      ['a.c', '{n, plural, other {# Platten}}'],
      ['a.d', 'x'],
    ]);
    expect(differences(english, other, file)).toEqual([
      "xx.ts: 'a.b' has the placeholders {Name}, not {name}",
      "xx.ts: there is no message 'a.d'",
    ]);
  });

  test('a key that nothing uses is found, one that a template makes is not', () => {
    expect(unusedKeys(english, ["translate('a.b')"])).toEqual(['a.c']);
    expect(unusedKeys(english, ['translate(`a.${kind}`)'])).toEqual([]);
    expect(unusedKeys(english, ['translate(`b.${kind}`)'])).toEqual(['a.b', 'a.c']);
  });

  test('a visible text in the code is refused', () => {
    const label = '<Button aria-label="Close" />';
    expect(rulesBroken('renderer/features/x.tsx', label)).toEqual(['1 translatedTexts']);
    expect(rulesBroken('renderer/features/x.tsx', "<Button aria-label={translate('a.b')} />")).toEqual([]);
    expect(rulesBroken('electron/main/x.ts', "const item = { label: 'Quit' };")).toEqual(['1 translatedTexts']);
    expect(rulesBroken('electron/main/x.ts', "const item = { label: translate('a.b') };")).toEqual([]);
  });
});
