// Where each content costs most: verification alone, without the request around it, in a worker that repeats it.
import { keys } from '../../dev/corpus/keys.mjs';
import { scene } from '../../dev/corpus/documents.mjs';
import { builtModules } from '../../dev/worker/options.mjs';
import { OUT, verify } from '../support/verification.mjs';
import { startWorkerd } from '../support/workerd.mjs';
import { now } from './carriers.mjs';
import { providerXml } from './provider.mjs';

/** How often a document is refused in one request. */
const TIMES = 4;

/** Of each content the document that costs most, by one measurement of each: `[{ document, spent }]`, in milliseconds. */
export async function costliestPlaces(documents) {
  const workerd = await startWorkerd(builtModules(OUT));
  const cost = async ({ bytes, what, where, code }) => {
    const task = { metadataXml: providerXml(keys('idp')), audience: scene.audience, acsUrl: scene.acsUrl, now, samlResponse: bytes.toString('base64') };
    const none = await verify(workerd, task, 0);
    const spent = await verify(workerd, task, TIMES, code).catch((error) => {
      throw new Error(`${what}, ${where}: ${error.message}`);
    });
    return Math.max(0, spent - none) / TIMES;
  };
  try {
    const worst = new Map();
    // The first ones warm up what only refusals use.
    for (const document of documents.slice(0, 40)) await cost(document);
    for (const document of documents) {
      const spent = await cost(document);
      if (!(worst.get(document.what)?.spent >= spent)) worst.set(document.what, { document, spent });
    }
    return [...worst.values()];
  } finally {
    await workerd.stop();
  }
}
