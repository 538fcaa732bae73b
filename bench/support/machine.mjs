// What was measured with, where, and how busy that was.
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { outputOf, root } from '../../dev/setup/command.mjs';
import { clock, core } from './processor.mjs';
import { workerdVersion } from './workerd.mjs';

/** How many processes wanted a core, in the last 1, 5 and 15 minutes. */
export function load() {
  return loadavg().map((average) => Number(average.toFixed(2)));
}

export function machine() {
  const { length, [0]: { model } } = cpus();
  return {
    at: new Date().toISOString(),
    cores: length,
    processor: model.trim(),
    workerdOnCore: core,
    clock,
    load: load(),
    versions: {
      postern: outputOf('git', ['describe', '--always', '--dirty']) ?? 'not in git',
      rustc: outputOf('rustc', ['--version'])?.split(' ')[1] ?? 'unknown',
      workerd: workerdVersion,
      miniflare: versionOf('miniflare'),
      node: process.versions.node,
      '@node-saml/node-saml': versionOf('@node-saml/node-saml'),
      samlify: versionOf('samlify'),
      'scimmy-routers': versionOf('scimmy-routers'),
      python: outputOf('python3', ['--version'])?.split(' ')[1] ?? 'none',
    },
  };
}

function versionOf(name) {
  return JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version;
}

export function machineLines({ cores, processor, workerdOnCore, clock, load, versions }) {
  const where = workerdOnCore === null ? 'on no core of its own (no taskset here)' : `on core ${workerdOnCore}, the requests from the others`;
  return [
    `${cores} cores, ${processor}; workerd ${where}; load ${load.join(' ')}`,
    `Times are ${clock}, unless they are rates.`,
    Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(' · '),
  ];
}
