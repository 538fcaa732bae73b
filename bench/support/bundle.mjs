// npm packages in one module for workerd, which has Node's own modules (`nodejs_compat`, by default since 2026-08-04).
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../../dev/setup/command.mjs';

/** A worker of bench/workers/ with everything that it imports, as a list of modules. */
export async function bundledForWorkerd(name) {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'bench', 'workers', name)],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    // CommonJS packages `require` Node's own modules, which in workerd are there as they are in Node.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire('/');" },
    logLevel: 'error',
  });
  return [{ type: 'ESModule', path: 'index.js', contents: outputFiles[0].contents }];
}
