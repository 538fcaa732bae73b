// Okta: prefixes saml2p and saml2, both signed with PrefixList=xs, each value declares its type. Attributes have the names
// that an admin gives them.
import { escaped } from '../documents.mjs';
import { nameIdFormat, ns, status } from '../names.mjs';
import { certificateInfo } from '../sign.mjs';
import { answering, bearer, context, entity, format, lines, millis, values, xs, xsi } from './writing.mjs';

const typed = ` ${xs} ${xsi} xsi:type="xs:string"`;

export const okta = {
  kind: 'okta',
  issuer: 'http://www.okta.com/exk1fcia6d6EMsf331d8',
  ids: { response: 'id1848393', assertion: 'id1848394' },
  signs: { both: ['assertion', 'response'] },
  signature: (key) => ({ prefixes: ['xs'], keyInfo: certificateInfo(key), wrap: lines('\n') }),
  groups: 'groups',

  attributes: ({ email, givenName, familyName, displayName, groups }) => [
    { name: 'email', values: [email] },
    { name: 'firstName', values: [givenName] },
    { name: 'lastName', values: [familyName] },
    { name: 'displayName', values: [displayName] },
    { name: 'groups', values: groups },
  ],

  write({ ids, acsUrl, audience, issuer, begin, now, end, inResponseTo, nameId, attributes }) {
    const issuedBy = `<saml2:Issuer Format="${entity}" xmlns:saml2="${ns.saml}">${escaped(issuer)}</saml2:Issuer>`;
    const attribute = ({ name, values: list }) =>
      `<saml2:Attribute Name="${escaped(name)}" NameFormat="${format('unspecified')}">${values(list, 'saml2:', typed)}</saml2:Attribute>`;
    return (
      `<?xml version="1.0" encoding="UTF-8"?><saml2p:Response Destination="${escaped(acsUrl)}" ID="${ids.response}"${answering(inResponseTo)} IssueInstant="${millis(now)}" Version="2.0" xmlns:saml2p="${ns.samlp}" ${xs}>` +
      issuedBy +
      `<saml2p:Status xmlns:saml2p="${ns.samlp}"><saml2p:StatusCode Value="${status('Success')}"/></saml2p:Status>` +
      `<saml2:Assertion ID="${ids.assertion}" IssueInstant="${millis(now)}" Version="2.0" xmlns:saml2="${ns.saml}" ${xs}>` +
      issuedBy +
      `<saml2:Subject xmlns:saml2="${ns.saml}"><saml2:NameID Format="${nameIdFormat.email}">${escaped(nameId)}</saml2:NameID>` +
      `<saml2:SubjectConfirmation Method="${bearer}"><saml2:SubjectConfirmationData${answering(inResponseTo)} NotOnOrAfter="${millis(end)}" Recipient="${escaped(acsUrl)}"/></saml2:SubjectConfirmation></saml2:Subject>` +
      `<saml2:Conditions NotBefore="${millis(begin)}" NotOnOrAfter="${millis(end)}" xmlns:saml2="${ns.saml}"><saml2:AudienceRestriction><saml2:Audience>${escaped(audience)}</saml2:Audience></saml2:AudienceRestriction></saml2:Conditions>` +
      `<saml2:AuthnStatement AuthnInstant="${millis(begin)}" SessionIndex="id1763" xmlns:saml2="${ns.saml}"><saml2:AuthnContext><saml2:AuthnContextClassRef>${context('PasswordProtectedTransport')}</saml2:AuthnContextClassRef></saml2:AuthnContext></saml2:AuthnStatement>` +
      `<saml2:AttributeStatement xmlns:saml2="${ns.saml}">${attributes.map(attribute).join('')}</saml2:AttributeStatement>` +
      '</saml2:Assertion></saml2p:Response>'
    );
  },
};
