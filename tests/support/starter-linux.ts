import { readFileSync } from 'node:fs';
import { guestFile } from './guest-cli';

/** The starter Linux as set-up made it: how it is booted, and what it says when its shell is there. */
export function starterLinux() {
  const { append, ready } = JSON.parse(readFileSync(guestFile('starter/starter.json'), 'utf8')) as {
    append: string;
    ready: string;
  };
  const kernel = { file: guestFile('starter/vmlinuz'), initrd: guestFile('starter/initrd.gz'), append, modules: [] };
  const boot = { order: ['disk' as const], menu: false, kernel };
  return { append, ready, config: { memory: { memoryMiB: 256 }, boot } };
}
