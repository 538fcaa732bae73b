// Auth0: an unprefixed signature, values of type anyType, an opaque NameID with a bar. The claim `name` is not taken for a
// display name, since elsewhere it is the name of the account.
import { nameIdFormat } from '../names.mjs';
import { certificateInfo } from '../sign.mjs';
import { layout, named } from './layout.mjs';
import { claims, xs, xsi } from './writing.mjs';

const attribute = named('saml', { type: ` ${xs} ${xsi} xsi:type="xs:anyType"`, nameFormat: 'uri' });

export const auth0 = {
  kind: 'other',
  issuer: 'urn:tenant.eu.auth0.com',
  ids: { response: '_response', assertion: '_assertion' },
  signs: { assertion: ['assertion'], response: ['response'] },
  signature: (key) => ({ prefix: '', keyInfo: certificateInfo(key, '') }),
  groups: 'http://schemas.auth0.com/groups',
  sends: ({ displayName, ...others }) => ({ ...others, displayName: null }),

  nameId: ({ email }) => `auth0|${Buffer.from(email).toString('hex')}`,
  attributes: ({ email, givenName, familyName, displayName, groups }) => [
    { name: `${claims}/nameidentifier`, values: ['auth0|5f7c8ec7c33c6c004bbafe82'] },
    { name: `${claims}/emailaddress`, values: [email] },
    { name: `${claims}/name`, values: [displayName] },
    { name: `${claims}/givenname`, values: [givenName] },
    { name: `${claims}/surname`, values: [familyName] },
    { name: `${claims}/upn`, values: [`upn.${email}`] },
    { name: 'http://schemas.auth0.com/identities/default/isSocial', values: ['false'] },
    { name: 'http://schemas.auth0.com/groups', values: groups },
  ],

  write: (facts) => layout(facts, { idFormat: nameIdFormat.unspecified, attribute }),
};
