// A draft is tried before it is enabled: the browser that began is shown what came and what would be decided, and nothing
// comes of it. Responses are written and signed by libraries that are not ours.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeKeys } from '../../dev/idp/keys.mjs';
import { TestAccount } from './support/account.mjs';
import { startPostern } from './support/postern.mjs';
import { signers } from './support/signers.mjs';

let postern;
let keys;
before(async () => {
  [postern, keys] = await Promise.all([startPostern(), makeKeys()]);
});
after(() => postern.dispose());

const withDraft = (settings) => TestAccount.withProvider(postern, keys, { draft: true, ...settings });

/** Begins a test and answers it. Asserts that nothing came of it but the row of the log and what is used up. */
async function tried(account, person = {}, options = {}) {
  const { id, cookie } = await account.begin({ test: true });
  const { sign_ins: logged, spent: used, pending_requests: open, ...before } = await account.snapshot();
  assert.equal(open.length, 1);
  const samlResponse = await account.sign({ nameId: 'ada@example.com', inResponseTo: id, ...person }, options);
  const answer = await account.post(samlResponse, { cookie });
  const page = await answer.text();
  assert.equal(answer.status, 200, page);
  assert.match(answer.headers.get('content-security-policy'), /^default-src 'none'; style-src 'self';/);
  assert.deepEqual(answer.headers.getSetCookie(), []);
  const { sign_ins: log, spent, pending_requests: pending, ...after } = await account.snapshot();
  assert.deepEqual(after, before, 'nothing else is written');
  assert.deepEqual([log.length, pending.length], [logged.length + 1, 0]);
  const row = await account.signInLog(page.match(/Reference: <code>([0-9a-z]{26})<\/code>/)[1]);
  assert.deepEqual([row.outcome, row.error.code, row.initiatedBy, row.user, row.decision], ['refused', 'tested', 'sp', null, null]);
  return { page, row, samlResponse, cookie, answer, spent: spent.length - used.length };
}

for (const [name, { write, signs }] of Object.entries(signers)) {
  test(`a response of ${name} is shown, with what would be decided`, async () => {
    const account = await withDraft({ jit: { enabled: true, validationKey: 'department', validationValue: 'engineering' } });
    const { page, row, spent, answer } = await tried(account, { sign: signs[0], attributes: { email: 'ada@example.com', department: 'engineering' } }, { sign: write });
    assert.match(page, /the user would be created just in time/);
    assert.match(page, /<td>ada@example\.com<\/td>/);
    assert.match(page, /<td>department<\/td><td>[^<]*<\/td><td>engineering<\/td>/);
    assert.match(page, /<td>audience<\/td><td>passed<\/td><td>localhost<\/td><td>localhost<\/td>/);
    assert.match(page, /<td>jit validation<\/td><td>yes<\/td>/);
    assert.deepEqual([row.email, row.error.got, spent], ['ada@example.com', 'it would be a sign-in: created_just_in_time', 2]);
    assert.equal(answer.d1Calls, 3, 'the request, the directory, the commit; the configuration was read by the beginning');
  });
}

describe('what would be refused', () => {
  test('by the decision is told, with the remedy of the kind of identity provider', async () => {
    const account = await withDraft({ kind: 'okta', jit: { enabled: true, validationKey: 'department', validationValue: 'sales' } });
    const { page, row } = await tried(account, { attributes: { department: 'engineering' } });
    assert.match(page, /\(jit_validation_failed\)/);
    assert.match(page, /In Okta, send the attribute/);
    assert.equal(row.error.got, 'it would be refused: jit_validation_failed');
  });

  test('by a check is told, with every other check', async () => {
    const account = await withDraft();
    const { page, row, spent } = await tried(account, { audience: 'urn:other' });
    assert.match(page, /<td>audience<\/td><td>failed<\/td><td>localhost<\/td><td>urn:other<\/td>/);
    assert.match(page, /What would be decided if every check passed/);
    assert.deepEqual([row.email, spent], [null, 1]);
  });

  test('by its signature is told, and whoever it claims to be is not logged', async () => {
    const account = await withDraft();
    const { page, row } = await tried(account, {}, { keys: await makeKeys() });
    assert.match(page, /\(wrong_key\)/);
    assert.match(page, /would pass, if it were signed/);
    assert.deepEqual([row.email, row.nameId], [null, null]);
  });
});

test('what is not begun as a test in this browser is refused, and told nothing', async () => {
  const account = await withDraft();
  await account.refusedSignIn('provider_is_draft', 'ada@example.com');
  const { id, cookie } = await account.begin({ test: true });
  const answering = await account.sign({ nameId: 'ada@example.com', inResponseTo: id });
  const stranger = (await account.begin({ test: true })).cookie;
  for (const held of [undefined, stranger]) {
    const log = await account.refused('provider_is_draft', () => account.post(answering, { cookie: held }));
    assert.match(log.error.remedy, /test URL/);
  }
  await account.refusedSignIn('provider_is_draft', 'ada@example.com', { cookie });
  assert.equal((await account.post(answering, { cookie })).status, 200);
  await account.refused('provider_is_draft', () => account.post(answering, { cookie }));
});

test('what was tried signs nobody in once the provider is enabled, and others do', async () => {
  const account = await withDraft({ allowUnknownInResponseTo: true });
  const { samlResponse, cookie } = await tried(account);
  const begun = await account.begin({ test: true });
  await account.change(account.provider, { draft: false, enabled: true });
  await account.refused('replayed', () => account.post(samlResponse, { cookie }));
  await account.refusedSignIn('tested', { nameId: 'ada@example.com', inResponseTo: begun.id }, { cookie: begun.cookie });
  assert.equal((await account.begin({ test: true })).answer.status, 404);
  await account.signIn('ada@example.com');
});

test('a legacy draft authenticates for nobody', async () => {
  const account = await TestAccount.withProvider(postern, keys);
  const draft = await account.addProvider({ name: 'Legacy', generation: 'legacy', draft: true });
  await account.signIn('ada@example.com');
  assert.equal((await account.begin({ provider: draft })).answer.status, 404);
  assert.equal((await account.begin({ provider: draft, test: true })).answer.status, 302);
});
