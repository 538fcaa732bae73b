// Miniflare options for the worker, read from wrangler.toml, so that names, ids and dates stand in one place.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { convertV4MiniflareOptions } from 'miniflare';
import { unstable_getMiniflareWorkerOptions, unstable_readConfig } from 'wrangler';
import { root } from '../setup/command.mjs';

const config = unstable_readConfig({ config: join(root, 'wrangler.toml') }, { hideWarnings: true });

/** The folder of SQL files of the D1 database, and the cron expression that the worker is woken by. */
export const migrationsFolder = join(root, config.d1_databases[0].migrations_dir ?? 'migrations');
export const [cron] = config.triggers.crons;

/** The built worker's modules, the entry first. */
export function builtModules(out = 'build') {
  const file = (type, name) => ({ type, path: name, contents: readFileSync(join(root, out, name)) });
  return [file('ESModule', 'index.js'), file('CompiledWasm', 'index_bg.wasm')];
}

/**
 * Options of `new Miniflare()` for `modules`, with wrangler.toml's bindings, `vars` on top of its [vars],
 * and whatever `shared` says (port, host, log …). `worker` overrides single worker options.
 */
export function miniflareOptions({ modules, vars = {}, worker = {}, shared = {} }) {
  const { workerOptions } = unstable_getMiniflareWorkerOptions(config);
  // These steer how wrangler would find modules; here the modules are given.
  delete workerOptions.modulesRules;
  return convertV4MiniflareOptions({
    // Where a request comes from is not asked of the network.
    cf: false,
    ...shared,
    workers: [{ ...workerOptions, name: config.name, rootPath: root, modulesRoot: '/', modules, ...worker, bindings: { ...workerOptions.bindings, ...vars } }],
  });
}
