/**
 * Every operation on the host's files that disks, snapshots and the library make goes through this interface, so that
 * tests can count operations and end the process before or after each one. Paths are absolute. Failures are VmErrors with
 * the path in `detail.path`. Nothing here is called from the machine thread.
 */
export interface HostFiles {
  /**
   * 'read': must exist. 'update': must exist, for reading and writing. 'create': must not exist. 'replace': made new or
   * emptied.
   */
  open(path: string, mode: OpenMode): Promise<HostFile>;
  /** Follows symbolic links; undefined when there is nothing. */
  stat(path: string): Promise<HostFileInfo | undefined>;
  /** Names in a folder, unsorted; undefined when there is no such folder. */
  list(path: string): Promise<string[] | undefined>;
  /** The path with all symbolic links followed. */
  realPath(path: string): Promise<string>;
  /** Makes one folder; the parent must exist. Succeeds when the folder is there already. */
  makeFolder(path: string, mode?: number): Promise<void>;
  /** Replaces an existing file at `to` in one step. */
  rename(from: string, to: string): Promise<void>;
  /** A second name for a file; fails with 'file-exists' when `to` is taken. */
  link(from: string, to: string): Promise<void>;
  /**
   * The host copies a file, without its bytes passing through here, and shares them where the file system can. Not durable.
   * Fails with 'file-exists' when `to` is taken.
   */
  copyFile(from: string, to: string): Promise<void>;
  /** Succeeds when there is nothing to remove. */
  removeFile(path: string): Promise<void>;
  /** Removes an empty folder; succeeds when there is none. */
  removeFolder(path: string): Promise<void>;
  /** Removes a folder with all it holds; symbolic links in it are removed, not followed. Succeeds when there is none. */
  removeTree(path: string): Promise<void>;
  /** Makes creations, renames and removals in a folder durable. */
  syncFolder(path: string): Promise<void>;
}

export type OpenMode = 'read' | 'update' | 'create' | 'replace';

export interface HostFileInfo {
  readonly kind: 'file' | 'folder' | 'other';
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Device and inode: the same file has the same. */
  readonly identity: string;
  /** Bytes that the file takes on the host (less than its size when it has holes). */
  readonly usedBytes: number;
}

export interface HostFile {
  readonly path: string;
  /** Fills `into` from `position`; returns fewer bytes only at the end of the file. */
  read(position: number, into: Uint8Array): Promise<number>;
  write(position: number, data: Uint8Array): Promise<void>;
  size(): Promise<number>;
  truncate(sizeBytes: number): Promise<void>;
  /** Data and size are on stable storage when this resolves. */
  sync(): Promise<void>;
  close(): Promise<void>;
}
