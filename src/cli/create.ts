import * as path from 'node:path';
import { NodeHostFiles } from '../base/node-host-files';
import { parseCommand, say } from './arguments';
import { configFromOptions, type DiskPlace, hardwareHelp, hardwareOptions } from './hardware-options';
import { EXIT_DONE } from './usage-error';
import { openLibrary } from './vm-client';

export const createHelp = `subzero create NAME [options]: makes a VM in the library; prints its folder
${hardwareHelp}`;

export async function create(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommand('create', args, hardwareOptions, ['NAME']);
  const name = positionals[0] as string;
  const disks: { file: string; sizeBytes: number }[] = [];
  // The library makes new disks with the folder, all or nothing.
  const place: DiskPlace = {
    folder: '',
    newDisk: (id) => `disks/${id}.qcow2`,
    name: (file) => file,
    make: (file, sizeBytes) => {
      disks.push({ file, sizeBytes });
      return Promise.resolve();
    },
  };
  const config = await configFromOptions(new NodeHostFiles(), name, values, place);
  const entry = await openLibrary().create({ config, disks });
  say(path.normalize(entry.folder));
  return EXIT_DONE;
}
