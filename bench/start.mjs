// What a fresh isolate costs: loading the module and answering the first request, beside an empty Rust worker.
import { buildWorker } from '../dev/worker/build.mjs';
import { builtModules } from '../dev/worker/options.mjs';
import { EMPTY, buildEmptyWorker } from './support/empty-worker.mjs';
import { ownModules } from './support/settings.mjs';
import { measured, measuredRatio } from './support/statistics.mjs';
import { startWorkerd } from './support/workerd.mjs';

const STARTS = 11;

export const title = 'Import and first request';

export async function prepare() {
  await buildWorker();
  await buildEmptyWorker();
}

export async function run() {
  const workers = { nothing: ownModules('nothing.mjs'), empty: builtModules(EMPTY), postern: builtModules() };
  const starts = { nothing: [], empty: [], postern: [] };
  for (let i = 0; i < STARTS; i++) {
    for (const [name, modules] of Object.entries(workers)) starts[name].push(await start(modules));
  }
  // workerd's own start is in all three, and is taken off by a worker of one line of JavaScript.
  const of = (name, what) => starts[name].map((one, index) => what(one) - what(starts.nothing[index]));
  const load = (one) => one.load;
  const first = (one) => one.first;
  const both = (one) => one.load + one.first;
  const row = (what, numbers) => ({ what, unit: 'ms', ...measured(numbers) });
  return {
    about: [
      `GET /healthz. CPU time of a fresh workerd from its launch until it listens (import) and from then until it has answered (first`,
      `request), less that of a worker of one line of JavaScript (${measured(starts.nothing.map(both)).value.toFixed(1)} ms). Median of ${STARTS} starts in turn.`,
    ],
    rows: [
      row('empty Rust worker: import', of('empty', load)),
      row('empty Rust worker: first request', of('empty', first)),
      row('empty Rust worker: both', of('empty', both)),
      row('Postern: import', of('postern', load)),
      row('Postern: first request', of('postern', first)),
      row('Postern: both', of('postern', both)),
      { what: '  ÷ empty Rust worker', unit: '×', ...measuredRatio(of('postern', both), of('empty', both)), atMost: 3 },
    ],
  };
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
