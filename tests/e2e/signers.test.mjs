// Responses made and signed by libraries that are not ours open a session.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeKeys } from '../../dev/idp/keys.mjs';
import { metadataXml } from '../../dev/idp/samlify.mjs';
import { TestAccount } from './support/account.mjs';
import { cookiesOf, startPostern } from './support/postern.mjs';
import { signers } from './support/signers.mjs';

const issuer = 'https://idp.example.com/metadata';
let postern;
let keys;
let provider;
let sp;

before(async () => {
  [postern, keys] = await Promise.all([startPostern(), makeKeys()]);
  await postern.admin('POST', '/accounts', { id: 'acme', name: 'Acme' });
  const { status, body } = await postern.admin('POST', '/accounts/acme/providers', {
    name: 'Signers',
    kind: 'other',
    metadataXml: metadataXml({ entityId: issuer, ssoUrl: 'https://idp.example.com/sso', certificates: [keys.certificate] }),
    jit: { enabled: true },
  });
  assert.equal(status, 201, JSON.stringify(body));
  provider = body;
  sp = provider.sp;
});
after(() => postern.dispose());

for (const [library, sign] of Object.entries(signers)) {
  for (const signed of ['assertion', 'response', 'both']) {
    for (const url of ['acsUrl', 'acsUrlShort']) {
      test(`${library}, signed: ${signed}, at the ${url}`, async () => {
        const email = `${library}.${signed}@example.com`;
        const attributes = { email, givenName: 'Zoë & Co', groups: ['A', 'B < C'] };
        const response = { issuer, audience: sp.entityId, recipient: sp[url], nameId: email, attributes, sign: signed };
        const samlResponse = await sign(keys, response);
        const answer = await postern.postResponse(sp[url], { samlResponse });
        assert.equal(answer.status, 303, await answer.text());
        const whoami = await postern.fetch('/whoami', { headers: { cookie: cookiesOf(answer) } });
        const { user } = await whoami.json();
        assert.equal(user.email, email);
        assert.equal(user.givenName, 'Zoë & Co');
      });
    }
  }
}

for (const [library, sign] of Object.entries(signers)) {
  test(`${library}, in answer to a request`, async () => {
    const account = new TestAccount(postern, keys, 'acme');
    account.provider = provider;
    const { id, cookie } = await account.begin({ returnTo: '/asked' });
    const { location } = await account.signIn({ nameId: 'ada@example.com', inResponseTo: id }, { sign, cookie });
    assert.equal(location, '/asked');
  });
}
