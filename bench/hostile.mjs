// CPU time of refusing documents that are as large as can be posted (256 KiB) in workerd, each for its own reason, beside that of ordinary sign-ins.
import { keys } from '../dev/corpus/keys.mjs';
import { scene } from '../dev/corpus/documents.mjs';
import { buildWorker } from '../dev/worker/build.mjs';
import { startPostern } from '../tests/e2e/support/postern.mjs';
import { hostileDocuments } from './hostile/documents.mjs';
import { costliestPlaces } from './hostile/places.mjs';
import { providerXml } from './hostile/provider.mjs';
import { onItsCore } from './support/deployment.mjs';
import { addProvider, formOf, presigned } from './support/sign-ins.mjs';
import { measured, measuredRatio } from './support/statistics.mjs';
import { OUT } from './support/verification.mjs';

const ROUNDS = 5;
const WARM_UP = 200;
/** Sign-ins a round, and refusals of each document. */
const SIGN_INS = 100;
const REFUSALS = 6;
const MOST = 10;
/** So many of those that reach the figure have a row of their own. */
const SHOWN = 10;
const account = new URL(scene.acsUrl).searchParams.get('accountId');

export const title = 'Refuse hostile posts of 256 KiB in workerd';

export async function prepare() {
  await buildWorker();
  await buildWorker({ out: OUT, features: ['bench'] });
}

export async function run() {
  const documents = hostileDocuments();
  const worst = await costliestPlaces(documents);
  const vars = { PUBLIC_URL: new URL(scene.acsUrl).origin };
  const postern = await onItsCore(1, () => startPostern({ faults: false, vars }));
  try {
    await postern.worker.admin('POST', '/accounts', { id: account, name: 'Bench' });
    await addProvider(postern.worker, account, { metadataXml: providerXml(keys('idp')) });
    const signIns = await presigned(postern.worker, account, { count: WARM_UP + ROUNDS * SIGN_INS, people: 50 });
    await postern.measure(signIns.splice(0, WARM_UP));
    for (const { document } of worst) await refuse(postern, document);
    const accepted = [];
    const refused = worst.map(({ document, spent }) => ({ document, alone: spent, spent: [] }));
    for (let round = 0; round < ROUNDS; round++) {
      accepted.push((await postern.measure(signIns.splice(0, SIGN_INS))).processor);
      for (const { document, spent } of refused) spent.push(await refuse(postern, document));
    }
    return { about: about(documents, worst), rows: rowsOf(refused, accepted) };
  } finally {
    await postern.stop();
  }
}

/** Milliseconds of CPU of one refusal, by its own reason and no other. */
async function refuse(postern, { what, where, posted, bytes }) {
  const { pathname, search } = new URL(scene.acsUrl);
  const forms = Array(REFUSALS).fill(formOf(pathname + search, bytes.toString('base64')));
  const { processor } = await postern.measure(forms, [400, 403]);
  const log = `SELECT outcome, error ->> 'code' AS code FROM sign_ins WHERE account_id = ? ORDER BY id DESC LIMIT ?`;
  const { results } = await postern.worker.db.prepare(log).bind(account, REFUSALS).all();
  const other = results.find((row) => row.outcome !== 'refused' || row.code !== posted);
  if (other || results.length !== REFUSALS) throw new Error(`${what}, ${where}: not ${posted} but ${JSON.stringify(other ?? results)}`);
  return processor;
}

function about(documents, worst) {
  const most = Math.max(...worst.map(({ spent }) => spent));
  return [
    `${documents.length} documents: ${worst.length} contents, each where it can stand, and measured where it costs most. CPU time of the request that is`,
    `refused, in sign-ins of a response of 5 KB, measured in the same rounds, all of workerd with D1 in it; median of ${ROUNDS} rounds.`,
    `What is refused for another reason than its own ends the run. Verification alone takes ${most.toFixed(1)} ms at most.`,
  ];
}

function rowsOf(refused, accepted) {
  const rated = refused.map(({ document, spent }) => ({ document, ratio: measuredRatio(spent, accepted) }));
  const sorted = rated.sort((one, other) => other.ratio.value - one.ratio.value);
  const missed = sorted.filter(({ ratio }) => ratio.value > MOST).length;
  const shown = sorted.slice(0, missed + SHOWN);
  const rest = sorted.slice(missed + SHOWN);
  return [
    { what: 'a sign-in of 5 KB', unit: 'ms', ...measured(accepted) },
    ...shown.map(({ document: { what, where, code }, ratio }) => ({ what: `${what} (${where}): ${code}`, unit: '×', ...ratio, atMost: MOST })),
    ...(rest.length > 0 ? [{ what: `${rest.length} others, the costliest`, unit: '×', ...rest[0].ratio, atMost: MOST }] : []),
  ];
}
