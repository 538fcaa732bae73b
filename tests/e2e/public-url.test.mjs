// PUBLIC_URL: what users and identity providers see, wherever the worker really listens.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeKeys } from '../../dev/idp/keys.mjs';
import { TestAccount } from './support/account.mjs';
import { cookiesOf, startPostern } from './support/postern.mjs';

let keys;
before(async () => {
  keys = await makeKeys();
});

describe('with a path prefix', () => {
  const publicUrl = 'https://SSO.example.com/gratis';
  let postern;
  let account;

  before(async () => {
    postern = await startPostern({ vars: { PUBLIC_URL: `${publicUrl}/` } });
    account = await TestAccount.withProvider(postern, keys);
  });
  after(() => postern?.dispose());

  /** The path at which a proxy in front hands over what users send to `url`. */
  const path = (url) => new URL(url).pathname + new URL(url).search;

  test('[003] a provider is told the public URLs', () => {
    const { id, sp } = account.provider;
    assert.deepEqual(sp, {
      entityId: 'sso.example.com',
      acsUrl: `${publicUrl}/gateway/api/users/saml-login?accountId=${account.id}`,
      acsUrlShort: `${publicUrl}/saml/${account.id}/acs`,
      sloUrl: `${publicUrl}/saml/${account.id}/slo`,
      metadataUrl: `${publicUrl}/saml/${account.id}/metadata?provider=${id}`,
      loginUrl: `${publicUrl}/saml/${account.id}/login?provider=${id}`,
      testUrl: `${publicUrl}/saml/${account.id}/login?provider=${id}&test=1`,
    });
  });

  test('so does our metadata', async () => {
    for (const url of [account.provider.sp.metadataUrl, `${publicUrl}/saml/${account.id}/metadata`]) {
      const answer = await postern.fetch(path(url));
      assert.equal(answer.headers.get('content-type'), 'application/samlmetadata+xml');
      const xml = await answer.text();
      assert.ok(xml.includes('entityID="sso.example.com"'), xml);
      const locations = [...xml.matchAll(/Location="([^"]*)"/g)].map(([, location]) => location);
      const { acsUrl, acsUrlShort, sloUrl } = account.provider.sp;
      assert.deepEqual(locations, [sloUrl, sloUrl, acsUrl, acsUrlShort]);
    }
  });

  for (const form of ['acsUrl', 'acsUrlShort']) {
    for (const [name, handedOver] of Object.entries({ 'with the prefix': path, 'without the prefix': (url) => path(url).replace('/gratis', '') })) {
      test(`a response to the ${form} is taken when a proxy hands it over ${name}`, async () => {
        const acs = account.provider.sp[form];
        const answer = await account.post(await account.sign('ada@example.com', { acs }), { acs: handedOver(acs) });
        assert.equal(answer.status, 303, await answer.text());
        assert.equal(answer.headers.get('location'), '/gratis/');
        assert.match(answer.headers.getSetCookie()[0], /; Path=\/;/);
        for (const whoami of ['/gratis/whoami', '/whoami']) {
          assert.equal((await postern.fetch(whoami, { headers: { cookie: cookiesOf(answer) } })).status, 200);
        }
      });
    }
  }

  test('a response to where the worker really listens is refused', async () => {
    const acs = `${postern.origin}/saml/${account.id}/acs`;
    await account.refused('wrong_destination', async () => account.post(await account.sign('ada@example.com', { acs }), { acs }));
  });

  test('[003] a sign-in that begins here comes back below the prefix', async () => {
    const { acsUrl, id, cookie, issuer } = await account.begin();
    assert.equal(acsUrl, account.provider.sp.acsUrl);
    assert.equal(issuer, 'sso.example.com');
    const samlResponse = await account.sign({ nameId: 'ada@example.com', inResponseTo: id });
    const answer = await account.post(samlResponse, { acs: path(acsUrl), cookie });
    assert.equal(answer.headers.get('location'), '/gratis/');
  });

  test('pages, sign-out and the API stay below the prefix', async () => {
    await account.addProvider({ name: 'Other' });
    const choice = await (await postern.fetch(`/gratis/saml/${account.id}/login`)).text();
    assert.match(choice, /href="\/gratis\/pages\/page\.css"/);
    assert.match(choice, new RegExp(`href="/gratis/saml/${account.id}/login\\?provider=`));
    assert.equal((await postern.fetch('/gratis/pages/page.css')).status, 200);
    assert.equal((await postern.fetch('/gratis/admin')).headers.get('location'), '/gratis/admin/');
    assert.equal((await postern.fetch('/gratis/sign-out', { method: 'POST' })).headers.get('location'), '/gratis/');
    const { headers } = await account.admin('POST', '', { id: 'located', name: 'Located' });
    assert.equal(headers.get('location'), '/gratis/api/v1/accounts/located');
    assert.equal((await postern.fetch('/gratis/api/v1/openapi.json')).status, 200);
  });

  test('a prefix that only begins alike is another path', async () => {
    for (const other of ['/gratis-x/whoami', '/gratiswhoami']) assert.equal((await postern.fetch(other)).status, 404);
  });
});

test('a PUBLIC_URL that is none stops everything, saying so', async () => {
  const postern = await startPostern({ vars: { PUBLIC_URL: 'sso.example.com' } });
  try {
    const answer = await postern.fetch('/healthz');
    assert.equal(answer.status, 500);
    assert.match(await answer.text(), /PUBLIC_URL must be an origin/);
  } finally {
    await postern.dispose();
  }
});

for (const [name, token] of [['no set-up token', ''], ['a set-up token that is too short', 'a'.repeat(15)]]) {
  test(`${name} opens the admin API to nobody`, async () => {
    const postern = await startPostern({ vars: { SETUP_TOKEN: token } });
    try {
      for (const presented of [token, '', 'undefined']) {
        const { status, body } = await postern.admin('GET', '/accounts', undefined, { token: presented });
        assert.equal(status, 401);
        assert.match(body.detail, /No set-up token is configured/);
      }
    } finally {
      await postern.dispose();
    }
  });
}
