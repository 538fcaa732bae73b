// What is wrong with a response gets its own error, and changes nothing. The cases are in cases/.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeKeys } from '../../dev/idp/keys.mjs';
import { badDocuments } from './cases/bad-documents.mjs';
import { clockCases } from './cases/clock.mjs';
import { TestAccount } from './support/account.mjs';
import { startPostern } from './support/postern.mjs';

const NOW = Date.UTC(2031, 5, 1, 12);
const KIB = 1024;
let postern;
let keys;
let otherKeys;
let account;
let context;

before(async () => {
  [postern, keys, otherKeys] = await Promise.all([startPostern(), makeKeys(), makeKeys()]);
  postern.now = NOW;
  account = await TestAccount.withProvider(postern, keys);
  const other = await account.addProvider({ name: 'Other' });
  context = { provider: account.provider, other, acs: account.provider.sp.acsUrl, now: NOW };
});
after(() => postern.dispose());

/** What the admin API says of a response, which must be what the log says of it. */
async function assertExplainedAs(error, samlResponse) {
  const before = await account.snapshot();
  const explained = await account.expect(200, 'POST', '/saml/explain', { samlResponse });
  assert.equal(explained.accepted, false);
  assert.deepEqual(explained.error, error);
  assert.deepEqual(await account.snapshot(), before, 'explaining writes nothing');
  return explained;
}

describe('a response with', () => {
  for (const [name, { fields, keys: signer, edit = (xml) => xml, encode, refused }] of Object.entries(badDocuments)) {
    test(name, async () => {
      const person = { nameId: 'ada@example.com', ...fields?.(context) };
      const signed = await account.sign(person, { keys: signer === 'other' ? otherKeys : keys });
      const xml = edit(Buffer.from(signed, 'base64').toString(), context);
      const samlResponse = encode ? encode(xml) : Buffer.from(xml).toString('base64');
      const { code, status = 403, ...facts } = refused;
      const { error } = await account.refused(code, () => account.post(samlResponse), { status });
      for (const [fact, value] of Object.entries(facts)) assert.equal(error[fact], typeof value === 'function' ? value(context) : value, fact);
      assert.ok(error.message.length > 10 && error.remedy.length > 10, JSON.stringify(error));
      // No request has been made, which explaining does not look at.
      if (code !== 'unknown_request') await assertExplainedAs(error, samlResponse);
    });
  }

  test('nothing wrong is still taken after all of them', async () => {
    assert.equal((await account.whoami((await account.signIn('ada@example.com')).cookie)).user.email, 'ada@example.com');
  });
});

describe('a response that', () => {
  const bySkew = new Map();
  for (const [name, { skew = 120, refused, wanted, taken, ...times }] of Object.entries(clockCases)) {
    test(name, async () => {
      if (!bySkew.has(skew)) bySkew.set(skew, await account.addProvider({ name: `Skew ${skew}`, clockSkewSeconds: skew }));
      const provider = bySkew.get(skew);
      const absolute = Object.fromEntries(Object.entries(times).map(([time, offset]) => [time, NOW + offset]));
      const person = { nameId: `${name.replaceAll(/\W/g, '-')}@example.com`, ...absolute };
      if (taken) return account.signIn(person, { provider });
      const log = await account.refusedSignIn(refused, person, { provider });
      assert.equal(log.error.expected, `${wanted[0]} ${new Date(NOW + wanted[1]).toISOString()}`);
      assert.equal(log.error.got, '2031-06-01T12:00:00.000Z by our clock');
      return assertExplainedAs(log.error, await account.sign(person, { provider }));
    });
  }
});

/** Sends a body to the ACS as it is. A stream is sent in chunks, without a length. */
function send(body, { type = 'application/x-www-form-urlencoded', acs = context.acs } = {}) {
  const headers = type === null ? {} : { 'content-type': type };
  return postern.fetch(acs, { method: 'POST', body, headers, ...(body instanceof ReadableStream ? { duplex: 'half' } : {}) });
}

function inChunks(text, size = 16 * KIB) {
  const bytes = Buffer.from(text);
  let from = 0;
  return new ReadableStream({
    pull(controller) {
      if (from >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(from, from + size));
      from += size;
    },
  });
}

const formOfSize = (size) => `SAMLResponse=${'A'.repeat(size - 'SAMLResponse='.length)}`;

describe('a request', () => {
  for (const [name, wrap] of Object.entries({ 'with its length': (text) => text, 'in chunks': inChunks })) {
    test(`of 300 KiB, ${name}, is too large`, async () => {
      const log = await account.refused('body_too_large', () => send(wrap(formOfSize(300 * KIB))), { status: 413 });
      assert.equal(log.provider, null);
    });
    test(`of one byte more than 256 KiB, ${name}, is too large`, () => account.refused('body_too_large', () => send(wrap(formOfSize(256 * KIB + 1))), { status: 413 }));
    test(`of 256 KiB, ${name}, is read`, () => account.refused('not_base64', () => send(wrap(formOfSize(256 * KIB))), { status: 400 }));
    test(`that is right, ${name}, is taken`, async () => {
      const form = new URLSearchParams({ SAMLResponse: await account.sign('ada@example.com') });
      assert.equal((await send(wrap(String(form)))).status, 303);
    });
  }

  for (const [name, type] of Object.entries({ JSON: 'application/json', 'several parts': 'multipart/form-data; boundary=x', XML: 'text/xml', 'another type that begins alike': 'application/x-www-form-urlencoded-x' })) {
    test(`of ${name} is no form`, async () => {
      const form = String(new URLSearchParams({ SAMLResponse: await account.sign('ada@example.com') }));
      const { error } = await account.refused('wrong_content_type', () => send(form, { type }), { status: 415 });
      assert.equal(error.expected, 'application/x-www-form-urlencoded');
      assert.equal(error.got, type.split(';')[0]);
    });
  }

  test('without a type is no form', () => account.refused('wrong_content_type', () => send(Buffer.from('SAMLResponse=x'), { type: null }), { status: 415 }));

  test('of a form with its character set is taken', async () => {
    const form = String(new URLSearchParams({ SAMLResponse: await account.sign('ada@example.com') }));
    assert.equal((await send(form, { type: 'Application/X-WWW-Form-Urlencoded; charset=UTF-8' })).status, 303);
  });

  for (const [name, fields] of Object.entries({
    'no field': [],
    'other fields only': ['RelayState', 'samlresponse', 'SAMLRequest'],
    'two fields SAMLResponse': ['SAMLResponse', 'SAMLResponse'],
  })) {
    test(`with ${name} is refused`, async () => {
      const samlResponse = await account.sign('ada@example.com');
      const form = String(new URLSearchParams(fields.map((field) => [field, samlResponse])));
      await account.refused('no_saml_response', () => send(form), { status: 400 });
    });
  }

  test('by another method is not allowed', async () => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const answer = await postern.fetch(context.acs, { method });
      assert.equal(answer.status, 405, method);
      assert.equal(answer.headers.get('allow'), 'POST');
    }
  });

  for (const path of ['/saml/nobody/acs', '/gateway/api/users/saml-login?accountId=nobody', '/gateway/api/users/saml-login', '/saml/a%20b/acs', `/saml/${'x'.repeat(65)}/acs`, '/gateway/api/users/saml-login?accountId=a/b']) {
    test(`to an account that nobody has is answered without a trace: ${path.slice(0, 60)}`, async () => {
      const rows = async () => (await postern.rows('sign_ins')).length;
      const before = await rows();
      const form = String(new URLSearchParams({ SAMLResponse: await account.sign('ada@example.com') }));
      const answer = await send(form, { acs: path });
      assert.equal(answer.status, 404);
      assert.match(await answer.text(), /There is no such account/);
      assert.equal(await rows(), before);
    });
  }
});
