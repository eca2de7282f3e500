import { spawnSync } from 'node:child_process';

const probe = spawnSync('qemu-img', ['--version'], { encoding: 'utf8' });

export const hasQemuImg = probe.status === 0;
export const noQemuImg = 'qemu-img is not installed (Debian package qemu-utils)';

export function qemuImg(...args: string[]): string {
  const result = spawnSync('qemu-img', args, { encoding: 'utf8', timeout: 30_000 });
  if (result.status !== 0) throw new Error(`qemu-img ${args.join(' ')}: ${result.stderr}${result.stdout}`);
  return result.stdout;
}

/** Problems that `qemu-img check` finds; throws when it cannot read the image at all. */
export function qemuCheck(path: string): { corruptions: number; leaks: number } {
  const result = spawnSync('qemu-img', ['check', '-f', 'qcow2', '--output=json', path], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  // 0: clean, 2: corruptions, 3: leaks only.
  if (![0, 2, 3].includes(result.status ?? -1)) throw new Error(`qemu-img check ${path}: ${result.stderr}`);
  const report = JSON.parse(result.stdout) as { corruptions?: number; leaks?: number; 'check-errors'?: number };
  return { corruptions: (report.corruptions ?? 0) + (report['check-errors'] ?? 0), leaks: report.leaks ?? 0 };
}
