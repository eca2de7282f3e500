// One set-up or build at a time in one clone. The kernel holds the lock (flock of util-linux) for a child that lives as
// long as its stdin, which is our pipe: however we die, the lock is free, so there are no stale locks to recover.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { out, temp } from './paths.mjs';
import { say } from './report.mjs';

let depth = 0;

export async function withLock(work) {
  if (depth > 0) return work();
  fs.mkdirSync(out, { recursive: true });
  const release = await acquire(`${out}/setup.lock`);
  depth++;
  try {
    // Left by a command that was interrupted: whoever holds the lock is the only one to use it.
    fs.rmSync(temp, { recursive: true, force: true });
    return await work();
  } finally {
    depth--;
    fs.rmSync(temp, { recursive: true, force: true });
    release();
  }
}

function acquire(file) {
  return new Promise((resolve) => {
    // A group of its own, so that Ctrl+C does not free the lock before the programs we run have ended.
    const child = spawn('flock', [file, 'sh', '-c', 'echo held; exec cat'], {
      detached: true,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const waiting = setTimeout(() => say('waiting for another Subzero command to finish its set-up'), 500);
    const done = (release) => {
      clearTimeout(waiting);
      resolve(release);
    };
    child.stdout.once('data', () => done(() => child.stdin.end()));
    // Without flock (not Linux) two commands at once are the user's own risk.
    child.once('error', () => done(() => {}));
  });
}
