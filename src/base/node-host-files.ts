import type { FileHandle } from 'node:fs/promises';
import * as fs from 'node:fs/promises';
import { type ErrorCode, messageOf, VmError } from './errors';
import type { HostFile, HostFileInfo, HostFiles, OpenMode } from './host-files';

const flags: Readonly<Record<OpenMode, string>> = { read: 'r', update: 'r+', create: 'wx+', replace: 'w+' };

const codes: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ENOENT: ['file-not-found', 'does not exist'],
  ENOTDIR: ['file-not-found', 'does not exist'],
  EEXIST: ['file-exists', 'exists already'],
  ENOTEMPTY: ['file-exists', 'is not empty'],
  EACCES: ['file-permission', 'may not be accessed; check its permissions'],
  EPERM: ['file-permission', 'may not be accessed; check its permissions'],
  EROFS: ['file-permission', 'lies on a read-only file system'],
  ENOSPC: ['disk-full', 'cannot be written: the file system is full'],
  EDQUOT: ['disk-full', 'cannot be written: the disk quota is used up'],
  EFBIG: ['disk-full', 'cannot grow: the file system does not take files that large'],
};

/** Turns an error of node:fs into a VmError that names the file. */
export function fileError(error: unknown, path: string): VmError {
  if (error instanceof VmError) return error;
  const errno = String((error as { code?: unknown } | undefined)?.code ?? '');
  const known = codes[errno];
  const [code, text] = known ?? (['io-error', `failed: ${messageOf(error)}`] as const);
  return new VmError(code, `${path} ${text}`, { path, errno }, error);
}

async function attempt<T>(path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw fileError(error, path);
  }
}

/** As `attempt`, with a value for the error codes that mean "there is nothing". */
async function attemptOr<T>(path: string, absent: T, errnos: readonly string[], run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (errnos.includes(String((error as { code?: unknown }).code))) return absent;
    throw fileError(error, path);
  }
}

class NodeHostFile implements HostFile {
  constructor(
    readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  read(position: number, into: Uint8Array): Promise<number> {
    return attempt(this.path, async () => {
      let done = 0;
      while (done < into.length) {
        const { bytesRead } = await this.handle.read(into, done, into.length - done, position + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return done;
    });
  }

  write(position: number, data: Uint8Array): Promise<void> {
    return attempt(this.path, async () => {
      let done = 0;
      while (done < data.length) {
        const { bytesWritten } = await this.handle.write(data, done, data.length - done, position + done);
        done += bytesWritten;
      }
    });
  }

  size(): Promise<number> {
    return attempt(this.path, async () => (await this.handle.stat()).size);
  }

  truncate(sizeBytes: number): Promise<void> {
    return attempt(this.path, () => this.handle.truncate(sizeBytes));
  }

  sync(): Promise<void> {
    return attempt(this.path, () => this.handle.datasync());
  }

  close(): Promise<void> {
    return attempt(this.path, () => this.handle.close());
  }
}

export class NodeHostFiles implements HostFiles {
  async open(path: string, mode: OpenMode): Promise<HostFile> {
    return attempt(path, async () => new NodeHostFile(path, await fs.open(path, flags[mode], 0o644)));
  }

  stat(path: string): Promise<HostFileInfo | undefined> {
    return attemptOr<HostFileInfo | undefined>(path, undefined, ['ENOENT', 'ENOTDIR'], async () => {
      const info = await fs.stat(path);
      return {
        kind: info.isFile() ? 'file' : info.isDirectory() ? 'folder' : 'other',
        sizeBytes: info.size,
        modifiedMs: info.mtimeMs,
        identity: `${info.dev}:${info.ino}`,
        usedBytes: info.blocks * 512,
      };
    });
  }

  list(path: string): Promise<string[] | undefined> {
    return attemptOr<string[] | undefined>(path, undefined, ['ENOENT', 'ENOTDIR'], () => fs.readdir(path));
  }

  realPath(path: string): Promise<string> {
    return attempt(path, () => fs.realpath(path));
  }

  makeFolder(path: string, mode = 0o755): Promise<void> {
    return attemptOr(path, undefined, ['EEXIST'], () => fs.mkdir(path, { mode }));
  }

  rename(from: string, to: string): Promise<void> {
    return attempt(to, () => fs.rename(from, to));
  }

  link(from: string, to: string): Promise<void> {
    return attempt(to, () => fs.link(from, to));
  }

  copyFile(from: string, to: string): Promise<void> {
    const { COPYFILE_EXCL, COPYFILE_FICLONE } = fs.constants;
    return attempt(to, () => fs.copyFile(from, to, COPYFILE_EXCL | COPYFILE_FICLONE));
  }

  removeFile(path: string): Promise<void> {
    return attemptOr(path, undefined, ['ENOENT'], () => fs.unlink(path));
  }

  removeFolder(path: string): Promise<void> {
    return attemptOr(path, undefined, ['ENOENT'], () => fs.rmdir(path));
  }

  removeTree(path: string): Promise<void> {
    return attempt(path, () => fs.rm(path, { recursive: true, force: true }));
  }

  async syncFolder(path: string): Promise<void> {
    // Windows cannot open folders; NTFS journals renames in order by itself.
    if (process.platform === 'win32') return;
    await attempt(path, async () => {
      const handle = await fs.open(path, 'r');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    });
  }
}

export const nodeHostFiles: HostFiles = new NodeHostFiles();
