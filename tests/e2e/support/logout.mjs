// Single logout with libraries that are not ours on the other side: samlify and samlp as identity providers, node-saml as
// a peer that signs and checks logout messages like a service provider.
import { SAML } from '@node-saml/node-saml';
import samlify from 'samlify';
import samlp from 'samlp';
import SessionParticipants from 'samlp/lib/sessionParticipants/index.js';

const { Constants, IdentityProvider, ServiceProvider } = samlify;
const SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
export const SLO_URL = 'https://idp.example.com/slo';
export const EMAIL_FORMAT = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';

/** Metadata of an identity provider, with single logout by `redirect` or `post`. */
export function withLogout(metadata, binding) {
  const uri = Constants.namespace.binding[binding];
  return metadata.replace('<SingleSignOnService', `<SingleLogoutService Binding="${uri}" Location="${SLO_URL}"></SingleLogoutService><SingleSignOnService`);
}

/** `{ parameters, query, url }` of a redirect, or `{ parameters, url }` of the form in a page. */
export async function carried(answer) {
  if (answer.status === 302) {
    const location = new URL(answer.headers.get('location'));
    return { url: location.origin + location.pathname, query: location.search.slice(1), parameters: Object.fromEntries(location.searchParams) };
  }
  const html = await answer.text();
  const text = (escaped) => escaped.replace(/&(lt|gt|quot|apos|#39|amp);/g, (_, name) => ({ lt: '<', gt: '>', quot: '"', apos: "'", '#39': "'", amp: '&' })[name]);
  const fields = [...html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)].map(([, name, value]) => [name, text(value)]);
  return { url: text(html.match(/<form method="post" action="([^"]*)"/)[1]), parameters: Object.fromEntries(fields), html };
}

/** The certificate that our metadata publishes first, PEM. */
export function signingCertificate(spMetadata) {
  const base64 = spMetadata.match(/use="signing".*?<ds:X509Certificate>([^<]+)</s)[1].replace(/\s/g, '');
  return `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g).join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** The metadata that we publish for the provider of an account. */
export async function ourMetadata({ postern, provider }) {
  const { pathname, search } = new URL(provider.sp.metadataUrl);
  return (await postern.fetch(pathname + search)).text();
}

/** samlify's identity provider and what it makes of our metadata. */
export function samlifyPeers({ provider, keys, spMetadata, binding }) {
  const services = [{ Binding: Constants.namespace.binding[binding], Location: SLO_URL }];
  const idp = IdentityProvider({
    entityID: provider.entityId,
    privateKey: keys.privateKey,
    signingCert: keys.certificate,
    requestSignatureAlgorithm: SHA256,
    nameIDFormat: [EMAIL_FORMAT],
    wantAuthnRequestsSigned: true,
    wantLogoutRequestSigned: true,
    wantLogoutResponseSigned: true,
    singleSignOnService: [{ Binding: Constants.namespace.binding[binding], Location: 'https://idp.example.com/sso' }],
    singleLogoutService: services,
  });
  const sp = ServiceProvider({ metadata: spMetadata, wantLogoutRequestSigned: true, wantLogoutResponseSigned: true });
  return { idp, sp };
}

/** node-saml, trusting our certificate and signing with the identity provider's key. */
export function nodeSaml({ provider, keys, spMetadata, ...options }) {
  return new SAML({
    callbackUrl: 'https://idp.example.com/acs',
    entryPoint: provider.sp.acsUrl,
    logoutUrl: provider.sp.sloUrl,
    issuer: provider.entityId,
    idpIssuer: provider.sp.entityId,
    idpCert: signingCertificate(spMetadata),
    privateKey: keys.privateKey,
    signatureAlgorithm: 'sha256',
    acceptedClockSkewMs: 1000,
    ...options,
  });
}

/**
 * samlp's logout as an identity provider runs it, for one session at us. `receive({ query, body })` resolves to what it
 * sends on: `{ redirect }`, `{ form }` or `{ status }`; its own failure is an error.
 */
export function samlpLogout({ provider, keys, spMetadata, binding, nameId, sessionIndex }) {
  const states = new Map();
  const participant = { serviceProviderId: provider.sp.entityId, sessionIndex, nameId, nameIdFormat: EMAIL_FORMAT };
  Object.assign(participant, { serviceProviderLogoutURL: provider.sp.sloUrl, cert: signingCertificate(spMetadata) });
  const handler = samlp.logout({
    issuer: provider.entityId,
    cert: keys.certificate,
    key: keys.privateKey,
    deflate: true,
    signatureAlgorithm: 'rsa-sha256',
    digestAlgorithm: 'sha256',
    protocolBinding: Constants.namespace.binding[binding],
    sessionParticipants: new SessionParticipants([participant]),
    store: {
      save: (_, state, done) => done(null, states.set(`state${states.size}`, state) && `state${states.size - 1}`),
      load: (_, handle, options, done) => (done ?? options)(null, states.get(handle)),
      update: (_, handle, state, done) => done(null, states.set(handle, state)),
    },
  });
  return ({ query = {}, body = {} } = {}) =>
    new Promise((resolve, reject) => {
      const res = { set: () => res, redirect: (url) => resolve({ redirect: url }), send: (what) => resolve(typeof what === 'number' ? { status: what } : { form: what }) };
      handler({ query, body, session: {} }, res, (error) => reject(error ?? new Error('samlp passed it on')));
    });
}
