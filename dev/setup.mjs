// Everything that a fresh machine lacks, then the script that was asked for, under the right Node:
//   node dev/setup.mjs [--with=chromium,cargo-deny] script.mjs [arguments]
// Runs on Node 20 without any package. Fast and silent when nothing is missing.
import { spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { ensureChromium } from './setup/chromium.mjs';
import { SIGNALS, root } from './setup/command.mjs';
import { ensurePackages, nodeForScripts } from './setup/packages.mjs';
import { ensureConformance } from './setup/python.mjs';
import { ensureCxx, ensureRust } from './setup/rust.mjs';
import { Problem, runMain } from './setup/say.mjs';
import { cargoDeny, wasmBindgen } from './setup/tools.mjs';

const extras = { chromium: ensureChromium, 'cargo-deny': cargoDeny, 'c++': ensureCxx, conformance: ensureConformance };

await runMain(async () => {
  const args = process.argv.slice(2);
  const names = args[0]?.startsWith('--with=') ? args.shift().slice('--with='.length).split(',') : [];
  if (Number(process.versions.node.split('.')[0]) < 20) throw new Problem(`Node ${process.versions.node} is too old: install Node 20 or newer`);
  await ensureRust();
  await ensurePackages();
  await wasmBindgen();
  for (const name of names) await extras[name]();
  if (args.length > 0) runScript(nodeForScripts(), args);
});

/**
 * Hands over to `args` and ends as it ends. It is told to end when this process is, and when npm is gone: npm's scripts
 * begin with `exec` so that no shell stands between, which would keep signals to itself. The channel tells the script
 * when this process is gone without a word.
 */
function runScript(node, args) {
  const env = { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) };
  const child = spawn(node, args, { cwd: root, env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : code));
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event) setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 500);
}
