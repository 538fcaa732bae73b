// Messages that a browser carries to an identity provider by POST, and a sign-out that leads there: under our policy, in a
// browser that keeps to it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import test, { after, before } from 'node:test';
import { metadataXml as metadataOf } from '../../dev/idp/samlify.mjs';
import { withLogout } from '../e2e/support/logout.mjs';
import { cookiesOf } from '../e2e/support/postern.mjs';
import { installation } from './support/installation.mjs';
import { browser } from './support/page.mjs';

const site = installation();
const open = browser();
const received = [];
let idp;
let server;

before(async () => {
  server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    if (!request.url.startsWith('/s')) return response.writeHead(404).end();
    received.push({ method: request.method, url: request.url, body: Buffer.concat(chunks).toString() });
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Identity provider</title><h1>Identity provider</h1>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  idp = `http://127.0.0.1:${server.address().port}`;
});
after(() => server.close());

/** The provider of an account whose identity provider is the server above. */
async function newProvider(binding) {
  const account = await site.newAccount();
  const entityId = `https://idp.example.com/${account}`;
  const metadata = withLogout(metadataOf({ entityId, ssoUrl: `${idp}/sso`, certificates: [site.keys.certificate] }), binding).replace('https://idp.example.com/slo', `${idp}/slo`);
  const redirectService = /<SingleSignOnService Binding="[^"]*HTTP-Redirect"[^>]*><\/SingleSignOnService>/;
  const metadataXml = binding === 'post' ? metadata.replace(redirectService, '') : metadata;
  return site.newProvider(account, { name: 'Example', kind: 'other', jit: { enabled: true }, signRequests: true, metadataXml });
}

for (const script of [true, false]) {
  test(`a request is posted ${script ? 'by itself' : 'by the button, without script'}`, async (t) => {
    const provider = await newProvider('post');
    const page = await open(t, { javaScriptEnabled: script });
    received.length = 0;
    await page.goto(provider.sp.loginUrl, { waitUntil: 'commit' });
    if (!script) {
      assert.equal(received.length, 0);
      await page.getByRole('button', { name: 'Continue' }).click();
    }
    await page.getByRole('heading', { name: 'Identity provider' }).waitFor();
    assert.deepEqual(received.map(({ method, url }) => [method, url]), [['POST', '/sso']]);
    const xml = Buffer.from(new URLSearchParams(received[0].body).get('SAMLRequest'), 'base64').toString();
    assert.match(xml, /^<samlp:AuthnRequest .*<ds:SignatureValue>/s);
  });
}

for (const binding of ['redirect', 'post']) {
  test(`the button that signs out leads to the identity provider by ${binding}`, async (t) => {
    const provider = await newProvider(binding);
    const page = await open(t);
    const signedIn = await site.signIn(provider, { email: 'ada@example.com', attributes: {} });
    const [name, value] = cookiesOf(signedIn).split('=');
    await page.context().addCookies([{ name, value, url: site.base.replace('http:', 'https:'), secure: true, httpOnly: true, sameSite: 'Lax' }]);
    await page.goto(`${site.base}/`);
    received.length = 0;
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Identity provider' }).waitFor();
    assert.deepEqual(received.map(({ method, url }) => [method, url.split('?')[0]]), [[binding === 'post' ? 'POST' : 'GET', '/slo']]);
    await page.goto(`${site.base}/`);
    await page.getByRole('heading', { name: 'Not signed in' }).waitFor();
  });
}
