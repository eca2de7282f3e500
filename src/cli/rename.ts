import { parseCommand } from './arguments';
import { EXIT_DONE } from './usage-error';
import { openLibrary } from './vm-client';

export const renameHelp = `subzero rename NAME NEWNAME: gives a VM that is off another name; its folder keeps its own`;

export async function rename(args: readonly string[]): Promise<number> {
  const { positionals } = parseCommand('rename', args, {}, ['NAME', 'NEWNAME']);
  const [name, newName] = positionals as [string, string];
  const library = openLibrary();
  await library.rename((await library.find(name)).folder, newName);
  return EXIT_DONE;
}
