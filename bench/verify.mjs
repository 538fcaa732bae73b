// CPU time of verifying one response in workerd: by Postern, by node-saml, and of the one `crypto.subtle.verify` in it.
import { buildWorker } from '../dev/worker/build.mjs';
import { builtModules } from '../dev/worker/options.mjs';
import { bundledForWorkerd } from './support/bundle.mjs';
import { IdentityProvider, signatureOf } from './support/response.mjs';
import { ownModules } from './support/settings.mjs';
import { measured, measuredRatio } from './support/statistics.mjs';
import { startWorkerd } from './support/workerd.mjs';

const OUT = 'build-bench';
const ROUNDS = 9;
const FRESH_STARTS = 5;
/** Milliseconds of CPU that a measured request takes at least, and that a worker is warmed up with. */
const LONG_ENOUGH = 300;
const WARM_UP = 1500;

export const title = 'Verify one response in workerd';

export async function prepare() {
  await buildWorker({ out: OUT, features: ['bench'] });
}

export async function run() {
  const task = await makeTask();
  const peers = {
    webCrypto: { modules: ownModules('webcrypto.mjs') },
    postern: { modules: builtModules(OUT) },
    nodeSaml: { modules: await bundledForWorkerd('node-saml.mjs') },
  };
  const warm = await measureWarm(peers, task);
  const [first, firstNodeSaml] = await measureFirst([peers.postern, peers.nodeSaml], task);
  const size = Buffer.from(task.samlResponse, 'base64').length;
  return {
    about: [
      `One response of ${size} bytes (${task.samlResponse.length} as base64), the assertion signed, RSA-2048-SHA256. Many in one request, less a request`,
      `with none, each of ${LONG_ENOUGH} ms or more; median of ${ROUNDS} rounds in turn. "First" is all of the first request of a fresh isolate.`,
    ],
    rows: [
      { what: 'crypto.subtle.verify alone, from JS', unit: 'ms', ...measured(warm.webCrypto) },
      { what: 'Postern', unit: 'ms', ...measured(warm.postern), atMost: 0.15 },
      { what: '  ÷ crypto.subtle.verify', unit: '×', ...measuredRatio(warm.postern, warm.webCrypto), atMost: 6 },
      { what: 'node-saml', unit: 'ms', ...measured(warm.nodeSaml) },
      { what: '  ÷ Postern', unit: '×', ...measuredRatio(warm.nodeSaml, warm.postern), atLeast: 30 },
      { what: 'Postern, first', unit: 'ms', ...measured(first) },
      { what: 'node-saml, first', unit: 'ms', ...measured(firstNodeSaml) },
      { what: '  ÷ Postern, first', unit: '×', ...measuredRatio(firstNodeSaml, first) },
    ],
  };
}

/** Everything that any of the workers needs to know; each reads its part. */
async function makeTask() {
  const idp = await IdentityProvider.make();
  const [audience, acsUrl, now] = ['https://sso.example.com', 'https://sso.example.com/saml/bench/acs', Date.now()];
  const samlResponse = await idp.sign({ audience, acsUrl, now });
  const { entityId: issuer, certificate, metadataXml, publicKey } = idp;
  return { issuer, certificate, metadataXml, publicKey, audience, acsUrl, now, samlResponse, ...signatureOf(samlResponse) };
}

/** Milliseconds a verification, `ROUNDS` of each peer. */
async function measureWarm(peers, task) {
  const running = [];
  try {
    for (const [name, { modules }] of Object.entries(peers)) {
      const workerd = await startWorkerd(modules);
      running.push({ name, workerd, times: await warmUp(workerd, task) });
    }
    const figures = Object.fromEntries(running.map(({ name }) => [name, []]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const { name, workerd, times } of running) {
        const none = await verify(workerd, task, 0);
        figures[name].push(((await verify(workerd, task, times)) - none) / times);
      }
    }
    return figures;
  } finally {
    for (const { workerd } of running) await workerd.stop();
  }
}

/** Verifies until the compilers have done what they will do. Resolves to how many take `LONG_ENOUGH`. */
async function warmUp(workerd, task) {
  let [times, spent, last] = [10, 0, 0];
  while (spent < WARM_UP || last < LONG_ENOUGH) {
    if (last > 0) times = Math.ceil(times * Math.min(4, (1.2 * LONG_ENOUGH) / last));
    last = await verify(workerd, task, times);
    spent += last;
  }
  return times;
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

/** Milliseconds of CPU that a request takes which verifies so many times. */
async function verify(workerd, task, times) {
  const before = workerd.processorTime();
  const { accepted } = await workerd.post('/__bench/verify', { ...task, times });
  const spent = workerd.processorTime() - before;
  if (accepted !== times) throw new Error(`${accepted} of ${times} verifications succeeded`);
  return spent;
}
