import { parseCommand, say } from './arguments';
import { stateOf } from './list';
import { EXIT_DONE, EXIT_FAILED } from './usage-error';
import { openLibrary } from './vm-client';

export const showHelp = `subzero show NAME: a VM's state, configuration and snapshots as JSON`;

export async function show(args: readonly string[]): Promise<number> {
  const { positionals } = parseCommand('show', args, {}, ['NAME']);
  const library = openLibrary();
  const entry = await library.find(positionals[0] as string);
  const state = await stateOf(entry);
  if (entry.kind !== 'ok') {
    say(
      JSON.stringify(
        { name: entry.name, folder: entry.folder, state, problems: entry.kind === 'broken' ? entry.problems : [] },
        null,
        2,
      ),
    );
    return EXIT_FAILED;
  }
  const { snapshots, current } = await library.snapshots(entry.folder);
  say(
    JSON.stringify(
      { name: entry.name, folder: entry.folder, state, config: entry.config, snapshots, current },
      null,
      2,
    ),
  );
  return EXIT_DONE;
}
