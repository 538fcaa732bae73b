// Single logout in the built worker, with samlify and samlp as identity providers and node-saml as a peer: both directions,
// both bindings, signed.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { after, afterEach, before, describe, test } from 'node:test';
import { keys as corpusKeys } from '../../dev/corpus/keys.mjs';
import { makeKeys } from '../../dev/idp/keys.mjs';
import { metadataXml } from '../../dev/idp/samlify.mjs';
import { TestAccount } from './support/account.mjs';
import { EMAIL_FORMAT, SLO_URL, carried, nodeSaml, ourMetadata, samlifyPeers, samlpLogout, withLogout } from './support/logout.mjs';
import { startPostern } from './support/postern.mjs';

const ADA = 'ada@example.com';
let postern;
let keys;
before(async () => {
  [postern, keys] = await Promise.all([startPostern(), makeKeys()]);
});
after(() => postern.dispose());
afterEach(() => {
  postern.now = null;
});

/** An account whose provider has single logout, its metadata of ours, and somebody signed in. */
async function scene(binding, settings) {
  const account = await TestAccount.create(postern, keys);
  account.provider = await account.addProvider({ singleLogout: binding, signRequests: true, ...settings });
  const spMetadata = await ourMetadata(account);
  const { cookie } = await account.signIn({ nameId: ADA, sessionIndex: '_ada' });
  return { account, provider: account.provider, keys, spMetadata, binding, cookie };
}

const signOut = ({ cookie }) => postern.fetch('/sign-out', { method: 'POST', headers: { cookie } });
const sloPath = ({ provider }) => new URL(provider.sp.sloUrl).pathname;
const posted = (scene, fields, cookie) => postern.fetch(sloPath(scene), { method: 'POST', body: new URLSearchParams(fields), headers: cookie ? { cookie } : {} });
const followed = (url, cookie) => postern.fetch(new URL(url).pathname + new URL(url).search, { headers: cookie ? { cookie } : {} });
const whoami = async ({ account, cookie }) => (await account.whoami(cookie)).status;
const lastEvent = async ({ account }) => (await account.expect(200, 'GET', '/events')).items[0];

async function assertSignedOut(answer, partial = false) {
  const page = await answer.text();
  assert.equal(answer.status, 200, page);
  assert.match(page, /<h1>Signed out<\/h1>/);
  assert.equal(/could not reach every application/.test(page), partial);
}

for (const binding of ['redirect', 'post']) {
  describe(`by ${binding}`, () => {
    test('a sign-out here is read and answered by samlify', async () => {
      const it = await scene(binding);
      const { idp, sp } = samlifyPeers(it);
      const sent = await carried(await signOut(it));
      assert.equal(sent.url, SLO_URL);
      assert.equal(await whoami(it), 401);
      const request = { query: sent.parameters, body: sent.parameters, octetString: sent.query?.split('&Signature=')[0] };
      const { extract } = await idp.parseLogoutRequest(sp, binding, request);
      assert.equal(extract.nameID, ADA);
      assert.equal(extract.sessionIndex, '_ada');
      assert.equal(extract.issuer, it.provider.sp.entityId);
      const response = idp.createLogoutResponse(sp, { extract }, binding, '');
      const answer = binding === 'redirect' ? await followed(response.context) : await posted(it, { SAMLResponse: response.context });
      await assertSignedOut(answer);
      const event = await lastEvent(it);
      assert.deepEqual([event.kind, event.detail.partial], ['logout.sp', false]);
    });

    test('a sign-out here is read and answered by samlp', async () => {
      const it = await scene(binding);
      const idp = samlpLogout({ ...it, nameId: ADA, sessionIndex: '_ada' });
      const sent = await carried(await signOut(it));
      const answer = await idp(binding === 'redirect' ? { query: sent.parameters } : { body: sent.parameters });
      await assertSignedOut(answer.redirect ? await followed(answer.redirect) : await posted(it, formOf(answer.form)));
    });

    test('a logout of samlify ends the session, and it reads our answer', async () => {
      const it = await scene(binding);
      const { idp, sp } = samlifyPeers(it);
      const request = idp.createLogoutRequest(sp, binding, { logoutNameID: ADA, sessionIndex: '_ada' }, 'state');
      const answer = binding === 'redirect' ? await followed(request.context, it.cookie) : await posted(it, { SAMLRequest: request.context, RelayState: 'state' }, it.cookie);
      assert.match(answer.headers.getSetCookie().join(), /^__Host-postern=;/);
      const sent = await carried(answer);
      assert.equal(await whoami(it), 401);
      assert.equal(sent.parameters.RelayState, 'state');
      const back = { query: sent.parameters, body: sent.parameters, octetString: sent.query?.split('&Signature=')[0] };
      const { extract } = await idp.parseLogoutResponse(sp, binding, back);
      assert.equal(extract.response.inResponseTo, request.id);
      assert.equal((await lastEvent(it)).detail.sessions, 1);
    });

    test('a logout of samlp ends the session, and it reads our answer', async () => {
      const it = await scene(binding);
      const idp = samlpLogout({ ...it, nameId: ADA, sessionIndex: '_ada' });
      const request = await idp();
      const answer = request.redirect ? await followed(request.redirect, it.cookie) : await posted(it, formOf(request.form), it.cookie);
      const sent = await carried(answer);
      assert.equal(await whoami(it), 401);
      assert.deepEqual(await idp(binding === 'redirect' ? { query: sent.parameters } : { body: sent.parameters }), { status: 200 });
    });

    test('node-saml takes our request and our answer for signed', async () => {
      const it = await scene(binding);
      const peer = nodeSaml(it);
      const validate = ({ parameters, query }, what) => {
        if (query !== undefined) return peer.validateRedirectAsync(parameters, query);
        return what === 'request' ? peer.validatePostRequestAsync(parameters) : peer.validatePostResponseAsync(parameters);
      };
      const sent = await carried(await signOut(it));
      const { profile, loggedOut } = await validate(sent, 'request');
      assert.ok(loggedOut);
      assert.deepEqual([profile.nameID, profile.nameIDFormat, profile.sessionIndex, profile.issuer], [ADA, EMAIL_FORMAT, '_ada', it.provider.sp.entityId]);

      // It answers as an identity provider would.
      const response = await peer.getLogoutResponseUrlAsync(profile, '', {}, true);
      await assertSignedOut(await followed(response));

      const { cookie } = await it.account.signIn({ nameId: ADA, sessionIndex: '_again' });
      const logout = await peer.getLogoutUrlAsync({ nameID: ADA, nameIDFormat: EMAIL_FORMAT, sessionIndex: '_again' }, '', {});
      const ours = await carried(await followed(logout, cookie));
      assert.equal(await whoami({ ...it, cookie }), 401);
      assert.ok((await validate(ours, 'response')).loggedOut);
      // The check is one: what was changed is not taken.
      const { parameters, query } = ours;
      if (query) await assert.rejects(validate({ parameters, query: query.replace('SAMLResponse=', 'SAMLResponse=A') }), /signature/i);
      else await assert.rejects(validate({ parameters: { SAMLResponse: Buffer.from(Buffer.from(parameters.SAMLResponse, 'base64').toString().replace(' Version', '  x="y" Version')).toString('base64') } }), /signature/i);
    });
  });
}

/** The fields of samlp's form. */
function formOf(html) {
  const value = (name) => html.match(new RegExp(`name="${name}"\\s+value="([^"]*)"`))?.[1]?.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code));
  return Object.fromEntries(['SAMLRequest', 'SAMLResponse', 'RelayState'].map((name) => [name, value(name)]).filter(([, text]) => text !== undefined));
}

test('without signRequests it is not signed', async () => {
  const it = await scene('redirect', { signRequests: false });
  assert.deepEqual(Object.keys((await carried(await signOut(it))).parameters), ['SAMLRequest']);
});

test('a logout ends the sessions that it names, and no others', async () => {
  const it = await scene('redirect');
  const second = await it.account.signIn({ nameId: ADA, sessionIndex: '_second' });
  const grace = await it.account.signIn({ nameId: 'grace@example.com', sessionIndex: '_ada' });
  const { idp, sp } = samlifyPeers(it);
  const logout = (user) => followed(idp.createLogoutRequest(sp, 'redirect', user).context);
  assert.equal((await logout({ logoutNameID: ADA, sessionIndex: '_second' })).status, 302);
  assert.deepEqual(await Promise.all([it, { ...it, ...second }, { ...it, ...grace }].map(whoami)), [200, 401, 200]);
  // Whom nobody knows is signed out already.
  assert.equal((await logout({ logoutNameID: 'nobody@example.com', sessionIndex: '_ada' })).status, 302);
  assert.deepEqual(await Promise.all([it, { ...it, ...grace }].map(whoami)), [200, 200]);
});

describe('the corpus', () => {
  const corpus = new URL('../saml/logout/', import.meta.url);
  const cases = ['accept', 'refuse'].flatMap((folder) =>
    ['redirect', 'post'].flatMap((binding) =>
      readdirSync(new URL(`${folder}/${binding}`, corpus)).map((file) => {
        const text = readFileSync(new URL(`${folder}/${binding}/${file}`, corpus), 'utf8');
        const at = text.indexOf('\n----\n');
        const header = JSON.parse(text.slice(0, at));
        const wire = Object.entries(header.repeat ?? {}).reduce((whole, [mark, [part, times]]) => whole.replaceAll(mark, part.repeat(times)), text.slice(at + 6));
        return { name: `${folder}/${binding}/${file.replace('.case', '')}`, binding, header, wire };
      }),
    ),
  );
  let site;
  const ISSUER = 'https://idp.example/entity';
  const URL_OF_CORPUS = 'https://sp.example';

  before(async () => {
    site = await startPostern({ vars: { PUBLIC_URL: URL_OF_CORPUS } });
    await site.admin('POST', '/accounts', { id: 'acme', name: 'Acme' });
  });
  after(() => site.dispose());

  const pem = (name) => `-----BEGIN CERTIFICATE-----\n${corpusKeys(name).certificate}\n-----END CERTIFICATE-----`;

  async function providerOf({ trusted = ['idp'], allowSha1 = false, skewSeconds = 120 }) {
    await site.sql(['DELETE FROM providers'], ['DELETE FROM spent'], ['DELETE FROM events']);
    const metadata = withLogout(metadataXml({ entityId: ISSUER, ssoUrl: 'https://idp.example/sso', certificates: trusted.map(pem) }), 'redirect');
    const { status, body } = await site.admin('POST', '/accounts/acme/providers', { name: 'Corpus', kind: 'other', metadataXml: metadata, allowSha1, clockSkewSeconds: skewSeconds });
    assert.equal(status, 201, JSON.stringify(body));
  }

  test('comes to what it says in workerd too', async () => {
    let known;
    for (const { name, binding, header, wire } of cases) {
      const { trusted, allowSha1, skewSeconds, now = '2026-11-22T06:00:00Z' } = header;
      const wanted = JSON.stringify({ trusted, allowSha1, skewSeconds });
      if (wanted !== known) await providerOf({ trusted, allowSha1, skewSeconds });
      known = wanted;
      site.now = Date.parse(now);
      await site.sql(['DELETE FROM spent'], ['DELETE FROM events'], ['DELETE FROM pending_logouts'], ["INSERT INTO pending_logouts SELECT 'acme', '_asked', id, 9000000000000 FROM providers"]);
      // The platform refuses what is longer than a URL may be before it gets to us.
      if (binding === 'redirect' && wire.length > 16_000) continue;
      const answer = await site.fetch(`/saml/acme/slo${binding === 'redirect' ? `?${wire}` : ''}`, binding === 'post' ? { method: 'POST', body: wire, headers: { 'content-type': 'application/x-www-form-urlencoded' } } : {});
      site.now = null;
      const [events] = await site.sql(["SELECT kind, detail ->> '$.error.code' AS code FROM events"]);
      const expected = header.refused ? [{ kind: 'logout.refused', code: wire.length > 262_144 ? 'body_too_large' : header.refused.code }] : [{ kind: header.accepted.response ? 'logout.sp' : 'logout.idp', code: null }];
      assert.deepEqual(events, expected, `${name}: ${answer.status} ${await answer.text()}`);
      if (header.accepted) assert.ok([200, 302].includes(answer.status), name);
      else assert.ok([400, 403, 413].includes(answer.status), name);
    }
  });
});
