// One run of one contender. Times are the host's clock when the guest's lines arrive: the guest's own clock is what an
// emulator makes of it.
import { spawn } from 'node:child_process';
import fs from 'node:fs';

const GRACE_MS = 4000;
/** What Subzero says with STATS_AFTER: the instructions before and after a program. */
const INSTRUCTIONS = /^subzero: after '([SR]) (\S+).*': (\d+) instructions$/gm;
export const STATS_AFTER = '^[SR] ';
const groups = new Set();
process.on('exit', () => {
  for (const pid of groups) endGroup(pid);
});

/**
 * Starts it and reads the serial port until `BENCH-DONE`, or until `ready` appears. Resolves with ms from the start to
 * BOOT-OK (or `ready`), and for each program its time, the CPU time of all the emulator's threads, and the checksum.
 */
export function measure({ command, args, env, fifo, hasTrueClock, terminalSaid }, { ready, timeoutMs }) {
  const result = { boot: undefined, programs: {}, figures: '', peakMiB: undefined, isDone: false, output: '' };
  return new Promise((resolve) => {
    const started = performance.now();
    // A reader must be there before the emulator opens the FIFO to write.
    const reader = fifo === undefined ? undefined : spawn('cat', [fifo], { stdio: ['ignore', 'pipe', 'ignore'] });
    const stdio = [fifo === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'];
    const child = spawn(command, args, { stdio, env: { ...process.env, ...env }, detached: true });
    groups.add(child.pid);
    const begun = new Map();
    let rest = '';
    let errors = '';
    let told = '';
    const starts = new Map();

    const readLine = (line) => {
      const now = performance.now();
      const [kind, name, own, sum] = line.split(' ');
      if (line.includes(ready ?? 'BOOT-OK')) {
        result.boot ??= now - started;
        result.bootCpu ??= usage(child.pid).cpuMs;
        if (ready !== undefined) finish();
      } else if (kind === 'S') begun.set(name, { now, cpuMs: usage(child.pid).cpuMs });
      else if (kind === 'R' && begun.has(name)) {
        const { cpuMs, peakMiB } = usage(child.pid);
        const start = begun.get(name);
        result.programs[name] = { ms: hasTrueClock ? Number(own) : now - start.now, cpuMs: cpuMs - start.cpuMs, sum };
        result.peakMiB = Math.max(result.peakMiB ?? 0, peakMiB);
      } else if (kind === 'BENCH-DONE' || (kind === 'T' && name === 'total')) finish();
    };
    const finish = () => {
      if (result.isDone) return;
      result.isDone = true;
      result.peakMiB = usage(child.pid).peakMiB || result.peakMiB;
      // The guest switches itself off next; an emulator without a power switch is ended.
      if (ready !== undefined) process.kill(child.pid, 'SIGTERM');
      setTimeout(() => endGroup(child.pid), GRACE_MS).unref();
      clearTimeout(timer);
      timer = setTimeout(() => endGroup(child.pid), GRACE_MS);
    };
    (reader ?? child).stdout.setEncoding('latin1').on('data', (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      for (const line of lines) readLine(line.trim());
      result.output = (result.output + text).slice(-2000);
    });
    let terminal;
    if (reader !== undefined) {
      child.stdout.setEncoding('latin1').on('data', (text) => {
        const at = terminalSaid?.exec(text)?.[1];
        if (at !== undefined) terminal ??= spawn('cat', [at], { stdio: ['ignore', 'ignore', 'ignore'] });
      });
    }
    child.stderr.setEncoding('utf8').on('data', (text) => {
      result.figures = /[\d.]+ MIPS/.exec(text)?.[0] ?? result.figures;
      errors = (errors + text).slice(-8000);
      told += text;
      const compiled = /^subzero: compiled code: (\{.*\})$/m.exec(errors)?.[1];
      if (compiled !== undefined) result.compiled = JSON.parse(compiled);
      result.output = (result.output + text).slice(-2000);
    });
    let timer = setTimeout(() => endGroup(child.pid), timeoutMs);
    const end = (reason) => {
      clearTimeout(timer);
      for (const [, kind, name, count] of told.matchAll(INSTRUCTIONS)) {
        const program = result.programs[name];
        if (kind === 'S') starts.set(name, Number(count));
        else if (program !== undefined && starts.has(name)) program.instructions = Number(count) - starts.get(name);
      }
      endGroup(child.pid);
      groups.delete(child.pid);
      reader?.kill('SIGKILL');
      terminal?.kill('SIGKILL');
      resolve({ ...result, failure: result.isDone ? undefined : reason });
    };
    child.on('error', (error) => end(error.message));
    child.on('close', (status, signal) => end(`ended with ${signal ?? `status ${status}`}`));
  });
}

/** `script` puts its child into a session of its own: the whole tree has to end. */
function endGroup(pid) {
  if (pid === undefined) return;
  for (const one of [...descendants(pid), pid]) {
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // it ended by itself
    }
  }
}

function descendants(pid) {
  const found = [];
  try {
    for (const task of fs.readdirSync(`/proc/${pid}/task`)) {
      const children = fs.readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean);
      for (const child of children.map(Number)) found.push(child, ...descendants(child));
    }
  } catch {
    // it ended meanwhile
  }
  return found;
}

/** CPU time so far (in the kernel's ticks of 10 ms) and peak resident memory of a process and its children. */
function usage(pid) {
  let [cpuMs, peakMiB] = [0, 0];
  for (const one of [pid, ...descendants(pid)]) {
    try {
      const stat = fs.readFileSync(`/proc/${one}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      cpuMs += (Number(fields[11]) + Number(fields[12])) * 10;
      const peak = /VmHWM:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${one}/status`, 'latin1'));
      peakMiB += Number(peak?.[1] ?? 0) / 1024;
    } catch {
      // it ended meanwhile
    }
  }
  return { cpuMs, peakMiB };
}
