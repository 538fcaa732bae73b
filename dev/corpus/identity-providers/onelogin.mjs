// OneLogin: everything declared on the root, xs and xsi on the assertion, one value for all groups. It has no usual name for
// a display name.
import { certificateInfo } from '../sign.mjs';
import { layout, named } from './layout.mjs';
import { seconds, xs, xsi } from './writing.mjs';

const attribute = named('saml', { type: ' xsi:type="xs:string"' });

export const onelogin = {
  kind: 'onelogin',
  issuer: 'https://app.onelogin.com/saml/metadata/11111111-2222-3333-4444-555555555555',
  ids: { response: '_response', assertion: '_assertion' },
  signs: { assertion: ['assertion'], response: ['response'], both: ['assertion', 'response'] },
  signature: (key) => ({ keyInfo: certificateInfo(key) }),
  groups: 'memberOf',
  sends: ({ displayName, ...others }) => ({ ...others, displayName: null }),

  attributes: ({ email, givenName, familyName, groups }) => [
    { name: 'User.email', values: [email] },
    { name: 'User.FirstName', values: [givenName] },
    { name: 'User.LastName', values: [familyName] },
    { name: 'memberOf', values: groups },
    { name: 'PersonImmutableID', values: [''] },
  ],

  write: (facts) =>
    layout(facts, {
      declareOnAssertion: false,
      assertion: ` ${xs} ${xsi}`,
      time: seconds,
      authn: `AuthnInstant="${facts.begin}" SessionNotOnOrAfter="${facts.sessionEnd}" SessionIndex="_9f1c"`,
      attribute,
    }),
};
