// What a fresh isolate costs: loading the module and answering the first request, beside an empty Rust worker.
import { buildWorker } from '../dev/worker/build.mjs';
import { builtModules } from '../dev/worker/options.mjs';
import { EMPTY, buildEmptyWorker } from './support/empty-worker.mjs';
import { ownModules } from './support/settings.mjs';
import { measured, measuredRatio } from './support/statistics.mjs';
import { startWorkerd } from './support/workerd.mjs';

const STARTS = 15;

export const title = 'Import and first request';

export async function prepare() {
  await buildWorker();
  await buildEmptyWorker();
}

export async function run() {
  const workers = { empty: builtModules(EMPTY), postern: builtModules() };
  const figures = { empty: [], postern: [] };
  for (let i = 0; i < STARTS; i++) {
    for (const [name, modules] of Object.entries(workers)) {
      const [whole, without] = [await start(modules), await start(asFreight(modules))];
      figures[name].push({ load: whole.load - without.load, first: whole.first - without.first });
    }
  }
  const load = (one) => one.load;
  const first = (one) => one.first;
  const both = (one) => one.load + one.first;
  const row = (what, numbers) => ({ what, unit: 'ms', ...measured(numbers) });
  return {
    about: [
      'GET /healthz in a fresh workerd: from its launch until it listens (import: workerd compiles all modules before that), and from',
      'then until it has answered (first request). Less the same of a worker of one line of JavaScript that carries the same files as',
      `data, so that workerd's own start and its reading of files are not in it. Median of ${STARTS} starts in turn.`,
    ],
    rows: [
      row('empty Rust worker: import', figures.empty.map(load)),
      row('empty Rust worker: first request', figures.empty.map(first)),
      row('empty Rust worker: both', figures.empty.map(both)),
      row('Postern: import', figures.postern.map(load)),
      row('Postern: first request', figures.postern.map(first)),
      row('Postern: both', figures.postern.map(both)),
      { what: '  ÷ empty Rust worker', unit: '×', ...measuredRatio(figures.postern.map(both), figures.empty.map(both)), atMost: 3 },
    ],
  };
}

/** A worker that does nothing, with these modules on board as mere bytes. */
function asFreight(modules) {
  const freight = modules.map(({ path, contents }) => ({ type: 'Data', path: `freight-${path}`, contents }));
  return [...ownModules('nothing.mjs'), ...freight];
}

/** `{ load, first }`, milliseconds. */
async function start(modules) {
  const workerd = await startWorkerd(modules);
  try {
    const load = workerd.processorTime();
    const response = await fetch(`${workerd.origin}/healthz`);
    if (response.status !== 200) throw new Error(`/healthz answered ${response.status}`);
    await response.arrayBuffer();
    return { load, first: workerd.processorTime() - load };
  } finally {
    await workerd.stop();
  }
}
