// What the debugger says of a response: every check, what was signed, who it is, and what would be decided.
// That it says of each bad response what the log says is tested in bad-input.test.mjs.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import { TestAccount } from './support/account.mjs';
import { installation } from './support/installation.mjs';

const MINUTES = 60_000;
const CHECKS = [
  'base64', 'document', 'issuer', 'decryption', 'signature', 'content', 'response_issuer', 'assertion_issuer', 'destination', 'audience', 'subject_confirmation',
  'conditions', 'session', 'authn_context', 'name_id', 'in_response_to', 'enabled', 'request',
];
const { postern, keys, otherKeys } = await installation();

const withProvider = (settings) => TestAccount.withProvider(postern, keys, settings);
const ada = { nameId: 'u-1', attributes: { email: 'ada@example.com', groups: ['A', 'B'], empty: '' } };

/** Explains, and asserts that nothing was written. */
async function explain(account, question) {
  const before = await account.snapshot();
  const explained = await account.expect(200, 'POST', '/saml/explain', question);
  assert.deepEqual(await account.snapshot(), before);
  assert.equal(explained.accepted, explained.error === null);
  assert.deepEqual(explained.checks.map(({ name }) => name), CHECKS);
  return explained;
}

/** These checks fail, the first of them is the error's, and every other one passes. */
function assertFailsAt(names, { checks, accepted, decision }) {
  assert.deepEqual(checks.map(({ outcome }) => outcome), CHECKS.map((name) => (names.includes(name) ? 'failed' : 'passed')));
  assert.equal(accepted, false);
  assert.equal(decision.hypothetical, true);
}

describe('a response that would be accepted', () => {
  for (const [sign, element] of [['assertion', 'Assertion'], ['response', 'Response'], ['both', 'Response']]) {
    test(`and is signed: ${sign}`, async () => {
      const account = await withProvider();
      const explained = await explain(account, { samlResponse: await account.sign({ ...ada, sign }) });
      assert.ok(explained.accepted, JSON.stringify(explained.error));
      assert.ok(explained.checks.every(({ outcome }) => outcome === 'passed'));
      assert.equal(explained.signed.element, element);
      assert.equal(explained.signed.keyFingerprint, new X509Certificate(keys.certificate).fingerprint256.replaceAll(':', '').toLowerCase());
      assert.ok(explained.signed.canonicalXml.startsWith(element === 'Response' ? '<samlp:Response ' : '<saml:Assertion '));
      assert.deepEqual(explained.subject, { nameId: 'u-1', email: 'ada@example.com' });
      assert.deepEqual(explained.attributes, { email: ['ada@example.com'], groups: ['A', 'B'], empty: [''] });
      assert.equal(explained.decision.outcome, 'created_just_in_time');
      assert.equal(explained.decision.hypothetical, false);
      assert.equal(explained.unverified, null);
      assert.deepEqual(explained.signatures.map((one) => one.element), sign === 'both' ? ['Response', 'Assertion'] : [element]);
      for (const { checks, keyFingerprint, canonicalXml, namedCertificate } of explained.signatures) {
        assert.deepEqual(checks.map(({ name, outcome }) => `${name} ${outcome}`), ['shape passed', 'algorithm passed', 'digest passed', 'key passed']);
        assert.equal(keyFingerprint, explained.signed.keyFingerprint);
        assert.ok(canonicalXml.startsWith('<saml'));
        assert.ok(namedCertificate === null || namedCertificate.configured);
      }
      assert.deepEqual(explained.decision.trace.map(({ rule }) => rule), ['existing_user', 'jit_enabled', 'jit_validation']);
      const audience = explained.checks.find(({ name }) => name === 'audience');
      assert.deepEqual([audience.expected, audience.got], ['localhost', 'localhost']);
    });
  }

  test('is still explained after it has been used', async () => {
    const account = await withProvider();
    const { samlResponse } = await account.signIn(ada);
    const explained = await explain(account, { samlResponse });
    assert.ok(explained.accepted);
    assert.equal(explained.decision.outcome, 'existing_user');
    await account.refused('replayed', () => account.post(samlResponse));
  });

  test('is explained with line ends in its base64', async () => {
    const account = await withProvider();
    const samlResponse = (await account.sign(ada)).match(/.{1,76}/g).join('\r\n');
    assert.ok((await explain(account, { samlResponse })).accepted);
  });

  test('to a request that is not known here is taken at its word', async () => {
    const account = await withProvider({ allowIdpInitiated: false });
    assert.ok((await explain(account, { samlResponse: await account.sign({ ...ada, inResponseTo: '_x' }) })).accepted);
  });
});

describe('at', () => {
  test('another time, a response of then', async () => {
    const account = await withProvider();
    const then = Date.UTC(2020, 0, 1, 12);
    const samlResponse = await account.sign(ada, { now: then });
    assertFailsAt(['subject_confirmation', 'conditions'], await explain(account, { samlResponse }));
    for (const [at, failed] of [
      ['2020-01-01T12:00:00Z', null],
      ['2020-01-01T13:02:03.5+01:00', null],
      ['2020-01-01T11:58:00Z', null],
      ['2020-01-01T11:57:59.999Z', ['conditions']],
      ['2020-01-01T12:06:59.999Z', null],
      ['2020-01-01T12:07:00Z', ['subject_confirmation', 'conditions']],
    ]) {
      const explained = await explain(account, { samlResponse, at });
      if (failed) assertFailsAt(failed, explained);
      else assert.ok(explained.accepted, `${at}: ${JSON.stringify(explained.error)}`);
    }
  });

  test('the time of the clock without it', async () => {
    const account = await withProvider();
    const samlResponse = await account.sign(ada);
    postern.now = Date.now() + 10 * MINUTES;
    try {
      for (const at of [undefined, null]) assert.equal((await explain(account, { samlResponse, at })).error.code, 'expired');
    } finally {
      postern.now = null;
    }
  });
});

describe('at a destination', () => {
  test('the long form of the ACS URL is meant unless said', async () => {
    const account = await withProvider();
    const { acsUrl, acsUrlShort } = account.provider.sp;
    const [long, short] = [await account.sign(ada, { acs: acsUrl }), await account.sign(ada, { acs: acsUrlShort })];
    assert.ok((await explain(account, { samlResponse: long })).accepted);
    assert.ok((await explain(account, { samlResponse: short, destination: acsUrlShort })).accepted);
    for (const question of [{ samlResponse: short }, { samlResponse: long, destination: acsUrlShort }]) {
      const explained = await explain(account, question);
      assertFailsAt(['destination', 'subject_confirmation'], explained);
      assert.equal(explained.error.code, 'wrong_destination');
      assert.equal(explained.error.expected, question.destination ?? acsUrl);
    }
  });
});

describe('a provider', () => {
  test('is the one that the issuer names, or the one that is named', async () => {
    const account = await withProvider();
    const other = await account.addProvider({ name: 'Other', kind: 'okta' });
    const samlResponse = await account.sign(ada);
    assert.ok((await explain(account, { samlResponse, provider: account.provider.id })).accepted);
    const explained = await explain(account, { samlResponse, provider: other.id });
    assertFailsAt(['response_issuer', 'assertion_issuer'], explained);
    assert.deepEqual([explained.error.code, explained.error.expected, explained.error.got], ['wrong_issuer', other.entityId, account.provider.entityId]);
  });

  test('that is not there is 404', async () => {
    const account = await withProvider();
    const { status } = await account.admin('POST', '/saml/explain', { samlResponse: await account.sign(ada), provider: 'none' });
    assert.equal(status, 404);
  });

  test('of a kind has remedies in its words', async () => {
    const account = await withProvider();
    const remedies = new Set();
    for (const kind of ['okta', 'entra', 'onelogin', 'keycloak', 'jumpcloud', 'other']) {
      await account.change(account.provider, { kind });
      const { error } = await explain(account, { samlResponse: await account.sign({ ...ada, audience: 'urn:else' }) });
      assert.equal(error.code, 'wrong_audience');
      remedies.add(error.remedy);
    }
    assert.equal(remedies.size, 6);
  });
});

describe('a response that would be refused', () => {
  test('for its signature shows nothing that is unproven', async () => {
    const account = await withProvider();
    const explained = await explain(account, { samlResponse: await account.sign(ada, { keys: otherKeys }) });
    assert.deepEqual([explained.signed, explained.subject, explained.attributes, explained.decision], [null, null, {}, null]);
    assert.equal(explained.error.code, 'wrong_key');
    const signature = CHECKS.indexOf('signature');
    const outcomes = (at) =>
      CHECKS.map((name, index) => (index < signature || name === 'enabled' ? 'passed' : index === signature ? 'failed' : at(name)));
    assert.deepEqual(explained.checks.map(({ outcome }) => outcome), outcomes(() => 'would_pass'));
    assert.deepEqual([explained.unverified.nameId, explained.unverified.attributes.groups], ['u-1', ['A', 'B']]);

    const elsewhere = await explain(account, { samlResponse: await account.sign({ ...ada, audience: 'urn:else' }, { keys: otherKeys }) });
    assert.equal(elsewhere.error.code, 'wrong_key');
    assert.deepEqual(elsewhere.checks.map(({ outcome }) => outcome), outcomes((name) => (name === 'audience' ? 'would_fail' : 'would_pass')));
    assert.deepEqual(elsewhere.signatures[0].checks.map(({ outcome }) => outcome), ['passed', 'passed', 'passed', 'failed']);
    const named = elsewhere.signatures[0].namedCertificate;
    const other = new X509Certificate(otherKeys.certificate).fingerprint256.replaceAll(':', '').toLowerCase();
    assert.deepEqual([named.fingerprint, named.configured], [other, false]);
    assert.ok(elsewhere.error.got.includes(other));
  });

  test('for its policy shows what was signed', async () => {
    const account = await withProvider();
    const explained = await explain(account, { samlResponse: await account.sign({ ...ada, audience: 'urn:else' }) });
    assertFailsAt(['audience'], explained);
    assert.equal(explained.subject.email, 'ada@example.com');
    assert.deepEqual(explained.attributes.groups, ['A', 'B']);
    assert.equal(explained.decision.outcome, 'created_just_in_time');
  });

  test('because it answers no request', async () => {
    const account = await withProvider({ allowIdpInitiated: false });
    const explained = await explain(account, { samlResponse: await account.sign(ada) });
    assertFailsAt(['request'], explained);
    assert.equal(explained.error.code, 'idp_initiated_not_allowed');
  });

  test('because the provider is disabled', async () => {
    const account = await withProvider({ enabled: false });
    const explained = await explain(account, { samlResponse: await account.sign(ada) });
    assert.equal(explained.error.code, 'provider_disabled');
    assertFailsAt(['enabled'], explained);
  });

  for (const [code, settings, person, arrange] of [
    ['not_invited', { jit: { enabled: false } }, ada],
    ['jit_validation_failed', { jit: { enabled: true, validationKey: 'department', validationValue: 'x' } }, ada],
    ['missing_email', {}, { nameId: 'u-1' }],
    ['user_deactivated', {}, ada, async (account) => {
      await account.signIn(ada);
      await account.sql('UPDATE users SET active = 0 WHERE account_id = ?', account.id);
    }],
    ['linked_to_other_provider', {}, { ...ada, nameId: 'u-2' }, async (account) => {
      const other = await account.addProvider({ name: 'Other' });
      await account.signIn(ada, { provider: other });
    }],
  ]) {
    test(`by the decision: ${code}, as a sign-in would be`, async () => {
      const account = await withProvider(settings);
      await arrange?.(account);
      const samlResponse = await account.sign(person);
      const explained = await explain(account, { samlResponse });
      assert.ok(explained.checks.every(({ outcome }) => outcome === 'passed'));
      assert.equal(explained.error.code, code);
      assert.deepEqual([explained.decision.outcome, explained.decision.hypothetical], ['refused', false]);
      const log = await account.refused(code, () => account.post(samlResponse));
      assert.deepEqual([log.error, log.trace], [explained.error, explained.decision.trace]);
    });
  }
});
