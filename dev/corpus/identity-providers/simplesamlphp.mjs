// SimpleSAMLphp: both signed, everything on the root, SHA-512 in newer set-ups.
import { uri } from '../names.mjs';
import { certificateInfo } from '../sign.mjs';
import { layout, named } from './layout.mjs';
import { seconds, xs, xsi } from './writing.mjs';

const attribute = named('saml', { type: ' xsi:type="xs:string"' });

export const simplesamlphp = {
  kind: 'other',
  issuer: 'https://idp.school.example/simplesaml/saml2/idp/metadata.php',
  ids: { response: '_response', assertion: '_assertion' },
  signs: { both: ['assertion', 'response'], assertion: ['assertion'], response: ['response'] },
  signature: (key) => ({ algorithm: uri.rsaSha512, digest: uri.sha512, keyInfo: certificateInfo(key) }),
  groups: 'eduPersonAffiliation',

  attributes: ({ email, givenName, familyName, displayName, groups }) => [
    { name: 'uid', values: [email.split('@')[0]] },
    { name: 'mail', values: [email] },
    { name: 'givenName', values: [givenName] },
    { name: 'sn', values: [familyName] },
    { name: 'displayName', values: [displayName] },
    { name: 'eduPersonAffiliation', values: groups },
  ],

  write: (facts) => layout(facts, { declareOnAssertion: false, time: seconds, assertion: ` ${xsi} ${xs}`, attribute }),
};
