// Responses in pieces: every piece has a sound default, and a case replaces the one that it is about.
import { nameIdFormat, ns, status } from './names.mjs';

/** What every response is about, unless its case says otherwise. The tests have the same defaults. */
export const scene = {
  now: '2026-11-22T06:00:00Z',
  begin: '2026-11-22T05:59:00Z',
  end: '2026-11-22T06:05:00Z',
  issuer: 'https://idp.example/entity',
  audience: 'sp.example',
  acsUrl: 'https://sp.example/gateway/api/users/saml-login?accountId=acme',
};

export const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');
const attribute = (name, value) => (value === null || value === undefined ? '' : ` ${name}="${escaped(value)}"`);

export function response({
  id = '_response',
  version = '2.0',
  destination = scene.acsUrl,
  inResponseTo = null,
  issuer = element('saml:Issuer', scene.issuer),
  extensions = '',
  status = success(),
  assertion: content = assertion(),
  declarations = `xmlns:samlp="${ns.samlp}" xmlns:saml="${ns.saml}"`,
  attributes = '',
} = {}) {
  return (
    `<samlp:Response ${declarations}${attribute('ID', id)}${attribute('Version', version)}` +
    ` IssueInstant="${scene.now}"${attribute('Destination', destination)}${attribute('InResponseTo', inResponseTo)}${attributes}>` +
    `${issuer}${extensions}${status}${content}</samlp:Response>`
  );
}

export function assertion({
  id = '_assertion',
  version = '2.0',
  issuer = element('saml:Issuer', scene.issuer),
  subject: about = subject(),
  conditions: when = conditions(),
  advice = '',
  authnStatement: how = authnStatement(),
  attributeStatement: what = attributeStatement({ department: ['engineering'] }),
  attributes = '',
} = {}) {
  return (
    `<saml:Assertion${attribute('ID', id)}${attribute('Version', version)} IssueInstant="${scene.now}"${attributes}>` +
    `${issuer}${about}${when}${advice}${how}${what}</saml:Assertion>`
  );
}

export const element = (name, text, attributes = '') => `<${name}${attributes}>${escaped(text)}</${name}>`;
export const extensions = (content) => `<samlp:Extensions>${content}</samlp:Extensions>`;

export function success() {
  return `<samlp:Status><samlp:StatusCode Value="${status('Success')}"/></samlp:Status>`;
}

export function nameId(text = 'ada@example.com', format = nameIdFormat.email) {
  return element('saml:NameID', text, attribute('Format', format));
}

export function subject({ id = nameId(), confirmations = [confirmation()] } = {}) {
  return `<saml:Subject>${id}${confirmations.join('')}</saml:Subject>`;
}

export function confirmation({
  method = 'bearer',
  recipient = scene.acsUrl,
  notBefore = null,
  notOnOrAfter = scene.end,
  inResponseTo = null,
  data = confirmationData({ recipient, notBefore, notOnOrAfter, inResponseTo }),
} = {}) {
  return `<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:${method}">${data}</saml:SubjectConfirmation>`;
}

export function confirmationData({ recipient, notBefore, notOnOrAfter, inResponseTo }) {
  return (
    `<saml:SubjectConfirmationData${attribute('InResponseTo', inResponseTo)}${attribute('NotBefore', notBefore)}` +
    `${attribute('NotOnOrAfter', notOnOrAfter)}${attribute('Recipient', recipient)}/>`
  );
}

export function conditions({
  notBefore = scene.begin,
  notOnOrAfter = scene.end,
  audiences = [[scene.audience]],
  more = '',
} = {}) {
  const restriction = (names) =>
    `<saml:AudienceRestriction>${names.map((name) => element('saml:Audience', name)).join('')}</saml:AudienceRestriction>`;
  return (
    `<saml:Conditions${attribute('NotBefore', notBefore)}${attribute('NotOnOrAfter', notOnOrAfter)}>` +
    `${audiences.map(restriction).join('')}${more}</saml:Conditions>`
  );
}

export function authnStatement({ sessionIndex = '_session', sessionNotOnOrAfter = null } = {}) {
  return (
    `<saml:AuthnStatement AuthnInstant="${scene.begin}"${attribute('SessionIndex', sessionIndex)}` +
    `${attribute('SessionNotOnOrAfter', sessionNotOnOrAfter)}><saml:AuthnContext>` +
    '<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef>' +
    '</saml:AuthnContext></saml:AuthnStatement>'
  );
}

export function attributeStatement(values) {
  const value = (text) => element('saml:AttributeValue', text);
  const one = ([name, texts]) => `<saml:Attribute Name="${escaped(name)}">${texts.map(value).join('')}</saml:Attribute>`;
  return `<saml:AttributeStatement>${Object.entries(values).map(one).join('')}</saml:AttributeStatement>`;
}

/** Replaces text that stands in a document exactly once. */
export function edit(xml, from, to) {
  if (xml.split(from).length !== 2) throw new Error(`"${from}" stands ${xml.split(from).length - 1} times in\n${xml}`);
  return xml.replace(from, () => to);
}

/** The element of a name from its start tag to its end tag; it must stand in the text once. */
export function cut(xml, name) {
  const parts = xml.match(new RegExp(`<${name}[ >][\\s\\S]*</${name}>`));
  if (!parts) throw new Error(`no ${name} in\n${xml}`);
  return parts[0];
}
