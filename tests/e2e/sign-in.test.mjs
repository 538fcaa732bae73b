// Who gets in: the provider is found by its issuer, then the directory and JIT decide.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TestAccount } from './support/account.mjs';
import { installation } from './support/installation.mjs';

const { postern, keys, otherKeys } = await installation();

const withProvider = (settings) => TestAccount.withProvider(postern, keys, settings);
const ada = { nameId: 'ada@example.com', attributes: { givenName: 'Ada', familyName: 'Lovelace', displayName: 'Countess', department: ['research', 'engineering'] } };

/** The newest row of the sign-in log. */
async function lastSignIn(account) {
  const { items } = await account.expect(200, 'GET', '/sign-ins?limit=1');
  return items[0];
}

const step = (rule, wanted, got, matched) => ({ rule, wanted, got, matched });

describe('an unknown user', () => {
  test('is created just in time from the assertion', async () => {
    const account = await withProvider();
    const before = await account.snapshot();
    const { cookie } = await account.signIn(ada);
    const { status, user, provider, account: id } = await account.whoami(cookie);
    assert.equal(status, 200);
    assert.equal(id, account.id);
    assert.deepEqual(provider, { id: account.provider.id, name: 'Example' });
    const { id: userId, ...profile } = user;
    assert.deepEqual(profile, { email: 'ada@example.com', givenName: 'Ada', familyName: 'Lovelace', displayName: 'Countess', active: true, managedBy: 'jit', groups: [] });

    const [stored] = await account.users();
    assert.deepEqual({ ...stored, createdAt: '', updatedAt: '', lastSignInAt: '' }, { ...user, createdAt: '', updatedAt: '', lastSignInAt: '', version: 1 });
    assert.equal(stored.lastSignInAt, stored.createdAt);

    const log = await lastSignIn(account);
    assert.deepEqual(
      { ...log, id: '', at: '' },
      {
        id: '', at: '', outcome: 'signed_in', initiatedBy: 'idp', provider: { id: account.provider.id, name: 'Example' }, user: { id: userId, email: 'ada@example.com' },
        email: 'ada@example.com', nameId: 'ada@example.com', decision: 'created_just_in_time', error: null,
        trace: [
          step('existing_user', 'a user of the account', 'nobody', false),
          step('jit_enabled', 'on', 'on', true),
          step('jit_validation', 'anyone whom the identity provider sends', 'a verified assertion', true),
        ],
      },
    );

    const after = await account.snapshot();
    const grown = Object.keys(after).filter((table) => after[table].length !== before[table].length);
    assert.deepEqual(grown, ['users', 'user_links', 'spent', 'sessions', 'sign_ins', 'changes', 'recordings']);
    for (const table of grown) assert.equal(after[table].length, before[table].length + 1, table);
  });

  test('is refused while JIT is off', async () => {
    const account = await withProvider({ jit: { enabled: false } });
    const log = await account.refusedSignIn('not_invited', ada);
    assert.equal(log.email, 'ada@example.com');
    assert.equal(log.nameId, 'ada@example.com');
    assert.equal(log.user, null);
    assert.equal(log.decision, null);
    assert.deepEqual(log.provider, { id: account.provider.id, name: 'Example' });
    assert.match(log.error.remedy, /Enable JIT Provisioning/);
    assert.deepEqual(log.trace, [step('existing_user', 'a user of the account', 'nobody', false), step('jit_enabled', 'on', 'off', false)]);
  });

  test('needs an e-mail address', async () => {
    const account = await withProvider();
    const log = await account.refusedSignIn('missing_email', { nameId: 'u-17', attributes: { department: 'engineering' } });
    assert.equal(log.email, null);
    assert.equal(log.nameId, 'u-17');
  });

  for (const [name, attributes] of Object.entries({
    'an attribute': { email: 'ada@example.com' },
    'the claim of Entra ID': { 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress': 'ada@example.com' },
    'an LDAP OID': { 'urn:oid:0.9.2342.19200300.100.1.3': 'ada@example.com' },
  })) {
    test(`has the e-mail address of ${name}, before the NameID`, async () => {
      const account = await withProvider();
      const { cookie } = await account.signIn({ nameId: 'u-17@directory.example.com', attributes });
      assert.equal((await account.whoami(cookie)).user.email, 'ada@example.com');
    });
  }
});

describe('JIT validation key and value', () => {
  const jit = { enabled: true, validationKey: 'department', validationValue: 'engineering' };
  const person = (department) => ({ nameId: 'ada@example.com', attributes: department === undefined ? {} : { department } });

  for (const [name, department] of Object.entries({
    'the value': 'engineering',
    'any one of several values': ['research', 'engineering', 'sales'],
    'the value between spaces and line ends': '\n  engineering ',
  })) {
    test(`${name} admits`, async () => {
      const account = await withProvider({ jit });
      await account.signIn(person(department));
      const log = await lastSignIn(account);
      assert.equal(log.decision, 'created_just_in_time');
      const got = [department].flat().map((text) => text.trim()).join(', ');
      assert.deepEqual(log.trace.at(-1), step('jit_validation', 'department = engineering', `department = ${got}`, true));
    });
  }

  for (const [name, department, got] of [
    ['another value', 'research', 'department = research'],
    ['the value in another case', 'Engineering', 'department = Engineering'],
    ['a longer value', 'engineering-berlin', 'department = engineering-berlin'],
    ['a list in one value', 'engineering, research', 'department = engineering, research'],
    ['several other values', ['research', 'sales'], 'department = research, sales'],
    ['an empty value', '', 'department = '],
    ['no such attribute', undefined, 'no attribute department'],
  ]) {
    test(`${name} is refused`, async () => {
      const account = await withProvider({ jit });
      const { error, trace } = await account.refusedSignIn('jit_validation_failed', person(department));
      assert.equal(error.expected, 'department = engineering');
      assert.equal(error.got, got);
      assert.equal(trace.at(-1).matched, false);
    });
  }

  test('a long value is cut short in the log', async () => {
    const account = await withProvider({ jit });
    const { error, trace } = await account.refusedSignIn('jit_validation_failed', person(['x'.repeat(20_000), 'y'.repeat(20_000)]));
    for (const { got } of [error, trace.at(-1)]) assert.ok(got.startsWith('department = xxx') && got.length <= 301, String(got.length));
  });

  test('the name of the attribute is exact', async () => {
    const account = await withProvider({ jit });
    await account.refusedSignIn('jit_validation_failed', { nameId: 'ada@example.com', attributes: { Department: 'engineering' } });
  });

  test('do not concern a user who exists', async () => {
    const account = await withProvider({ jit });
    await account.signIn(person('engineering'));
    await account.signIn(person('research'));
    const log = await lastSignIn(account);
    assert.equal(log.decision, 'existing_user');
    assert.deepEqual(log.trace, [
      step('existing_user', 'a user of the account', 'the user linked to the NameID', true),
      step('active', 'an active user', 'active', true),
    ]);
  });

  test('JIT off does not concern a user who exists either', async () => {
    const account = await withProvider();
    await account.signIn('ada@example.com');
    await account.change(account.provider, { jit: { enabled: false } });
    await account.signIn('ada@example.com');
    assert.equal((await account.users()).length, 1);
  });
});

describe('a user who exists', () => {
  test('is found by e-mail in another case, and keeps the spelling', async () => {
    const account = await withProvider();
    const first = await account.signIn({ nameId: 'u-1', attributes: { email: 'Ada@Example.com' } });
    const second = await account.signIn({ nameId: 'u-2', attributes: { email: 'aDA@eXAMPLE.COM' } });
    const [one, two] = [await account.whoami(first.cookie), await account.whoami(second.cookie)];
    assert.equal(one.user.id, two.user.id);
    assert.equal(two.user.email, 'Ada@Example.com');
    assert.deepEqual((await lastSignIn(account)).trace[0], step('existing_user', 'a user of the account', 'the user of the asserted e-mail', true));
  });

  test('is found by the link of the NameID when the e-mail has changed', async () => {
    const account = await withProvider();
    await account.signIn({ nameId: 'u-1', attributes: { email: 'ada@example.com' } });
    const { cookie } = await account.signIn({ nameId: 'u-1', attributes: { email: 'ada.king@example.com' } });
    assert.equal((await account.whoami(cookie)).user.email, 'ada@example.com');
    assert.equal((await account.users()).length, 1);
  });

  test('is not found by the same text as a NameID of another format', async () => {
    const account = await withProvider({ jit: { enabled: true } });
    const persistent = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';
    await account.signIn({ nameId: 'u-1', attributes: { email: 'ada@example.com' } });
    const { cookie } = await account.signIn({ nameId: 'u-1', nameIdFormat: persistent, attributes: { email: 'grace@example.com' } });
    assert.equal((await account.whoami(cookie)).user.email, 'grace@example.com');
  });

  test('is not found by a NameID that means somebody else each time', async () => {
    const account = await withProvider();
    const transient = { nameId: '_1', nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient' };
    await account.signIn({ ...transient, attributes: { email: 'ada@example.com' } });
    await account.signIn({ ...transient, attributes: { email: 'grace@example.com' } });
    const emails = (await account.users()).map(({ email }) => email);
    assert.deepEqual(emails.sort(), ['ada@example.com', 'grace@example.com']);
    for (const { name_id: nameId, user_id: user } of (await account.snapshot()).user_links) assert.equal(nameId, user);

    // They are this provider's all the same.
    const other = await account.addProvider({ keys: [otherKeys] });
    const lasting = { nameId: 'u-1', attributes: { email: 'ada@example.com' } };
    await account.refusedSignIn('linked_to_other_provider', lasting, { provider: other, keys: otherKeys });
    await account.signIn({ ...transient, attributes: { email: 'ada@example.com' } });
  });

  test('is refused when deactivated, be it by link or by e-mail', async () => {
    const account = await withProvider();
    await account.signIn({ nameId: 'u-1', attributes: { email: 'ada@example.com' } });
    await account.sql('UPDATE users SET active = 0 WHERE account_id = ?', account.id);
    for (const nameId of ['u-1', 'u-2']) {
      const log = await account.refusedSignIn('user_deactivated', { nameId, attributes: { email: 'ada@example.com' } });
      assert.deepEqual(log.trace.at(-1), step('active', 'an active user', 'deactivated', false));
    }
  });

  test('of another provider is refused', async () => {
    const account = await withProvider();
    const other = await account.addProvider({ name: 'Other' });
    await account.signIn('ada@example.com');
    const log = await account.refusedSignIn('linked_to_other_provider', 'ada@example.com', { provider: other });
    assert.deepEqual(log.provider, { id: other.id, name: 'Other' });
    assert.equal((await account.whoami((await account.signIn('ada@example.com')).cookie)).status, 200);
  });

  test('of another account is nobody here', async () => {
    const [account, other] = [await withProvider({ jit: { enabled: false } }), await withProvider()];
    await other.signIn('ada@example.com');
    await account.refusedSignIn('not_invited', 'ada@example.com');
  });
});

describe('several providers', () => {
  test('each is found by its issuer and trusted with its own key', async () => {
    const account = await withProvider();
    const second = await account.addProvider({ name: 'Second', keys: [otherKeys] });
    const third = await account.addProvider({ name: 'Third' });
    for (const [provider, signedWith, email] of [[account.provider, keys, 'a@example.com'], [second, otherKeys, 'b@example.com'], [third, keys, 'c@example.com']]) {
      const { cookie } = await account.signIn(email, { provider, keys: signedWith });
      assert.equal((await account.whoami(cookie)).provider.id, provider.id);
    }
    await account.refusedSignIn('wrong_key', 'b@example.com', { provider: second, keys });
  });

  test('any of the certificates of one may have signed', async () => {
    const account = await TestAccount.create(postern, keys);
    account.provider = await account.addProvider({ keys: [keys, otherKeys] });
    await account.signIn('ada@example.com', { keys: otherKeys });
    await account.signIn('ada@example.com', { keys });
  });

  test('one whose SP entity ID differs is asked for that audience', async () => {
    const account = await withProvider({ spEntityId: 'urn:example:sp' });
    assert.equal(account.provider.sp.entityId, 'urn:example:sp');
    await account.signIn('ada@example.com');
    await account.refusedSignIn('wrong_audience', { nameId: 'ada@example.com', audience: 'localhost' });
  });

  test('a provider of another account is none here', async () => {
    const [account, other] = [await withProvider(), await withProvider()];
    await account.refusedSignIn('unknown_issuer', { nameId: 'ada@example.com', issuer: other.provider.entityId });
  });
});

describe('the same assertion', () => {
  test('is taken once', async () => {
    const account = await withProvider();
    const { samlResponse, cookie } = await account.signIn('ada@example.com');
    const log = await account.refused('replayed', () => account.post(samlResponse));
    assert.equal(log.email, 'ada@example.com');
    assert.equal((await account.whoami(cookie)).status, 200);
  });

  test('is taken once, whichever form of the URL it comes by', async () => {
    const account = await withProvider();
    const { samlResponse } = await account.signIn('ada@example.com', { acs: account.provider.sp.acsUrlShort });
    await account.refused('wrong_destination', () => account.post(samlResponse));
    await account.refused('replayed', () => account.post(samlResponse, { acs: account.provider.sp.acsUrlShort }));
  });

  test('is taken once, even when its provider is deleted and made again', async () => {
    const account = await withProvider();
    const { samlResponse } = await account.signIn('ada@example.com');
    const { id, entityId } = account.provider;
    await account.expect(204, 'DELETE', `/providers/${id}`, undefined, { version: 1 });
    account.provider = await account.addProvider({ entityId });
    await account.refused('replayed', () => account.post(samlResponse));
  });

  test('is taken once, even when the clock skew is raised after it was forgotten', async () => {
    postern.now = Date.UTC(2031, 0, 1);
    try {
      const account = await withProvider({ clockSkewSeconds: 0 });
      const { samlResponse } = await account.signIn({ nameId: 'ada@example.com', notOnOrAfter: postern.now + 60_000 });
      postern.now += 61_000;
      await postern.scheduled();
      await account.change(account.provider, { clockSkewSeconds: 300 });
      await account.refused('replayed', () => account.post(samlResponse));
    } finally {
      postern.now = null;
    }
  });

  test('is another one at another provider: ids are the provider’s own', async () => {
    const account = await withProvider();
    const other = await account.addProvider({ name: 'Other' });
    await account.signIn({ nameId: 'ada@example.com', assertionId: '_same' });
    await account.signIn({ nameId: 'grace@example.com', assertionId: '_same' }, { provider: other });
    await account.refusedSignIn('replayed', { nameId: 'eve@example.com', assertionId: '_same' });
  });
});
