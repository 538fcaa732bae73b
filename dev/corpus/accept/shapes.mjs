// Responses in the layouts of the identity providers that people use.
import { accept } from '../case.mjs';
import { scene } from '../documents.mjs';
import { identityProviders, layout, signed, write } from '../identity-providers/index.mjs';
import { claims, microsoft, xs } from '../identity-providers/writing.mjs';
import { nameIdFormat } from '../names.mjs';
import { certificateInfo, sign } from '../sign.mjs';

const { okta, entra, google, jumpcloud, keycloak, ping, onelogin, adfs, auth0, shibboleth, simplesamlphp } = identityProviders;
const ada = { email: 'ada@example.com' };
const ofScene = { issuer: scene.issuer };

/** Attributes from their values by name, or `[friendly name, values]`. */
const attributes = (values) =>
  Object.entries(values).map(([name, value]) =>
    typeof value[1] === 'object' ? { name, friendlyName: value[0], values: value[1] } : { name, values: value },
  );
const about = (provider, values, facts = ofScene) => write(provider, ada, { attributes: attributes(values), ...facts });

const oktaAttributes = { firstName: ['Ada'], lastName: ['Lovelace'], groups: ['Everyone', 'Engineering'] };
accept(
  'shapes/okta',
  'Okta signs both, with PrefixList=xs.',
  signed(okta, about(okta, oktaAttributes, { ...ofScene, inResponseTo: '_request' })),
  {
    signed: 'Response',
    answers: '_request',
    sessionIndex: 'id1763',
    format: nameIdFormat.email,
    attributes: oktaAttributes,
  },
  { pending: '_request' },
);

const entraAttributes = {
  [`${microsoft}/displayname`]: ['Ada Lovelace'],
  [`${claims}/emailaddress`]: ['ada@example.com'],
  [`${claims}/givenname`]: ['Ada'],
};
accept(
  'shapes/entra',
  'Entra signs the assertion alone and uses default namespaces.',
  signed(entra, about(entra, entraAttributes, {})),
  {
    sessionIndex: '_a75adf55',
    attributes: { [`${claims}/emailaddress`]: ['ada@example.com'], [`${claims}/givenname`]: ['Ada'] },
  },
  { issuer: entra.issuer },
);

accept(
  'shapes/google',
  'Google signs the Response.',
  signed(google, about(google, { department: ['Engineering'], costCenter: [] }, {})),
  {
    signed: 'Response',
    attributes: { department: ['Engineering'] },
  },
  { issuer: google.issuer },
);

const groups = { memberOf: ['Engineering', 'Everyone'] };
const jumpcloudResponse = about(jumpcloud, { email: ['ada@example.com'], ...groups });
accept(
  'shapes/jumpcloud',
  'JumpCloud signs with RSA-4096.',
  signed(jumpcloud, jumpcloudResponse),
  { key: 'idp-4096', attributes: groups },
  { trusted: ['idp-4096'] },
);
accept(
  'shapes/jumpcloud-both',
  'JumpCloud signs with RSA-4096.',
  signed(jumpcloud, jumpcloudResponse, { elements: ['assertion', 'response'] }),
  { key: 'idp-4096', signed: 'Response', attributes: groups },
  { trusted: ['idp-4096'] },
);

const keycloakResponse = write(keycloak, ada, {
  ...ofScene,
  attributes: [
    { name: 'Role', values: ['manage-account'] },
    { name: 'Role', values: ['view-profile'] },
    { name: 'urn:oid:1.2.840.113549.1.9.1', friendlyName: 'email', values: ['ada@example.com'] },
  ],
});
const keycloakExpected = {
  sessionIndex: 'b2c1::4fa7',
  sessionEnd: '2026-11-22T16:00:00.000Z',
  attributes: { Role: ['manage-account', 'view-profile'], 'urn:oid:1.2.840.113549.1.9.1': ['ada@example.com'] },
};
accept('shapes/keycloak-documents', 'Keycloak signs documents by default.', signed(keycloak, keycloakResponse), {
  ...keycloakExpected,
  signed: 'Response',
});
accept(
  'shapes/keycloak-assertions',
  'Keycloak signs assertions on demand.',
  signed(keycloak, keycloakResponse, { elements: ['assertion'] }),
  keycloakExpected,
);

accept('shapes/ping', 'PingFederate sends no KeyInfo.', signed(ping, about(ping, { mail: ['ada@example.com'] })), {
  attributes: { mail: ['ada@example.com'] },
});

const oneloginAttributes = { 'User.email': ['ada@example.com'], memberOf: [''] };
accept(
  'shapes/onelogin',
  'OneLogin declares namespaces on the root.',
  signed(onelogin, about(onelogin, oneloginAttributes, { ...ofScene, sessionEnd: '2026-11-23T06:00:00Z' })),
  {
    sessionIndex: '_9f1c',
    sessionEnd: '2026-11-23T06:00:00.000Z',
    attributes: oneloginAttributes,
  },
);

const roles = { 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role': ['Engineers', 'Domain Users'] };
accept(
  'shapes/adfs',
  'AD FS uses default namespaces.',
  signed(adfs, about(adfs, { ...entraAttributes, ...roles }, {})),
  { attributes: roles },
  { issuer: adfs.issuer },
);

const auth0Attributes = { [`${claims}/emailaddress`]: ['ada@example.com'] };
const auth0NameId = 'auth0|5f7c8ec7c33c6c004bbafe82';
accept(
  'shapes/auth0',
  'Auth0 writes an unprefixed signature among prefixed elements.',
  signed(auth0, about(auth0, auth0Attributes, { ...ofScene, nameId: auth0NameId })),
  {
    nameId: auth0NameId,
    format: nameIdFormat.unspecified,
    attributes: auth0Attributes,
  },
);

const shibbolethResponse = about(
  shibboleth,
  { 'urn:oid:0.9.2342.19200300.100.1.3': ['mail', ['ada@example.com']] },
  { ...ofScene, nameId: 'AAdzZWNyZXQx' },
);
const shibbolethExpected = {
  nameId: 'AAdzZWNyZXQx',
  format: nameIdFormat.transient,
  attributes: { 'urn:oid:0.9.2342.19200300.100.1.3': ['ada@example.com'], 'urn:oid:1.3.6.1.4.1.5923.1.1.1.10': ['k7Rw='] },
};
accept('shapes/shibboleth-response', 'Shibboleth signs the Response by default.', signed(shibboleth, shibbolethResponse), {
  ...shibbolethExpected,
  signed: 'Response',
});
accept(
  'shapes/shibboleth-assertion',
  'Shibboleth signs assertions on demand.',
  signed(shibboleth, shibbolethResponse, { elements: ['assertion'] }),
  shibbolethExpected,
);

const affiliations = { uid: ['ada'], eduPersonAffiliation: ['member', 'student'] };
accept(
  'shapes/simplesamlphp',
  'SimpleSAMLphp signs both.',
  signed(simplesamlphp, about(simplesamlphp, affiliations)),
  {
    signed: 'Response',
    attributes: affiliations,
  },
);

// Others in the field: unusual prefixes, the enveloped transform alone, everything pretty-printed with CR LF.
const other = (options) => {
  const ids = { response: '_response', assertion: '_assertion' };
  return layout({ ...scene, ids, inResponseTo: null, nameId: 'ada@example.com', attributes: [] }, options);
};
accept('shapes/unusual-prefixes', 'Any prefix.', sign(other({ p: 'q1', a: 'ns3' }), { id: '_assertion', prefix: 'ns2' }), {});
accept(
  'shapes/enveloped-alone',
  'Some name no canonicalization: the inclusive one.',
  sign(other({ declareOnAssertion: false, assertion: ` ${xs}` }), {
    id: '_assertion',
    inclusive: true,
    keyInfo: certificateInfo('idp'),
  }),
  {},
);
const pretty = other({ declareOnAssertion: false }).replaceAll('><', '>\n  <');
accept(
  'shapes/pretty-printed-with-crlf',
  'Layout is data: it is signed, with line ends as XML reads them.',
  sign(pretty, { id: '_response', indent: '\n    ', wrap: (text) => text.match(/.{1,64}/g).join('\n') }).replaceAll('\n', '\r\n'),
  { signed: 'Response' },
);
