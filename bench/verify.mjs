// CPU time of verifying one response: by Postern and JavaScript libraries in workerd, by python3-saml where Python is, and of the
// one `crypto.subtle.verify` in it.
import { buildWorker } from '../dev/worker/build.mjs';
import { builtModules } from '../dev/worker/options.mjs';
import { bundledForWorkerd } from './support/bundle.mjs';
import { preparePython, pythonIsThere, startPython } from './support/python.mjs';
import { ownModules } from './support/settings.mjs';
import { measured, measuredRatio } from './support/statistics.mjs';
import { LONG_ENOUGH, OUT, makeTask, verify, warmUp } from './support/verification.mjs';
import { startWorkerd } from './support/workerd.mjs';

const ROUNDS = 9;
const FRESH_STARTS = 5;

export const title = 'Verify one response in workerd';

export async function prepare() {
  await buildWorker({ out: OUT, features: ['bench'] });
  await preparePython();
}

export async function run() {
  const [task, both] = [await makeTask(), await makeTask({ sign: 'both' })];
  const postern = { modules: builtModules(OUT) };
  const nodeSaml = { modules: await bundledForWorkerd('node-saml.mjs') };
  const peers = {
    webCrypto: { modules: ownModules('webcrypto.mjs'), task },
    postern: { ...postern, task },
    posternBoth: { ...postern, task: both },
    nodeSaml: { ...nodeSaml, task },
    samlify: { modules: await bundledForWorkerd('samlify.mjs'), task },
    ...(pythonIsThere() ? { python: { start: startPython, task } } : {}),
  };
  const warm = await measureWarm(peers);
  const [first, firstNodeSaml] = await measureFirst([postern, nodeSaml], task);
  const size = ({ samlResponse }) => Buffer.from(samlResponse, 'base64').length;
  const peer = (what, times) => [
    { what, unit: 'ms', ...measured(times) },
    { what: '  ÷ Postern', unit: '×', ...measuredRatio(times, warm.postern), ...(times === warm.nodeSaml ? { atLeast: 30 } : {}) },
  ];
  return {
    about: [
      `One response of ${size(task)} bytes (${task.samlResponse.length} as base64), the assertion signed, RSA-2048-SHA256; and one of ${size(both)} bytes,`,
      `Response and assertion signed. Many in one request, less a request with none, each of ${LONG_ENOUGH} ms or more; median of ${ROUNDS} rounds in`,
      'turn. "First" is all of the first request of a fresh isolate. python3-saml runs in CPython, the others in workerd.',
    ],
    rows: [
      { what: 'crypto.subtle.verify alone, from JS', unit: 'ms', ...measured(warm.webCrypto) },
      { what: 'Postern', unit: 'ms', ...measured(warm.postern), atMost: 0.15 },
      { what: '  ÷ crypto.subtle.verify', unit: '×', ...measuredRatio(warm.postern, warm.webCrypto), atMost: 6 },
      { what: 'Postern, both signed', unit: 'ms', ...measured(warm.posternBoth) },
      { what: '  ÷ crypto.subtle.verify', unit: '×', ...measuredRatio(warm.posternBoth, warm.webCrypto), atMost: 10 },
      ...peer('node-saml', warm.nodeSaml),
      ...peer('samlify', warm.samlify),
      ...(warm.python ? peer('python3-saml', warm.python) : []),
      { what: 'Postern, first', unit: 'ms', ...measured(first) },
      { what: 'node-saml, first', unit: 'ms', ...measured(firstNodeSaml) },
      { what: '  ÷ Postern, first', unit: '×', ...measuredRatio(firstNodeSaml, first) },
    ],
  };
}

/** Milliseconds a verification, `ROUNDS` of each peer. */
async function measureWarm(peers) {
  const running = [];
  try {
    for (const [name, { modules, task, start = startWorkerd }] of Object.entries(peers)) {
      const peer = await start(modules);
      running.push({ name, task, peer });
      running.at(-1).times = await warmUp(peer, task);
    }
    const figures = Object.fromEntries(running.map(({ name }) => [name, []]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const { name, peer, task, times } of running) {
        const none = await verify(peer, task, 0);
        figures[name].push(((await verify(peer, task, times)) - none) / times);
      }
    }
    return figures;
  } finally {
    for (const { peer } of running) await peer.stop();
  }
}

/** Milliseconds that a fresh isolate's first request takes, of each peer in turn. */
async function measureFirst(peers, task) {
  const figures = peers.map(() => []);
  for (let start = 0; start < FRESH_STARTS; start++) {
    for (const [index, { modules }] of peers.entries()) {
      const workerd = await startWorkerd(modules);
      try {
        figures[index].push(await verify(workerd, task, 1));
      } finally {
        await workerd.stop();
      }
    }
  }
  return figures;
}
