// One verification, many times in a request: what is measured of Postern and its peers.
import { IdentityProvider, signatureOf } from './response.mjs';

/** The folder of the worker with the entry that repeats a verification. */
export const OUT = 'build-bench';

/** Milliseconds of CPU that a measured request takes at least, and that a worker is warmed up with. */
export const LONG_ENOUGH = 300;
const WARM_UP = 1500;

/** Everything that any of the peers needs to know; each reads its part. `response`: how it is signed. */
export async function makeTask(response = {}) {
  const idp = await IdentityProvider.make();
  const [audience, acsUrl, now] = ['https://sso.example.com', 'https://sso.example.com/saml/bench/acs', Date.now()];
  const samlResponse = await idp.sign({ audience, acsUrl, now, ...response });
  const { entityId: issuer, certificate, metadataXml, publicKey } = idp;
  return { issuer, certificate, metadataXml, publicKey, audience, acsUrl, now, samlResponse, ...signatureOf(samlResponse) };
}

/** Verifies until the compilers have done what they will do. Resolves to how many take `LONG_ENOUGH`. */
export async function warmUp(peer, task) {
  let [times, spent, last] = [10, 0, 0];
  while (spent < WARM_UP || last < LONG_ENOUGH) {
    if (last > 0) times = Math.ceil(times * Math.min(4, (1.2 * LONG_ENOUGH) / last));
    last = await verify(peer, task, times);
    spent += last;
  }
  return times;
}

/** Milliseconds of CPU that a request takes which verifies so many times, to be refused for `code` if that is given. */
export async function verify(peer, task, times, code) {
  const before = peer.processorTime();
  const { accepted, refused = {} } = await peer.post('/__bench/verify', { ...task, times });
  const spent = peer.processorTime() - before;
  const asWanted = code === undefined ? accepted : (refused[code] ?? 0);
  if (asWanted !== times) throw new Error(`of ${times}, ${accepted} were accepted and refused were ${JSON.stringify(refused)}`);
  return spent;
}
