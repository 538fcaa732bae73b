// What the measured workers have in common with the deployed one.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unstable_readConfig } from 'wrangler';
import { root } from '../../dev/setup/command.mjs';

export const COMPATIBILITY_DATE = unstable_readConfig({ config: join(root, 'wrangler.toml') }, { hideWarnings: true }).compatibility_date;

/** A worker of bench/workers/ that is one file, as a list of modules. */
export function ownModules(name) {
  return [{ type: 'ESModule', path: 'index.js', contents: readFileSync(join(root, 'bench', 'workers', name)) }];
}
