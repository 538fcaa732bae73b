// Attributes between an identity provider and us, end to end: what seed 002 says of the user attributes of a connector, and
// seed 003 of the SAML settings of an application.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TestAccount } from './support/account.mjs';
import { installation } from './support/installation.mjs';

const { postern, keys } = await installation();

const mapped = (attributeMapping) => TestAccount.withProvider(postern, keys, { kind: 'jumpcloud', attributeMapping });
const ada = (attributes) => ({ nameId: 'ada@example.com', attributes });

/** Who is created by a first sign-in: e-mail and names. */
async function created(account, person) {
  const { cookie } = await account.signIn(person);
  const { email, givenName, familyName, displayName } = (await account.whoami(cookie)).user;
  return { email, givenName, familyName, displayName };
}

/** `{ name: isRequired }` of what our metadata asks for, by the names on our side. */
async function asksFor({ provider }) {
  const answer = await postern.fetch(new URL(provider.sp.metadataUrl).pathname + new URL(provider.sp.metadataUrl).search);
  const xml = await answer.text();
  const service = xml.match(/<md:AttributeConsumingService\b.*<\/md:AttributeConsumingService>/s)?.[0] ?? '';
  const read = (element, name) => element.match(new RegExp(`\\b${name}="([^"]*)"`))?.[1];
  const elements = service.match(/<md:RequestedAttribute [^>]*>/g) ?? [];
  return Object.fromEntries(elements.map((one) => [read(one, 'FriendlyName'), `${read(one, 'Name')} ${read(one, 'isRequired')}`]));
}

describe('[002] the attributes that a first sign-in brings', () => {
  test('are enough to create the account, under the names that JumpCloud has for them', async () => {
    const account = await mapped({});
    const person = { nameId: 'u-17', attributes: { email: 'ada@example.com', firstname: 'Ada', lastname: 'Lovelace' } };
    assert.deepEqual(await created(account, person), { email: 'ada@example.com', givenName: 'Ada', familyName: 'Lovelace', displayName: null });
    assert.equal((await account.users())[0].managedBy, 'jit');
  });

  test('are listed in our metadata, with those that are required: the e-mail from the start', async () => {
    const account = await mapped({});
    assert.deepEqual(await asksFor(account), {
      email: 'email true', givenName: 'givenName false', familyName: 'familyName false', displayName: 'displayName false', groups: 'groups false',
    });
    const { attributeMapping } = account.provider;
    assert.deepEqual(Object.values(attributeMapping).flat().map(({ enabled }) => enabled), [true, true, true, true, true]);
    const custom = [{ name: 'employeeId', attribute: 'profileID', required: true }];
    await account.change(account.provider, { attributeMapping: { familyName: { required: true }, displayName: { enabled: false }, custom } });
    assert.deepEqual(await asksFor(account), {
      email: 'email true', givenName: 'givenName false', familyName: 'familyName true', groups: 'groups false', employeeId: 'profileID true',
    });
  });

  test('without one that is required refuse the sign-in, and the log names it', async () => {
    const account = await mapped({ familyName: { required: true } });
    const { error } = await account.refusedSignIn('missing_attribute', ada({ firstname: 'Ada' }));
    assert.match(error.expected, /^familyName in an attribute named .*lastname/);
    assert.deepEqual(await account.users(), []);
    await account.signIn(ada({ firstname: 'Ada', lastname: 'Lovelace' }));
  });

  test('without an e-mail address create nobody', async () => {
    const account = await mapped({});
    await account.refusedSignIn('missing_email', { nameId: 'u-17', attributes: { firstname: 'Ada' } });
  });
});

describe('[002] the attribute mapping', () => {
  test('takes each attribute from another SAML attribute, from the NameID, or from a constant', async () => {
    const account = await mapped({ email: { attribute: 'contact' }, givenName: { nameId: true }, familyName: { attribute: 'profileID' }, displayName: { constant: 'A guest' } });
    const person = { nameId: 'ada', attributes: { email: 'wrong@example.com', contact: 'ada@example.com', lastname: 'Lovelace', profileID: '17', displayName: 'Countess' } };
    assert.deepEqual(await created(account, person), { email: 'ada@example.com', givenName: 'ada', familyName: '17', displayName: 'A guest' });
  });

  test('of a required attribute can be edited too, and a constant satisfies it', async () => {
    const account = await mapped({ displayName: { required: true } });
    await account.refusedSignIn('missing_attribute', ada({}));
    await account.change(account.provider, { attributeMapping: { displayName: { attribute: 'nickname' } } });
    const { error } = await account.refusedSignIn('missing_attribute', ada({}));
    assert.equal(error.expected, 'displayName in the attribute nickname');
    await account.change(account.provider, { attributeMapping: { displayName: { attribute: null, constant: 'A guest' } } });
    assert.equal((await created(account, ada({}))).displayName, 'A guest');
  });

  test('has custom attributes, which can be required, out of whatever field roughly fits', async () => {
    const custom = [{ name: 'profileID', attribute: 'employeeNumber', required: true }];
    const account = await mapped({ custom });
    const { error } = await account.refusedSignIn('missing_attribute', ada({}));
    assert.equal(error.expected, 'profileID in the attribute employeeNumber');
    await account.signIn(ada({ employeeNumber: '17' }));
  });

  test('switched off for an attribute neither reads nor needs it', async () => {
    const account = await mapped({ familyName: { required: true } });
    await account.refusedSignIn('missing_attribute', ada({}));
    await account.change(account.provider, { attributeMapping: { familyName: { required: false, enabled: false } } });
    assert.equal((await asksFor(account)).familyName, undefined);
    assert.equal((await created(account, ada({ lastname: 'Lovelace' }))).familyName, null);
  });

  test('has fixed names on our side: another one is an error of its field', async () => {
    const account = await mapped({});
    const { id, version } = account.provider;
    const { errors } = await account.expect(422, 'PATCH', `/providers/${id}`, { attributeMapping: { firstname: { attribute: 'firstname' } } }, { version });
    assert.deepEqual(errors.map(({ pointer, code }) => [pointer, code]), [['/attributeMapping/firstname', 'unknown_field']]);
  });
});

describe('[003] the SAML settings of an application at Okta', () => {
  test('have a single sign-on URL with the account in it, and our host as audience', async () => {
    const account = await mapped({});
    const { acsUrl, entityId } = account.provider.sp;
    assert.equal(acsUrl, `${postern.origin}/gateway/api/users/saml-login?accountId=${account.id}`);
    assert.equal(entityId, new URL(postern.origin).hostname);
    await account.signIn('ada@example.com', { acs: acsUrl });
    await account.refusedSignIn('wrong_audience', { nameId: 'ada@example.com', audience: 'app.example.com' });
    const other = await TestAccount.create(postern, keys);
    await other.refused('unknown_issuer', async () => account.post(await account.sign('ada@example.com'), { acs: `/gateway/api/users/saml-login?accountId=${other.id}` }));
  });

  test('have an attribute statement of the format Basic for the e-mail, under a name of their own', async () => {
    const account = await TestAccount.withProvider(postern, keys, { kind: 'okta', attributeMapping: { email: { attribute: 'login' } } });
    assert.equal((await created(account, { nameId: '00u1', attributes: { login: 'ada@example.com' } })).email, 'ada@example.com');
  });

  test('may have a group attribute statement, which names the groups of the user', async () => {
    const account = await TestAccount.withProvider(postern, keys, { kind: 'okta', authorization: { enabled: true, groupsAttribute: 'teams' } });
    const link = { providerId: account.provider.id, samlGroup: 'eng' };
    const { id } = await account.expect(201, 'POST', '/groups', { name: 'Engineers', link });
    const { cookie } = await account.signIn(ada({ teams: ['eng', 'all'] }));
    assert.deepEqual((await account.whoami(cookie)).user.groups, [{ id, name: 'Engineers' }]);
  });
});
