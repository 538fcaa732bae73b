// What an isolate remembers of an account never counts against what is configured now: be it changed through this
// isolate, or through another one, which is as if somebody wrote to the database behind it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeKeys } from '../../dev/idp/keys.mjs';
import { TestAccount } from './support/account.mjs';
import { startPostern } from './support/postern.mjs';

const SECONDS = 1000;
let postern;
let keys;
let newKeys;

before(async () => {
  [postern, keys, newKeys] = await Promise.all([startPostern(), makeKeys(), makeKeys()]);
});
after(() => postern.dispose());

const derOf = ({ certificate }) => certificate.replaceAll(/-----[^-]+-----|\s/g, '');

/** An account that this isolate has just used, and still remembers. */
async function warmAccount(settings) {
  const account = await TestAccount.withProvider(postern, keys, settings);
  await postern.fetch(`/saml/${account.id}/metadata`);
  return account;
}

/** `[name, change(account, patch, settings)]`: by the API, or the same settings written by somebody else. */
const ways = {
  'through this isolate': (account, { patch }) => account.change(account.provider, patch(account)),
  'through another isolate': (account, { json }) =>
    account.sql('UPDATE providers SET settings = json_patch(settings, ?), version = version + 1 WHERE account_id = ? AND id = ?', JSON.stringify(json), account.id, account.provider.id),
};

const changes = {
  'is disabled': { patch: () => ({ enabled: false }), json: { enabled: false }, refused: 'provider_disabled' },
  'is enabled': { settings: { enabled: false }, patch: () => ({ enabled: true }), json: { enabled: true } },
  'has JIT switched off': { patch: () => ({ jit: { enabled: false } }), json: { jit: { enabled: false } }, refused: 'not_invited' },
  'has JIT switched on': { settings: { jit: { enabled: false } }, patch: () => ({ jit: { enabled: true } }), json: { jit: { enabled: true } } },
  'may no longer initiate': { patch: () => ({ allowIdpInitiated: false }), json: { allow_idp_initiated: false }, refused: 'idp_initiated_not_allowed' },
  'may initiate from now on': { settings: { allowIdpInitiated: false }, patch: () => ({ allowIdpInitiated: true }), json: { allow_idp_initiated: true } },
  'has another certificate, and signs with the old key': {
    patch: (account) => ({ metadataXml: account.metadata({ entityId: account.provider.entityId, keys: [newKeys] }) }),
    json: () => ({ certificates: [derOf(newKeys)] }),
    refused: 'wrong_key',
  },
  'has another certificate, and signs with the new key': {
    patch: (account) => ({ metadataXml: account.metadata({ entityId: account.provider.entityId, keys: [newKeys] }) }),
    json: () => ({ certificates: [derOf(newKeys)] }),
    signedWith: () => newKeys,
  },
  'has another audience, and sends the old one': { patch: () => ({ spEntityId: 'urn:new' }), json: { sp_entity_id: 'urn:new' }, refused: 'wrong_audience' },
  'has another audience, and sends the new one': { patch: () => ({ spEntityId: 'urn:new' }), json: { sp_entity_id: 'urn:new' }, person: { audience: 'urn:new' } },
  'has less clock skew': { patch: () => ({ clockSkewSeconds: 0 }), json: { clock_skew_seconds: 0 }, times: (now) => ({ notOnOrAfter: now - 60 * SECONDS }), refused: 'expired' },
  'has more clock skew': { patch: () => ({ clockSkewSeconds: 300 }), json: { clock_skew_seconds: 300 }, times: (now) => ({ notOnOrAfter: now - 200 * SECONDS }) },
  'has more clock skew, and a clock ahead': { patch: () => ({ clockSkewSeconds: 300 }), json: { clock_skew_seconds: 300 }, times: (now) => ({ notBefore: now + 200 * SECONDS }) },
};

for (const [way, change] of Object.entries(ways)) {
  describe(`a provider that, changed ${way},`, () => {
    for (const [name, { settings, patch, json, refused, person, times, signedWith }] of Object.entries(changes)) {
      test(`${name} is ${refused ? 'refused' : 'accepted'} at once`, async () => {
        const account = await warmAccount(settings);
        await change(account, { patch, json: typeof json === 'function' ? json() : json });
        const { provider } = account;
        const sent = { nameId: 'ada@example.com', audience: provider.sp.entityId, ...person, ...times?.(Date.now()) };
        const options = { keys: signedWith?.() ?? keys };
        if (refused) await account.refusedSignIn(refused, sent, options);
        else await account.signIn(sent, options);
      });
    }

    test('is deleted is nobody at once', async () => {
      const account = await warmAccount();
      const { id, version } = account.provider;
      if (way === 'through this isolate') await account.expect(204, 'DELETE', `/providers/${id}`, undefined, { version });
      else await account.sql('DELETE FROM providers WHERE account_id = ? AND id = ?', account.id, id);
      await account.refusedSignIn('unknown_issuer', 'ada@example.com');
    });

    test('is made is known at once, to sign in with and to begin with', async () => {
      const account = await TestAccount.create(postern, keys);
      await postern.fetch(`/saml/${account.id}/metadata`);
      account.provider = await account.addProvider();
      if (way === 'through another isolate') {
        // The isolate looks again, finds none, and then there is one.
        const [[row]] = await account.postern.sql(['SELECT * FROM providers WHERE account_id = ?', account.id]);
        await account.sql('DELETE FROM providers WHERE account_id = ?', account.id);
        assert.equal((await account.begin()).answer.status, 404);
        await account.sql(`INSERT INTO providers VALUES (${Object.keys(row).map(() => '?').join()})`, ...Object.values(row));
      }
      await account.signIn('ada@example.com');
      assert.equal((await account.begin()).answer.status, 302);
    });
  });
}

test('our metadata says what is configured now', async () => {
  const account = await warmAccount();
  await account.sql('UPDATE providers SET settings = json_patch(settings, ?) WHERE account_id = ?', JSON.stringify({ sp_entity_id: 'urn:new' }), account.id);
  const metadata = await postern.fetch(new URL(account.provider.sp.metadataUrl).pathname + new URL(account.provider.sp.metadataUrl).search);
  assert.match(await metadata.text(), /entityID="urn:new"/);
});

test('a sign-in does not begin at a provider that is deleted meanwhile', async () => {
  const account = await warmAccount();
  await account.sql('DELETE FROM providers WHERE account_id = ?', account.id);
  const { answer } = await account.begin();
  assert.equal(answer.status, 404);
});
