// PingOne and PingFederate: no KeyInfo. Attributes have the names that an admin gives them.
import { layout, named } from './layout.mjs';
import { xs, xsi } from './writing.mjs';

const attribute = named('saml', { type: ` ${xsi} ${xs} xsi:type="xs:string"` });

export const ping = {
  kind: 'other',
  issuer: 'https://auth.pingone.eu/11111111-2222-3333-4444-555555555555',
  ids: { response: '_response', assertion: '_assertion' },
  signs: { assertion: ['assertion'], response: ['response'], both: ['assertion', 'response'] },
  signature: () => ({}),
  groups: 'memberOf',

  attributes: ({ email, givenName, familyName, displayName, groups }) => [
    { name: 'mail', values: [email] },
    { name: 'givenName', values: [givenName] },
    { name: 'sn', values: [familyName] },
    { name: 'displayName', values: [displayName] },
    { name: 'memberOf', values: groups },
  ],

  write: (facts) => layout(facts, { attribute }),
};
