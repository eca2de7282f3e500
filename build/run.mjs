// Every npm script comes here. Plain Node, no dependencies: it runs before `npm ci` has.
import { cli, develop, start } from './commands/run-app.mjs';
import { bench } from './commands/bench.mjs';
import { check, format } from './commands/check.mjs';
import { pack } from './commands/package.mjs';
import { bless, test } from './commands/test.mjs';
import { testPackage } from './commands/test-package.mjs';
import { gallery } from './make/gallery.mjs';
import * as make from './make/make.mjs';
import { say } from './setup/report.mjs';
import * as setup from './setup/setup.mjs';

const commands = {
  setup: () => setup.setUp([...setup.FOR_TESTS]),
  build: () => prepare(setup.FOR_APP, make.FOR_APP),
  gen: () => prepare(setup.FOR_CHECK, ['generate', 'wasm']),
  check,
  format,
  test,
  bless,
  bench,
  package: pack,
  'test-package': testPackage,
  gallery: async () => {
    await prepare(setup.FOR_CLI, make.FOR_CLI);
    return gallery();
  },
  start,
  dev: develop,
  cli,
};

async function prepare(needs, parts) {
  await setup.setUp(needs);
  await make.make(parts);
}

const [name, ...args] = process.argv.slice(2);
const command = commands[name];
if (!command) {
  say(`there is no command "${name ?? ''}"; there are: ${Object.keys(commands).join(', ')}`);
  process.exit(2);
}
try {
  process.exitCode = (await command(args)) ?? 0;
} catch (error) {
  say(error.message);
  if (process.env.SUBZERO_TRACE) console.error(error);
  process.exitCode = 1;
}
