// JumpCloud: a key of 4096 bits signs the assertion, or both.
import { certificateInfo } from '../sign.mjs';
import { layout, named } from './layout.mjs';
import { seconds, xs, xsi } from './writing.mjs';

const attribute = named('saml', { type: ` ${xsi} ${xs} xsi:type="xs:string"` });

export const jumpcloud = {
  kind: 'jumpcloud',
  issuer: 'JumpCloud',
  key: 'idp-4096',
  ids: { response: '_response', assertion: '_assertion' },
  signs: { assertion: ['assertion'], both: ['assertion', 'response'] },
  signature: (key) => ({ keyInfo: certificateInfo(key) }),
  groups: 'memberOf',

  attributes: ({ email, givenName, familyName, displayName, groups }) => [
    { name: 'email', values: [email] },
    { name: 'firstname', values: [givenName] },
    { name: 'lastname', values: [familyName] },
    { name: 'displayName', values: [displayName] },
    { name: 'memberOf', values: groups },
  ],

  write: (facts) => layout(facts, { time: seconds, attribute }),
};
