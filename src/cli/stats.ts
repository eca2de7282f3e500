import type { VmStats } from '../protocol/guest';
import { parseCommand, say } from './arguments';
import { EXIT_DONE } from './usage-error';
import { withRunningVm } from './vm-client';

export const statsHelp = `subzero stats NAME [--json]: how fast a running VM's CPU is and what it does, over one second`;

const WINDOW_MS = 1000;

export async function stats(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommand('stats', args, { json: { type: 'boolean' } } as const, ['NAME']);
  return withRunningVm(positionals[0] as string, async (vm) => {
    // figures are of the time since they were last asked for
    await vm.call('vm.stats', null);
    await new Promise((resolve) => setTimeout(resolve, WINDOW_MS));
    const now = await vm.call('vm.stats', null);
    say(values.json ? JSON.stringify(now, null, 2) : statsText(now));
    return EXIT_DONE;
  });
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** One figure a line. */
export function statsText({ count, guestNs, forgottenMs, mips, load, devices, compiled, jit }: VmStats): string {
  const rows: [string, string][] = [
    ['instructions', String(count)],
    ['guest time', `${(guestNs / 1e9).toFixed(1)} s`],
    ['left out', `${(forgottenMs / 1e3).toFixed(1)} s in which the CPU could not keep up`],
    ['speed', `${mips.toFixed(1)} MIPS`],
    ['CPU', `${percent(Math.max(0, load - devices))} of the time`],
    ['devices', `${percent(devices)} of the time`],
    ['idle', `${percent(1 - load)} of the time`],
    ['compiled', `${percent(compiled)} of the instructions`],
    ['interpreted', `${percent(1 - compiled)} of the instructions`],
  ];
  if (jit !== undefined) {
    rows.push(['regions', `${jit.regions} now, ${jit.compiled} compiled, ${jit.dropped} dropped`]);
    rows.push(['compile queue', String(jit.queued)]);
    rows.push(['fallbacks', `${jit.slowExits} of ${jit.entries} entries left for the interpreter`]);
  }
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`).join('\n');
}
