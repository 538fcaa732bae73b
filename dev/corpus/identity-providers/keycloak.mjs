// Keycloak: prefix dsig, a KeyName beside the certificate, the default namespace declared and not used, an Attribute for
// each role. The mappers of X.500 attributes have OIDs and friendly names; there is none for a display name.
import { certificateInfo } from '../sign.mjs';
import { ns } from '../names.mjs';
import { layout, named } from './layout.mjs';
import { millis, xs, xsi } from './writing.mjs';

const attribute = named('saml', { type: ` ${xsi} ${xs} xsi:type="xs:string"` });

export const keycloak = {
  kind: 'keycloak',
  issuer: 'https://keycloak.example.com/realms/main',
  ids: { response: '_response', assertion: '_assertion' },
  // It signs documents by default, assertions on demand.
  signs: { response: ['response'], assertion: ['assertion'], both: ['assertion', 'response'] },
  signature: (key) => ({
    prefix: 'dsig',
    keyInfo: certificateInfo(key, 'dsig:').replace('<dsig:X509Data>', '<dsig:KeyName>0aQ3w9Zf</dsig:KeyName><dsig:X509Data>'),
  }),
  groups: 'Role',
  sends: ({ displayName, ...others }) => ({ ...others, displayName: null }),

  attributes: ({ email, givenName, familyName, groups }) => [
    ...groups.map((group) => ({ name: 'Role', values: [group] })),
    { name: 'urn:oid:1.2.840.113549.1.9.1', friendlyName: 'email', values: [email] },
    { name: 'urn:oid:2.5.4.42', friendlyName: 'givenName', values: [givenName] },
    { name: 'urn:oid:2.5.4.4', friendlyName: 'surname', values: [familyName] },
  ],

  write: (facts) =>
    layout(facts, {
      declareOnAssertion: false,
      assertion: ` xmlns="${ns.saml}"`,
      authn: `AuthnInstant="${millis(facts.begin)}" SessionIndex="b2c1::4fa7" SessionNotOnOrAfter="${millis(facts.sessionEnd)}"`,
      attribute,
    }),
};
