// Finding and running programs.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { homedir } from 'node:os';

export const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** True when `path` is a file that this user may execute. */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Every executable called `name` on the PATH, in its order. */
export function allOnPath(name) {
  const folders = [...new Set((process.env.PATH ?? '').split(delimiter).filter(Boolean))];
  return folders.map((folder) => join(folder, name)).filter(isExecutable);
}

export function onPath(name) {
  return allOnPath(name)[0] ?? null;
}

/** rustup tells people to open a new terminal for the changed PATH; those who did not are helped here. */
export function addCargoToPath() {
  const bin = join(process.env.CARGO_HOME ?? join(homedir(), '.cargo'), 'bin');
  const folders = (process.env.PATH ?? '').split(delimiter);
  if (isExecutable(join(bin, 'cargo')) && !folders.includes(bin)) {
    process.env.PATH = [...folders, bin].join(delimiter);
  }
}

/** The standard output of a quick command, or null when it is missing or fails. */
export function outputOf(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], ...options });
  return done.status === 0 ? done.stdout.trim() : null;
}

const children = new Set();
const interrupted = () => process.exit(130);
process.on('exit', () => children.forEach(end));

function end({ pid, group, endWith }) {
  try {
    process.kill(group ? -pid : pid, endWith);
  } catch {
    // It has ended by itself meanwhile.
  }
}

/**
 * Runs a command whose output people see. Resolves to its exit code (127 when it cannot be started). It gets a process
 * group of its own, which is ended with this process: cargo would go on compiling after whoever started it is gone.
 * With `terminal` it shares this one's instead and may ask questions. `onOutput` hears what it says besides, and
 * after `timeout` milliseconds it is ended.
 */
export function run(command, args, { terminal = false, endWith = 'SIGTERM', onOutput, timeout, ...options } = {}) {
  return new Promise((resolve) => {
    const heard = onOutput ? 'pipe' : 'inherit';
    const stdio = terminal ? 'inherit' : ['ignore', heard, heard];
    const child = spawn(command, args, { cwd: root, stdio, detached: !terminal, ...options });
    const entry = { pid: child.pid, group: !terminal, endWith };
    for (const name of onOutput ? ['stdout', 'stderr'] : []) {
      child[name].setEncoding('utf8').on('data', (text) => {
        process[name].write(text);
        onOutput(text);
      });
    }
    const timer = timeout && setTimeout(() => end(entry), timeout);
    for (const signal of SIGNALS) process.on(signal, interrupted);
    const done = (code) => {
      clearTimeout(timer);
      children.delete(entry);
      for (const signal of SIGNALS) process.off(signal, interrupted);
      resolve(code);
    };
    child.on('spawn', () => children.add(entry));
    child.on('error', () => done(127));
    // Output may still be on its way at `exit`; what the command left running would hold back `close`.
    if (onOutput) child.on('exit', () => end(entry));
    child.on('close', (code, signal) => done(signal ? 1 : code));
  });
}
