// Microsoft Entra ID: default namespaces, the assertion alone is signed, claims as attribute names.
import { escaped } from '../documents.mjs';
import { nameIdFormat, ns, status } from '../names.mjs';
import { certificateInfo } from '../sign.mjs';
import { answering, bearer, claims, context, microsoft, millis, values } from './writing.mjs';

/** The layout, which AD FS shares. `consent` is an attribute of the Response with a space behind it, `markup` those of an Attribute. */
export function write({ ids, acsUrl, audience, issuer, begin, now, end, inResponseTo, nameId, attributes }, consent = '') {
  const one = ({ name, values: list, markup = '' }) => `<Attribute Name="${escaped(name)}"${markup}>${values(list, '')}</Attribute>`;
  return (
    `<samlp:Response ID="${ids.response}" Version="2.0" IssueInstant="${millis(now)}" ${consent}Destination="${escaped(acsUrl)}"${answering(inResponseTo)} xmlns:samlp="${ns.samlp}">` +
    `<Issuer xmlns="${ns.saml}">${escaped(issuer)}</Issuer>` +
    `<samlp:Status><samlp:StatusCode Value="${status('Success')}"/></samlp:Status>` +
    `<Assertion ID="${ids.assertion}" IssueInstant="${millis(now)}" Version="2.0" xmlns="${ns.saml}"><Issuer>${escaped(issuer)}</Issuer>` +
    `<Subject><NameID Format="${nameIdFormat.email}">${escaped(nameId)}</NameID><SubjectConfirmation Method="${bearer}"><SubjectConfirmationData${answering(inResponseTo)} NotOnOrAfter="${millis(end)}" Recipient="${escaped(acsUrl)}"/></SubjectConfirmation></Subject>` +
    `<Conditions NotBefore="${millis(begin)}" NotOnOrAfter="${millis(end)}"><AudienceRestriction><Audience>${escaped(audience)}</Audience></AudienceRestriction></Conditions>` +
    `<AttributeStatement>${attributes.map(one).join('')}</AttributeStatement>` +
    `<AuthnStatement AuthnInstant="${millis(begin)}" SessionIndex="${ids.assertion}"><AuthnContext><AuthnContextClassRef>${context('Password')}</AuthnContextClassRef></AuthnContext></AuthnStatement></Assertion></samlp:Response>`
  );
}

export const entra = {
  kind: 'entra',
  issuer: 'https://sts.windows.net/11111111-2222-3333-4444-555555555555/',
  ids: { response: '_8e8dc5f6', assertion: '_a75adf55' },
  signs: { assertion: ['assertion'], response: ['response'], both: ['assertion', 'response'] },
  signature: (key) => ({ prefix: '', keyInfo: certificateInfo(key, '') }),
  groups: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups',

  // The claim `name` is the user principal name.
  attributes: ({ email, givenName, familyName, displayName, groups }) => [
    { name: `${microsoft}/tenantid`, values: ['11111111-2222-3333-4444-555555555555'] },
    { name: `${microsoft}/objectidentifier`, values: ['66666666-7777-8888-9999-000000000000'] },
    { name: `${microsoft}/displayname`, values: [displayName] },
    { name: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups', values: groups },
    { name: `${microsoft}/identityprovider`, values: ['https://sts.windows.net/11111111-2222-3333-4444-555555555555/'] },
    { name: `${claims}/givenname`, values: [givenName] },
    { name: `${claims}/surname`, values: [familyName] },
    { name: `${claims}/emailaddress`, values: [email] },
    { name: `${claims}/name`, values: [`upn.${email}`] },
  ],

  write: (facts) => write(facts),
};
