// CPU time of refusing documents of 256 KiB in workerd, each for its own reason, beside that of accepting an ordinary one.
import { keys } from '../dev/corpus/keys.mjs';
import { scene } from '../dev/corpus/documents.mjs';
import { metadataXml } from '../dev/idp/samlify.mjs';
import { buildWorker } from '../dev/worker/build.mjs';
import { builtModules } from '../dev/worker/options.mjs';
import { now } from './hostile/carriers.mjs';
import { hostileDocuments } from './hostile/documents.mjs';
import { measured, measuredRatio } from './support/statistics.mjs';
import { OUT, makeTask, warmUp, verify } from './support/verification.mjs';
import { startWorkerd } from './support/workerd.mjs';

const ROUNDS = 3;
/** How often a document is refused in one request: to find the costliest place of its content, and to measure it there. */
const SURVEY = 4;
const MEASURE = 8;
const MOST = 10;
/** So many of those that reach the figure have a row of their own. */
const SHOWN = 10;

export const title = 'Refuse hostile documents of 256 KiB in workerd';

export async function prepare() {
  await buildWorker({ out: OUT, features: ['bench'] });
}

export async function run() {
  const ordinary = await makeTask();
  const provider = { entityId: scene.issuer, ssoUrl: 'https://idp.example.com/sso', certificates: [keys('idp').certificate] };
  const hostile = { metadataXml: metadataXml(provider), audience: scene.audience, acsUrl: scene.acsUrl, now };
  const documents = hostileDocuments();
  const workerd = await startWorkerd(builtModules(OUT));
  try {
    const times = await warmUp(workerd, ordinary);
    const accepted = async () => (await verify(workerd, ordinary, times)) / times;
    const refuse = async ({ bytes, what, where, code }, times) => {
      const task = { ...hostile, samlResponse: bytes.toString('base64') };
      const none = await verify(workerd, task, 0);
      const spent = await verify(workerd, task, times, code).catch((error) => {
        throw new Error(`${what}, ${where}: ${error.message}`);
      });
      return Math.max(0, spent - none) / times;
    };
    const worst = await costliestPlaces(documents, (document) => refuse(document, SURVEY));
    const acceptances = [];
    const measurements = worst.map((document) => ({ document, refusals: [] }));
    for (let round = 0; round < ROUNDS; round++) {
      acceptances.push(await accepted());
      for (const { document, refusals } of measurements) refusals.push(await refuse(document, MEASURE));
    }
    return { about: about(documents), rows: rowsOf(measurements, acceptances) };
  } finally {
    await workerd.stop();
  }
}

/** Of each content the document that costs most, by one measurement of each. */
async function costliestPlaces(documents, cost) {
  const worst = new Map();
  // The first ones warm up what only refusals use.
  for (const document of documents.slice(0, 40)) await cost(document);
  for (const document of documents) {
    const spent = await cost(document);
    if (!(worst.get(document.what)?.spent >= spent)) worst.set(document.what, { document, spent });
  }
  return [...worst.values()].map(({ document }) => document);
}

function about(documents) {
  const kinds = new Set(documents.map(({ what }) => what)).size;
  return [
    `${documents.length} documents: ${kinds} contents, each where it can stand, and measured where it costs most. CPU time of one refusal,`,
    `in acceptances of a response of 5 KB, measured in the same rounds; median of ${ROUNDS} rounds. What is refused for another reason than its own ends the run.`,
  ];
}

function rowsOf(measurements, acceptances) {
  const rated = measurements.map(({ document, refusals }) => ({ document, ratio: measuredRatio(refusals, acceptances) }));
  const sorted = rated.sort((one, other) => other.ratio.value - one.ratio.value);
  const missed = sorted.filter(({ ratio }) => ratio.value > MOST).length;
  const shown = sorted.slice(0, missed + SHOWN);
  const rest = sorted.slice(missed + SHOWN);
  return [
    { what: 'accepted, 5 KB', unit: 'ms', ...measured(acceptances) },
    ...shown.map(({ document: { what, where, code }, ratio }) => ({ what: `${what} (${where}): ${code}`, unit: '×', ...ratio, atMost: MOST })),
    ...(rest.length > 0 ? [{ what: `${rest.length} others, the costliest`, unit: '×', ...rest[0].ratio, atMost: MOST }] : []),
  ];
}
