// AuthnRequests as others read them: by both bindings, signed and not, with what they can ask for; our metadata, from which
// they know our keys; and what becomes of both when a key gets a successor.
import assert from 'node:assert/strict';
import { parseDomFromString, validateSignature } from '@node-saml/node-saml/lib/xml.js';
import samlify from 'samlify';
import samlp from 'samlp';
import { after, afterEach, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { inflateRawSync } from 'node:zlib';
import { makeKeys } from '../../dev/idp/keys.mjs';
import { TestAccount } from './support/account.mjs';
import { carried, nodeSaml, ourMetadata, samlifyPeers, signingCertificate } from './support/logout.mjs';
import { startPostern } from './support/postern.mjs';

const DAY = 24 * 3600 * 1000;
const CLASS = 'urn:oasis:names:tc:SAML:2.0:ac:classes:X509';
const parseRequest = promisify(samlp.parseRequest);
let postern;
let keys;
before(async () => {
  [postern, keys] = await Promise.all([startPostern(), makeKeys()]);
});
after(() => postern.dispose());
afterEach(() => {
  postern.now = null;
});

/** Metadata whose one sign-on service is of POST. */
const postOnly = (metadata) => metadata.replace(/<SingleSignOnService Binding="[^"]*HTTP-Redirect"[^>]*><\/SingleSignOnService>/, '');

async function scene(binding, settings) {
  const account = await TestAccount.create(postern, keys);
  const metadata = account.metadata();
  account.provider = await account.addProvider({ metadataXml: binding === 'post' ? postOnly(metadata) : metadata, ...settings });
  return { account, provider: account.provider, keys, binding, spMetadata: await ourMetadata(account) };
}

/** The request that a browser carries, and its document. */
async function begin({ provider }) {
  const { pathname, search } = new URL(provider.sp.loginUrl);
  const sent = await carried(await postern.fetch(pathname + search));
  const bytes = Buffer.from(sent.parameters.SAMLRequest, 'base64');
  return { ...sent, xml: (sent.query === undefined ? bytes : inflateRawSync(bytes)).toString() };
}

/** Throws unless the request was signed with the key of this certificate. */
async function assertSigned({ parameters, query, xml }, certificate, peer) {
  if (query === undefined) {
    const { documentElement } = await parseDomFromString(xml);
    assert.ok(validateSignature(xml, documentElement, [certificate]), 'node-saml takes the signature');
    return;
  }
  const octets = query.split('&Signature=')[0];
  assert.ok(peer.validateSignatureForRedirect(octets, parameters.Signature, parameters.SigAlg, certificate), 'node-saml takes the signature');
  await peer.hasValidSignatureForRedirect(parameters, query);
}

for (const binding of ['redirect', 'post']) {
  describe(`by ${binding}`, () => {
    test('a signed request is taken by samlify, samlp and node-saml', async () => {
      const it = await scene(binding, { signRequests: true });
      const sent = await begin(it);
      assert.deepEqual(Object.keys(sent.parameters), binding === 'redirect' ? ['SAMLRequest', 'SigAlg', 'Signature'] : ['SAMLRequest']);
      assert.equal(sent.url, 'https://idp.example.com/sso');
      const { idp, sp } = samlifyPeers(it);
      const request = { query: sent.parameters, body: sent.parameters, octetString: sent.query?.split('&Signature=')[0] };
      const { extract } = await idp.parseLoginRequest(sp, binding, request);
      assert.equal(extract.issuer, it.provider.sp.entityId);
      assert.equal(extract.request.assertionConsumerServiceUrl, it.provider.sp.acsUrl);
      assert.equal(extract.request.destination, sent.url);
      const certificate = signingCertificate(it.spMetadata);
      const read = await parseRequest(binding === 'redirect' ? { query: sent.parameters } : { query: {}, body: sent.parameters }, { signingCert: certificate });
      assert.deepEqual([read.id, read.issuer], [extract.request.id, it.provider.sp.entityId]);
      await assertSigned(sent, certificate, nodeSaml(it));
    });

    test('a signed request that was changed is taken by none', async () => {
      const it = await scene(binding, { signRequests: true });
      const sent = await begin(it);
      const other = signingCertificate((await scene(binding, { signRequests: true })).spMetadata);
      await assert.rejects(assertSigned(sent, other, nodeSaml(it)));
      await assert.rejects(parseRequest(binding === 'redirect' ? { query: sent.parameters } : { query: {}, body: sent.parameters }, { signingCert: other }));
    });

    test('an unsigned request is taken where none is asked for', async () => {
      const it = await scene(binding);
      const sent = await begin(it);
      assert.deepEqual(Object.keys(sent.parameters), ['SAMLRequest']);
      assert.ok(!sent.xml.includes('Signature'));
      const read = await parseRequest(binding === 'redirect' ? { query: sent.parameters } : { query: {}, body: sent.parameters });
      assert.equal(read.assertionConsumerServiceURL, it.provider.sp.acsUrl);
      await assert.rejects(parseRequest({ query: sent.parameters, body: sent.parameters }, { signingCert: keys.certificate }), /signed/);
    });

    test('it asks for a format of NameID, a way to authenticate and to do so anew', async () => {
      const it = await scene(binding, { nameIdFormat: 'persistent', requestedAuthnContext: [CLASS], forceAuthn: true, signRequests: true });
      const sent = await begin(it);
      const read = await parseRequest(binding === 'redirect' ? { query: sent.parameters } : { query: {}, body: sent.parameters }, { signingCert: signingCertificate(it.spMetadata) });
      assert.deepEqual([read.forceAuthn, read.requestedAuthnContext.authnContextClassRef], ['true', CLASS]);
      const { idp, sp } = samlifyPeers(it);
      const { extract } = await idp.parseLoginRequest(sp, binding, { query: sent.parameters, body: sent.parameters, octetString: sent.query?.split('&Signature=')[0] });
      assert.equal(extract.nameIDPolicy.format, 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent');
      const plain = await begin(await scene(binding));
      for (const name of ['ForceAuthn', 'RequestedAuthnContext', ' Format=']) {
        assert.ok(sent.xml.includes(name), name);
        assert.ok(!plain.xml.includes(name), name);
      }
    });
  });
}

test('our metadata tells keys, URLs and attributes', async () => {
  const it = await scene('redirect', { signRequests: true, encryption: 'accept', nameIdFormat: 'emailAddress' });
  const { entityMeta } = samlify.ServiceProvider({ metadata: it.spMetadata });
  const { sp } = it.provider;
  assert.equal(entityMeta.getEntityID(), sp.entityId);
  assert.match(it.spMetadata, new RegExp(`HTTP-POST" Location="${sp.acsUrl.replace('?', '\\?')}" index="0" isDefault="true"`));
  assert.ok([sp.acsUrl, sp.acsUrlShort].includes(entityMeta.getAssertionConsumerService('post')));
  for (const binding of ['redirect', 'post']) assert.equal(entityMeta.getSingleLogoutService(binding), sp.sloUrl);
  assert.deepEqual([entityMeta.isAuthnRequestSigned(), entityMeta.isWantAssertionsSigned()], [true, true]);
  const { items } = await it.account.expect(200, 'GET', '/keys');
  const base64 = (purpose) => items.find((key) => key.purpose === purpose).certificate.replace(/-----[^-]+-----|\s/g, '');
  for (const purpose of ['signing', 'encryption']) assert.equal(String(entityMeta.getX509Certificate(purpose)).replace(/\s/g, ''), base64(purpose));
  for (const name of ['email', 'givenName', 'familyName']) assert.match(it.spMetadata, new RegExp(`<md:RequestedAttribute Name="${name}"`));
  // The schema's order of a role (SAML metadata 2.4.1 to 2.4.4).
  const order = [...it.spMetadata.matchAll(/<md:(KeyDescriptor|SingleLogoutService|NameIDFormat|AssertionConsumerService|AttributeConsumingService)\b/g)].map(([, name]) => name);
  const wanted = ['KeyDescriptor', 'SingleLogoutService', 'NameIDFormat', 'AssertionConsumerService', 'AttributeConsumingService'];
  assert.deepEqual([...new Set(order)], wanted);
  assert.deepEqual(order, order.toSorted((one, other) => wanted.indexOf(one) - wanted.indexOf(other)));
});

test('while a key and its successor overlap the old one signs and both are published; then the new one is alone', async () => {
  postern.now = Date.UTC(2031, 0, 1);
  const it = await scene('redirect', { signRequests: true });
  const published = async () => [...(await ourMetadata(it.account)).matchAll(/use="signing".*?<ds:X509Certificate>([^<]+)</gs)].map(([, text]) => text.replace(/\s/g, ''));
  const pem = (base64) => `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g).join('\n')}\n-----END CERTIFICATE-----\n`;
  const signs = async (certificate) => {
    try {
      await assertSigned(await begin(it), pem(certificate), nodeSaml({ ...it, idpCert: pem(certificate) }));
      return true;
    } catch {
      return false;
    }
  };
  const [first, ...none] = await published();
  assert.deepEqual(none, []);
  // Keys of one instant are in no order.
  postern.now += 1;
  await it.account.expect(201, 'POST', '/keys', { purpose: 'signing', overlapDays: 7 });
  const [old, successor] = await published();
  assert.equal(old, first);
  assert.deepEqual([await signs(old), await signs(successor)], [true, false]);
  postern.now += 7 * DAY - 1;
  assert.deepEqual([await signs(old), await signs(successor)], [true, false]);
  postern.now += 1;
  assert.deepEqual([await signs(old), await signs(successor)], [false, true]);
  assert.deepEqual(await published(), [successor]);
});
