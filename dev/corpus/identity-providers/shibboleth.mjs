// Shibboleth: a transient NameID with qualifiers, OIDs with friendly names, a NameID as a value.
import { escaped } from '../documents.mjs';
import { nameIdFormat } from '../names.mjs';
import { certificateInfo } from '../sign.mjs';
import { layout, named } from './layout.mjs';
import { lines } from './writing.mjs';

const qualifiers = ({ issuer, audience }) => ` NameQualifier="${escaped(issuer)}" SPNameQualifier="${escaped(audience)}"`;

/** The value of eduPersonTargetedID: a NameID in an AttributeValue. */
const targeted = (facts) => ({ xml: `<saml2:NameID Format="${nameIdFormat.persistent}"${qualifiers(facts)}>k7Rw=</saml2:NameID>` });

export const shibboleth = {
  kind: 'other',
  issuer: 'https://idp.university.example/idp/shibboleth',
  ids: { response: '_response', assertion: '_assertion' },
  // It signs the Response by default, assertions on demand.
  signs: { response: ['response'], assertion: ['assertion'], both: ['assertion', 'response'] },
  signature: (key) => ({ keyInfo: certificateInfo(key), wrap: lines('&#13;\n'), indent: '\n' }),
  groups: 'urn:oid:1.3.6.1.4.1.5923.1.5.1.1',

  nameId: ({ email }) => `AAdzZWNyZXQx${Buffer.from(email).toString('base64')}`,
  attributes: ({ email, givenName, familyName, displayName, groups }) => [
    { name: 'urn:oid:0.9.2342.19200300.100.1.3', friendlyName: 'mail', values: [email] },
    { name: 'urn:oid:2.5.4.42', friendlyName: 'givenName', values: [givenName] },
    { name: 'urn:oid:2.5.4.4', friendlyName: 'sn', values: [familyName] },
    { name: 'urn:oid:2.16.840.1.113730.3.1.241', friendlyName: 'displayName', values: [displayName] },
    { name: 'urn:oid:1.3.6.1.4.1.5923.1.5.1.1', friendlyName: 'isMemberOf', values: groups },
  ],

  write(facts) {
    const attributes = [...facts.attributes, { name: 'urn:oid:1.3.6.1.4.1.5923.1.1.1.10', friendlyName: 'eduPersonTargetedID', values: [targeted(facts)] }];
    return layout(
      { ...facts, attributes },
      {
        p: 'saml2p',
        a: 'saml2',
        idFormat: nameIdFormat.transient,
        idAttributes: qualifiers(facts),
        before: '<?xml version="1.0" encoding="UTF-8"?>\n',
        authority: `<saml2:AuthenticatingAuthority>${escaped(facts.issuer)}</saml2:AuthenticatingAuthority>`,
        attribute: named('saml2'),
      },
    );
  },
};
