// Which core the measured process runs on, and what it has used of it.
import { readFileSync, readdirSync } from 'node:fs';
import { outputOf } from '../../dev/setup/command.mjs';

const isLinux = process.platform === 'linux';
const allowed = isLinux ? coresAllowed() : [];
const canPin = allowed.length > 0 && outputOf('taskset', ['--version']) !== null;

/** The core that workerd has to itself, as far as this program can see to it; null where nothing can be pinned. */
export const core = canPin ? allowed.at(-1) : null;

/** What `processorTime` counts, for the table's heading. */
export const clock = isLinux ? 'CPU time of the workerd process, all threads' : 'wall time (no /proc here to read CPU time from)';

function coresAllowed() {
  const list = readFileSync('/proc/self/status', 'utf8').match(/^Cpus_allowed_list:\s*(.+)$/m)[1];
  return list.split(',').flatMap((range) => {
    const [from, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}

/** The command that runs `command` on that core. */
export function pinnedCommand(command, args) {
  return core === null ? [command, args] : ['taskset', ['-c', String(core), command, ...args]];
}

/** Moves a running process with all its threads to that core. */
export function pin(pid) {
  if (core !== null) outputOf('taskset', ['-a', '-c', '-p', String(core), String(pid)]);
}

/** Keeps this process, which makes the requests, off that core if there is another. */
export function leaveCore() {
  const others = allowed.filter((one) => one !== core);
  if (core !== null && others.length > 0) outputOf('taskset', ['-a', '-c', '-p', others.join(','), String(process.pid)]);
}

/** Milliseconds of CPU that a process has used since it began; without /proc, milliseconds on the clock since `began`. */
export function processorTime(pid, began = 0) {
  if (!isLinux) return performance.now() - began;
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.reduce((sum, thread) => sum + onProcessor(pid, thread), 0) / 1e6;
}

function onProcessor(pid, thread) {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
  } catch {
    // It has ended since it was listed.
    return 0;
  }
}

/** The ids of this process's children of a name, for those that somebody else has started; null without /proc. */
export function childrenNamed(name) {
  if (!isLinux) return null;
  const children = readdirSync('/proc').filter((entry) => {
    try {
      const [, comm, parent] = readFileSync(`/proc/${entry}/stat`, 'utf8').match(/^\d+ \((.*)\) \S (\d+)/) ?? [];
      return comm === name && Number(parent) === process.pid;
    } catch {
      return false;
    }
  });
  return children.map(Number);
}
