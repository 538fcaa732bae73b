// Providers: what metadata makes one, what is answered, and how one is changed and deleted.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import selfsigned from 'selfsigned';
import { makeKeys } from '../../dev/idp/keys.mjs';
import { metadataXml } from '../../dev/idp/samlify.mjs';
import { metadataCases } from './cases/metadata.mjs';
import { TestAccount } from './support/account.mjs';
import { startPostern } from './support/postern.mjs';

const DAYS = 24 * 3600 * 1000;
const usual = { attribute: null, nameId: false, constant: null, required: false, enabled: true };
const usualMapping = { email: usual, givenName: usual, familyName: usual, displayName: usual, groups: usual, custom: [] };

let postern;
let keys;

before(async () => {
  const onCurve = async (curve) => ({ certificate: (await selfsigned.generate([{ name: 'commonName', value: 'Curve' }], { keyType: 'ec', curve })).cert });
  const made = await Promise.all([startPostern(), makeKeys({ commonName: 'Own' }), makeKeys({ commonName: 'Second' }), makeKeys({ bits: 1024 }), onCurve('P-256'), onCurve('P-521')]);
  postern = made[0];
  keys = { own: made[1], second: made[2], weak: made[3], curve: made[4], otherCurve: made[5] };
});
after(() => postern.dispose());

const newAccount = () => TestAccount.create(postern, keys.own);
const fingerprint = ({ certificate }) => new X509Certificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase();

/** Another certificate for each name that has no key: only its bytes have to differ. */
async function certificatesOf(names) {
  const made = names.map((name) => keys[name] ?? makeKeys({ commonName: name }));
  return (await Promise.all(made)).map(({ certificate }) => certificate);
}

describe('metadata', () => {
  for (const [name, { keys: names = ['own'], edit = (xml) => xml, says, has }] of Object.entries(metadataCases)) {
    test(`${name} is ${says ? 'refused' : 'taken'}`, async () => {
      const account = await newAccount();
      const right = metadataXml({ entityId: 'https://idp.example.com/metadata', ssoUrl: 'https://idp.example.com/sso', certificates: await certificatesOf(names) });
      const ours = async () => (await postern.fetch(`/saml/${account.id}/metadata`)).text();
      const sent = edit === 'ours' ? await ours() : edit(right);
      const { status, body } = await account.admin('POST', '/providers', { name: 'Example', kind: 'other', metadataXml: sent });
      if (says) {
        assert.equal(status, 422, JSON.stringify(body));
        const [{ pointer, code, message }] = body.errors;
        assert.deepEqual([body.errors.length, pointer, code], [1, '/metadataXml', 'metadata_not_usable']);
        assert.match(message, says);
        assert.deepEqual((await account.snapshot()).providers, []);
        return;
      }
      assert.equal(status, 201, JSON.stringify(body));
      const { certificates = 1, warnings, ...facts } = has;
      assert.equal(body.certificates.length, certificates);
      for (const [fact, value] of Object.entries(facts)) assert.deepEqual(body[fact], value, fact);
      if (warnings) assert.deepEqual(body.warnings.map((text, index) => Boolean(warnings[index]?.test(text))), warnings.map(() => true), body.warnings.join());
      account.provider = body;
      // Who signs with a key of the metadata is heard.
      const code = names.includes('own') ? 'not_invited' : 'wrong_key';
      await account.refusedSignIn(code, 'ada@example.com');
    });
  }

  test('tells of each certificate what admins compare', async () => {
    const account = await newAccount();
    const { certificates } = await account.addProvider({ keys: [keys.own, keys.second] });
    const { validFrom, validTo } = new X509Certificate(keys.own.certificate);
    assert.deepEqual(certificates[0], {
      fingerprint: fingerprint(keys.own), subject: 'Own', algorithm: 'RSA', bits: 2048,
      notBefore: new Date(validFrom).toISOString(), notAfter: new Date(validTo).toISOString(),
    });
    assert.deepEqual([certificates[1].subject, certificates[1].fingerprint], ['Second', fingerprint(keys.second)]);
  });

  test('with a certificate that ends is warned of, and still trusted', async () => {
    const now = Date.now();
    const span = (notAfter) => makeKeys({ commonName: 'Old', notBefore: new Date(now - 900 * DAYS), notAfter: new Date(now + notAfter * DAYS) });
    const [ended, ending, lasting] = await Promise.all([span(-1), span(29), span(31)]);
    for (const [pair, says] of [[ended, /expired at/], [ending, /expires at/], [lasting, null]]) {
      const account = await newAccount();
      account.provider = await account.addProvider({ keys: [pair] });
      const [warning, ...others] = account.provider.warnings;
      assert.deepEqual(others, []);
      if (says) assert.match(warning, says);
      else assert.equal(warning, undefined);
      await account.signIn('ada@example.com', { keys: pair });
    }
  });
});

describe('a provider', () => {
  test('is made with defaults, and read as it was answered', async () => {
    const account = await newAccount();
    const { status, body, headers } = await account.admin('POST', '/providers', { name: '  Example ', kind: 'entra', metadataXml: account.metadata({ entityId: 'https://idp.example.com/defaults' }) });
    assert.equal(status, 201);
    const { id, sp, certificates, createdAt, updatedAt, ...fields } = body;
    assert.deepEqual(fields, {
      name: 'Example', kind: 'entra', enabled: true, draft: false, entityId: 'https://idp.example.com/defaults', ssoUrl: 'https://idp.example.com/sso', ssoBinding: 'redirect', sloUrl: null, sloResponseUrl: null, sloBinding: null,
      spEntityId: null, allowIdpInitiated: true, clockSkewSeconds: 120, jit: { enabled: false, validationKey: null, validationValue: null, rules: [] }, attributeMapping: usualMapping, allowedEmailDomains: [], acceptUsersOfOtherProviders: false,
      allowUnknownInResponseTo: false, allowSha1: false, signRequests: false, forceAuthn: false, nameIdFormat: null, requestedAuthnContext: [], encryption: 'off', generation: 'current', authorization: { enabled: false, groupsAttribute: null }, version: 1, warnings: [],
      metadataUrl: null, metadataSigningCertificate: null, metadataRefreshedAt: null, metadataError: null,
    });
    assert.equal(createdAt, updatedAt);
    assert.equal(certificates.length, 1);
    assert.equal(sp.entityId, 'localhost');
    assert.equal(headers.get('location'), `/api/v1/accounts/${account.id}/providers/${id}`);
    const read = await account.admin('GET', `/providers/${id}`);
    assert.deepEqual(read.body, body);
    assert.equal(read.headers.get('etag'), '"1"');
    assert.deepEqual(await account.expect(200, 'GET', '/providers'), { items: [body], nextCursor: null });
  });

  test('is made with everything that can be set', async () => {
    const account = await newAccount();
    const settings = { enabled: false, draft: true, spEntityId: 'urn:example:sp', allowIdpInitiated: false, clockSkewSeconds: 0, jit: { enabled: true, validationKey: 'department', validationValue: 'engineering', rules: [{ conditions: [], effect: 'admit' }] },
      allowedEmailDomains: ['example.com'], acceptUsersOfOtherProviders: true,
      allowUnknownInResponseTo: true, allowSha1: true, signRequests: true, forceAuthn: true, nameIdFormat: 'persistent', encryption: 'require',
      requestedAuthnContext: ['urn:oasis:names:tc:SAML:2.0:ac:classes:X509', 'https://refeds.org/profile/mfa'] };
    for (const kind of ['okta', 'entra', 'onelogin', 'keycloak', 'jumpcloud', 'other']) {
      const provider = await account.addProvider({ kind, ...settings });
      for (const [field, value] of Object.entries({ kind, ...settings })) assert.deepEqual(provider[field], value, field);
    }
    assert.equal((await account.expect(200, 'GET', '/providers')).items.length, 6);
  });

  test('keeps what a patch does not name, and takes null for the default', async () => {
    const account = await newAccount();
    const jit = { enabled: true, validationKey: 'department', validationValue: 'engineering', rules: [] };
    const provider = await account.addProvider({ spEntityId: 'urn:example:sp', clockSkewSeconds: 10, jit });
    const steps = [
      [{ name: 'Changed' }, { name: 'Changed' }],
      [{}, {}],
      [{ jit: { enabled: false } }, { jit: { ...jit, enabled: false } }],
      [{ jit: { validationValue: 'research' } }, { jit: { ...jit, enabled: false, validationValue: 'research' } }],
      [{ jit: { validationKey: null, validationValue: '' } }, { jit: { enabled: false, validationKey: null, validationValue: null, rules: [] } }],
      [{ jit: { enabled: true } }, { jit: { enabled: true, validationKey: null, validationValue: null, rules: [] } }],
      [{ jit: null, spEntityId: null, clockSkewSeconds: null, enabled: null, allowIdpInitiated: null }, { jit: { enabled: false, validationKey: null, validationValue: null, rules: [] }, spEntityId: null, clockSkewSeconds: 120 }],
    ];
    let expected = provider;
    for (const [patch, change] of steps) {
      const { status, body, headers } = await account.admin('PATCH', `/providers/${provider.id}`, patch, { version: expected.version });
      assert.equal(status, 200, JSON.stringify(body));
      const { updatedAt, sp } = body;
      expected = { ...expected, ...change, version: expected.version + 1, updatedAt, sp };
      assert.deepEqual(body, expected);
      assert.equal(headers.get('etag'), `"${body.version}"`);
    }
    assert.equal(expected.sp.entityId, 'localhost');
  });

  test('may not lose half of its validation pair by a patch', async () => {
    const account = await newAccount();
    const { id, version } = await account.addProvider({ jit: { enabled: true, validationKey: 'department', validationValue: 'engineering' } });
    for (const [patch, pointer] of [[{ validationKey: null }, '/jit/validationKey'], [{ validationValue: '' }, '/jit/validationValue']]) {
      const { status, body } = await account.admin('PATCH', `/providers/${id}`, { jit: patch }, { version });
      assert.equal(status, 422);
      assert.deepEqual(body.errors.map((error) => [error.pointer, error.code]), [[pointer, 'half_filled']]);
    }
  });

  test('changes its certificates by metadata, and may change its entity ID', async () => {
    const account = await newAccount();
    account.provider = await account.addProvider();
    const metadata = account.metadata({ entityId: 'https://idp.example.com/moved', keys: [keys.second] });
    account.provider = await account.change(account.provider, { metadataXml: metadata });
    assert.equal(account.provider.entityId, 'https://idp.example.com/moved');
    assert.deepEqual(account.provider.certificates.map((one) => one.fingerprint), [fingerprint(keys.second)]);
    await account.signIn('ada@example.com', { keys: keys.second });
    await account.refusedSignIn('wrong_key', 'ada@example.com');
  });

  test('shares its entity ID with no other of the account', async () => {
    const [account, other] = [await newAccount(), await newAccount()];
    const [first, second] = [await account.addProvider(), await account.addProvider()];
    const metadata = account.metadata({ entityId: first.entityId });
    const before = await account.snapshot();
    for (const answer of [
      await account.admin('POST', '/providers', { name: 'Again', kind: 'other', metadataXml: metadata }),
      await account.admin('PATCH', `/providers/${second.id}`, { metadataXml: metadata }, { version: second.version }),
    ]) {
      assert.equal(answer.status, 409);
      assert.deepEqual(answer.body.errors.map(({ pointer }) => pointer), ['/metadataXml']);
    }
    assert.deepEqual(await account.snapshot(), before);
    assert.equal((await account.change(first, { metadataXml: metadata })).version, 2);
    await other.addProvider({ entityId: first.entityId });
  });

  test('takes links, sessions and open requests with it when it is deleted, and no user', async () => {
    const account = await newAccount();
    account.provider = await account.addProvider();
    await account.signIn('ada@example.com');
    await account.begin();
    const { id } = account.provider;
    const answer = await account.admin('DELETE', `/providers/${id}`, undefined, { version: 1 });
    assert.deepEqual([answer.status, answer.body], [204, '']);
    const { providers, users, user_links: links, sessions, pending_requests: pending, sign_ins: log } = await account.snapshot();
    assert.deepEqual([providers, links, sessions, pending, users.length, log.length], [[], [], [], [], 1, 1]);
    assert.equal((await account.admin('GET', `/providers/${id}`)).status, 404);
    assert.equal((await account.admin('DELETE', `/providers/${id}`, undefined, { version: 1 })).status, 404);
    const { items: [signIn] } = await account.expect(200, 'GET', '/sign-ins');
    assert.equal(signIn.provider.name, 'Example', 'the log outlives what it speaks of');
  });

  test('that is made again finds the users by their e-mail', async () => {
    const account = await newAccount();
    account.provider = await account.addProvider();
    await account.signIn('ada@example.com');
    await account.expect(204, 'DELETE', `/providers/${account.provider.id}`, undefined, { version: 1 });
    account.provider = await account.addProvider();
    await account.signIn('ada@example.com');
    assert.equal((await account.users()).length, 1);
  });

  test('has each change in the log of changes, with who, before and after', async () => {
    const account = await newAccount();
    const provider = await account.addProvider();
    await account.change(provider, { name: 'Changed' });
    await account.expect(204, 'DELETE', `/providers/${provider.id}`, undefined, { version: 2 });
    const { changes } = await account.snapshot();
    const ofProvider = changes.filter(({ resource }) => resource === `provider/${provider.id}`).sort((one, other) => one.version - other.version);
    const nameIn = (json) => (json === null ? null : JSON.parse(json).name);
    assert.deepEqual(ofProvider.map(({ actor, action, before, after }) => [actor, action, nameIn(before), nameIn(after)]), [
      ['setup-token', 'provider.created', null, 'Example'],
      ['setup-token', 'provider.updated', 'Example', 'Changed'],
      ['setup-token', 'provider.deleted', 'Changed', null],
    ]);
  });
});
