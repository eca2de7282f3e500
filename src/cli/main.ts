import { dirname } from 'node:path';
import { VmError } from '../base/errors';
import { languageOfEnvironment, preferredLanguage } from '../i18n/languages';
import { errorText } from '../i18n/error-text';
import { setLanguage } from '../i18n/translate';
import { create, createHelp } from './create';
import { gallery, galleryHelp } from './gallery';
import { list, listHelp } from './list';
import {
  add,
  addHelp,
  favourite,
  favouriteHelp,
  folder,
  folderHelp,
  forget,
  forgetHelp,
  locate,
  locateHelp,
  move,
  moveHelp,
} from './organise';
import { pause, pauseHelp, reset, resetHelp, resume, resumeHelp, stop, stopHelp, suspend, suspendHelp } from './power';
import { rename, renameHelp } from './rename';
import { run, runHelp } from './run';
import { screenshot, screenshotHelp, sendKeys, sendKeysHelp, serial, serialHelp } from './screen';
import { readPreferences } from '../library/preferences-file';
import { subzeroPaths } from '../library/paths';
import { set, setHelp } from './set';
import { show, showHelp } from './show';
import { snapshot, snapshotHelp } from './snapshot';
import { start, startHelp } from './start';
import { stats, statsHelp } from './stats';
import { log, logHelp, support, supportHelp } from './support';
import { deleteHelp, remove, trash, trashHelp } from './trash';
import { EXIT_DONE, EXIT_FAILED, EXIT_USAGE, UsageError } from './usage-error';

interface Command {
  readonly help: string;
  readonly run: (args: readonly string[], out: string) => Promise<number>;
}

const commands: Readonly<Record<string, Command>> = {
  create: { help: createHelp, run: create },
  gallery: { help: galleryHelp, run: gallery },
  list: { help: listHelp, run: list },
  show: { help: showHelp, run: show },
  run: { help: runHelp, run },
  start: { help: startHelp, run: start },
  stop: { help: stopHelp, run: stop },
  pause: { help: pauseHelp, run: pause },
  resume: { help: resumeHelp, run: (args, out) => resume(args, (rest) => start(rest, out)) },
  suspend: { help: suspendHelp, run: suspend },
  reset: { help: resetHelp, run: reset },
  snapshot: { help: snapshotHelp, run: snapshot },
  screenshot: { help: screenshotHelp, run: screenshot },
  serial: { help: serialHelp, run: serial },
  stats: { help: statsHelp, run: stats },
  'send-keys': { help: sendKeysHelp, run: sendKeys },
  set: { help: setHelp, run: set },
  rename: { help: renameHelp, run: rename },
  move: { help: moveHelp, run: move },
  favorite: { help: favouriteHelp, run: favourite },
  folder: { help: folderHelp, run: folder },
  add: { help: addHelp, run: add },
  forget: { help: forgetHelp, run: forget },
  locate: { help: locateHelp, run: locate },
  delete: { help: deleteHelp, run: remove },
  trash: { help: trashHelp, run: trash },
  log: { help: logHelp, run: log },
  support: { help: supportHelp, run: support },
};

function usage(): string {
  const lines = Object.values(commands).map(({ help }) => `  ${help.split('\n')[0]}`);
  return `Usage: subzero COMMAND [options]\n\n${lines.join('\n')}\n\n'subzero COMMAND --help' tells a command's options.\n`;
}

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...args] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(usage());
    return name === undefined ? EXIT_USAGE : EXIT_DONE;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) throw new UsageError(`there is no command '${name}'; 'subzero --help' lists them`);
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(`${command.help}\n`);
    return EXIT_DONE;
  }
  return command.run(args, dirname(__filename));
}

// A reader that has seen enough (`| head`) is no error of the guest: what it does not take is dropped.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

setLanguage(preferredLanguage(readPreferences(subzeroPaths()).language, languageOfEnvironment(process.env)));
main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
    // A terminal on stdin would keep the process alive.
    process.stdin.unref?.();
  },
  (error: unknown) => {
    const isUsage =
      error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') === true;
    const message = isUsage ? (error as Error).message.replace(/\s*\n\s*/g, ' ') : errorText(VmError.from(error));
    process.stderr.write(`subzero: ${message}\n`);
    process.exitCode = isUsage ? EXIT_USAGE : EXIT_FAILED;
  },
);
