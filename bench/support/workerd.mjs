// A workerd of its own for one worker, without Miniflare's services around it: what it uses, the worker uses.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Problem } from '../../dev/setup/say.mjs';
import { COMPATIBILITY_DATE } from './settings.mjs';
import { pinnedCommand, processorTime } from './processor.mjs';

// Miniflare's own dependency, so that both measure the same one.
const requireAsMiniflare = createRequire(createRequire(import.meta.url).resolve('miniflare'));
const workerdBinary = requireAsMiniflare('workerd').default;
export const workerdVersion = requireAsMiniflare('workerd').version;

const running = new Set();
process.on('exit', () => running.forEach((one) => one.kill()));

/**
 * Starts `modules` (as `builtModules` makes them, the entry first). The worker has what `GET /healthz` of Postern asks
 * for: a variable, and a D1 database that answers nothing.
 */
export async function startWorkerd(modules) {
  const folder = mkdtempSync(join(tmpdir(), 'postern-bench-'));
  for (const { path, contents } of modules) writeFileSync(join(folder, path), contents);
  writeFileSync(join(folder, 'config.capnp'), configuration(modules));
  const [command, args] = pinnedCommand(workerdBinary, ['serve', '--experimental', '--control-fd=3', 'config.capnp']);
  const began = performance.now();
  const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit', 'pipe'] });
  const workerd = new Workerd(child, folder, began);
  running.add(workerd);
  workerd.origin = `http://127.0.0.1:${await workerd.listening()}`;
  return workerd;
}

class Workerd {
  constructor(child, folder, began) {
    this.child = child;
    this.folder = folder;
    this.began = began;
  }

  /** The port, once workerd says that it listens: the worker is loaded by then, and has answered nothing. */
  async listening() {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    const said = (async () => {
      for await (const line of createInterface({ input: this.child.stdio[3] })) {
        const { event, port } = JSON.parse(line);
        if (event === 'listen') return port;
      }
    })();
    const port = await Promise.race([said, ended.then(() => null)]);
    if (!port) throw new Problem('workerd ended before it listened (see above)');
    return port;
  }

  /** Milliseconds of CPU since it was launched. */
  processorTime() {
    return processorTime(this.child.pid, this.began);
  }

  /** Posts JSON, reads JSON. */
  async post(path, json) {
    const response = await fetch(this.origin + path, { method: 'POST', body: JSON.stringify(json) });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${path} answered ${response.status} ${text.slice(0, 300)}`);
    return JSON.parse(text);
  }

  async stop() {
    if (!this.kill()) return;
    if (this.child.exitCode === null && this.child.signalCode === null) await new Promise((resolve) => this.child.once('exit', resolve));
  }

  /** Ends the process at once. Whether it had not been ended before. */
  kill() {
    if (!running.delete(this)) return false;
    this.child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
    return true;
  }
}

function configuration(modules) {
  const kinds = { ESModule: 'esModule', CompiledWasm: 'wasm', Data: 'data' };
  const list = modules.map(({ type, path }) => `(name = "${path}", ${kinds[type]} = embed "${path}")`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main), (name = "none", network = (allow = []))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  compatibilityDate = "${COMPATIBILITY_DATE}",
  modules = [${list.join(', ')}],
  bindings = [
    (name = "PUBLIC_URL", text = ""),
    (name = "DB", wrapped = (moduleName = "cloudflare-internal:d1-api", innerBindings = [(name = "fetcher", service = "none")])),
  ],
);
`;
}
