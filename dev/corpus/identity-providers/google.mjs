// Google: the Response is signed, the certificate comes with its subject, the layout has line ends. Attributes have the
// names that an admin gives them.
import { escaped } from '../documents.mjs';
import { nameIdFormat, ns, status } from '../names.mjs';
import { certificateInfo } from '../sign.mjs';
import { answering, bearer, context, lines, millis, values, xs, xsi } from './writing.mjs';

const typed = ` ${xs} ${xsi} xsi:type="xs:anyType"`;

export const google = {
  kind: 'other',
  issuer: 'https://accounts.google.com/o/saml2?idpid=C01&x=y',
  ids: { response: '_bf2fe', assertion: '_7f1e2' },
  signs: { response: ['response'], both: ['assertion', 'response'] },
  signature: (key) => ({
    keyInfo: certificateInfo(key).replace('<ds:X509Certificate>', '<ds:X509SubjectName>CN=Google,C=US</ds:X509SubjectName>\n<ds:X509Certificate>'),
    wrap: lines('\n'),
  }),
  groups: 'department',

  attributes: ({ email, givenName, familyName, displayName, groups }) => [
    { name: 'email', values: [email] },
    { name: 'first_name', values: [givenName] },
    { name: 'last_name', values: [familyName] },
    { name: 'display_name', values: [displayName] },
    { name: 'department', values: groups },
    { name: 'costCenter', values: [] },
  ],

  write({ ids, acsUrl, audience, issuer, begin, now, end, inResponseTo, nameId, attributes }) {
    const value = (one) => `\n                ${values([one], 'saml2:', typed)}`;
    const attribute = ({ name, values: list }) =>
      list.length === 0
        ? `\n            <saml2:Attribute Name="${escaped(name)}"/>`
        : `\n            <saml2:Attribute Name="${escaped(name)}">${list.map(value).join('')}\n            </saml2:Attribute>`;
    return `<?xml version="1.0" encoding="UTF-8" standalone="no"?><saml2p:Response xmlns:saml2p="${ns.samlp}" Destination="${escaped(acsUrl)}" ID="${ids.response}"${answering(inResponseTo)} IssueInstant="${millis(now)}" Version="2.0">
    <saml2:Issuer xmlns:saml2="${ns.saml}">${escaped(issuer)}</saml2:Issuer>
    <saml2p:Status>
        <saml2p:StatusCode Value="${status('Success')}"/>
    </saml2p:Status>
    <saml2:Assertion xmlns:saml2="${ns.saml}" ID="${ids.assertion}" IssueInstant="${millis(now)}" Version="2.0">
        <saml2:Issuer>${escaped(issuer)}</saml2:Issuer>
        <saml2:Subject>
            <saml2:NameID Format="${nameIdFormat.unspecified}">${escaped(nameId)}</saml2:NameID>
            <saml2:SubjectConfirmation Method="${bearer}">
                <saml2:SubjectConfirmationData${answering(inResponseTo)} NotOnOrAfter="${millis(end)}" Recipient="${escaped(acsUrl)}"/>
            </saml2:SubjectConfirmation>
        </saml2:Subject>
        <saml2:Conditions NotBefore="${millis(begin)}" NotOnOrAfter="${millis(end)}">
            <saml2:AudienceRestriction>
                <saml2:Audience>${escaped(audience)}</saml2:Audience>
            </saml2:AudienceRestriction>
        </saml2:Conditions>
        <saml2:AttributeStatement>${attributes.map(attribute).join('')}
        </saml2:AttributeStatement>
        <saml2:AuthnStatement AuthnInstant="${millis(begin)}" SessionIndex="${ids.assertion}">
            <saml2:AuthnContext>
                <saml2:AuthnContextClassRef>${context('unspecified')}</saml2:AuthnContextClassRef>
            </saml2:AuthnContext>
        </saml2:AuthnStatement>
    </saml2:Assertion>
</saml2p:Response>
`;
  },
};
