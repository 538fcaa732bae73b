// AD FS: like Entra, with a Consent and roles as claims. It qualifies attributes with a namespace of its own when a claim
// comes from elsewhere.
import { ns } from '../names.mjs';
import { certificateInfo } from '../sign.mjs';
import { write } from './entra.mjs';
import { claims, microsoft } from './writing.mjs';

const consent = 'Consent="urn:oasis:names:tc:SAML:2.0:consent:unspecified" ';
const foreign = ' a:OriginalIssuer="http://other.example.com/adfs/services/trust" xmlns:a="http://schemas.xmlsoap.org/ws/2009/09/identity/claims"';

export const adfs = {
  kind: 'other',
  issuer: 'http://fs.example.com/adfs/services/trust',
  ids: { response: '_8e8dc5f6', assertion: '_a75adf55' },
  signs: { assertion: ['assertion'], both: ['assertion', 'response'] },
  // The signature is prefixed, its KeyInfo is not.
  signature: (key) => ({ keyInfo: `<KeyInfo xmlns="${ns.ds}">${certificateInfo(key).replace(/<\/?ds:KeyInfo>/g, '')}</KeyInfo>` }),
  groups: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role',

  attributes: ({ email, givenName, familyName, displayName, groups }) => [
    { name: `${claims}/emailaddress`, values: [email], markup: foreign },
    { name: `${claims}/givenname`, values: [givenName] },
    { name: `${claims}/surname`, values: [familyName], markup: foreign },
    { name: `${microsoft}/displayname`, values: [displayName] },
    { name: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role', values: groups },
  ],

  write: (facts) => write(facts, consent),
};
