// Responses in the layouts of the identity providers that people use: their prefixes, where they declare namespaces,
// what they sign, how they write attributes and names. No text in here is theirs; the layout is.
import { accept } from '../case.mjs';
import { scene } from '../documents.mjs';
import { nameIdFormat, ns, status, uri } from '../names.mjs';
import { certificateInfo, sign } from '../sign.mjs';

const { acsUrl, audience, begin, end, issuer, now } = scene;
const millis = (time) => time.replace('Z', '.000Z');
const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
const password = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport';
const claims = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';
const format = (name) => `urn:oasis:names:tc:SAML:2.0:attrname-format:${name}`;
const entity = 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity';
const xs = `xmlns:xs="${ns.xs}"`;
const xsi = `xmlns:xsi="${ns.xsi}"`;
const answered = { pending: '_request' };

// Okta: prefixes saml2p and saml2, both signed with PrefixList=xs, each value declares its type.
const oktaValue = (name, ...values) =>
  `<saml2:Attribute Name="${name}" NameFormat="${format('unspecified')}">` +
  values.map((value) => `<saml2:AttributeValue ${xs} ${xsi} xsi:type="xs:string">${value}</saml2:AttributeValue>`).join('') +
  '</saml2:Attribute>';
const okta =
  `<?xml version="1.0" encoding="UTF-8"?><saml2p:Response Destination="${acsUrl}" ID="id1848393" InResponseTo="_request" IssueInstant="${millis(now)}" Version="2.0" xmlns:saml2p="${ns.samlp}" ${xs}>` +
  `<saml2:Issuer Format="${entity}" xmlns:saml2="${ns.saml}">${issuer}</saml2:Issuer>` +
  `<saml2p:Status xmlns:saml2p="${ns.samlp}"><saml2p:StatusCode Value="${status('Success')}"/></saml2p:Status>` +
  `<saml2:Assertion ID="id1848394" IssueInstant="${millis(now)}" Version="2.0" xmlns:saml2="${ns.saml}" ${xs}>` +
  `<saml2:Issuer Format="${entity}" xmlns:saml2="${ns.saml}">${issuer}</saml2:Issuer>` +
  `<saml2:Subject xmlns:saml2="${ns.saml}"><saml2:NameID Format="${nameIdFormat.email}">ada@example.com</saml2:NameID>` +
  `<saml2:SubjectConfirmation Method="${bearer}"><saml2:SubjectConfirmationData InResponseTo="_request" NotOnOrAfter="${millis(end)}" Recipient="${acsUrl}"/></saml2:SubjectConfirmation></saml2:Subject>` +
  `<saml2:Conditions NotBefore="${millis(begin)}" NotOnOrAfter="${millis(end)}" xmlns:saml2="${ns.saml}"><saml2:AudienceRestriction><saml2:Audience>${audience}</saml2:Audience></saml2:AudienceRestriction></saml2:Conditions>` +
  `<saml2:AuthnStatement AuthnInstant="${millis(begin)}" SessionIndex="id1763" xmlns:saml2="${ns.saml}"><saml2:AuthnContext><saml2:AuthnContextClassRef>${password}</saml2:AuthnContextClassRef></saml2:AuthnContext></saml2:AuthnStatement>` +
  `<saml2:AttributeStatement xmlns:saml2="${ns.saml}">${oktaValue('firstName', 'Ada')}${oktaValue('lastName', 'Lovelace')}${oktaValue('groups', 'Everyone', 'Engineering')}</saml2:AttributeStatement>` +
  '</saml2:Assertion></saml2p:Response>';
const oktaSigned = { prefixes: ['xs'], keyInfo: certificateInfo('idp'), wrap: (text) => text.match(/.{1,76}/g).join('\n') };
accept(
  'shapes/okta',
  'Okta signs both, with PrefixList=xs.',
  sign(sign(okta, { ...oktaSigned, id: 'id1848394' }), { ...oktaSigned, id: 'id1848393' }),
  {
    signed: 'Response',
    answers: '_request',
    sessionIndex: 'id1763',
    format: nameIdFormat.email,
    attributes: { firstName: ['Ada'], lastName: ['Lovelace'], groups: ['Everyone', 'Engineering'] },
  },
  answered,
);

// Microsoft Entra ID: default namespaces, the assertion alone is signed, claims as attribute names.
const entraValue = (name, value) => `<Attribute Name="${name}"><AttributeValue>${value}</AttributeValue></Attribute>`;
const entra =
  `<samlp:Response ID="_8e8dc5f6" Version="2.0" IssueInstant="${millis(now)}" Destination="${acsUrl}" xmlns:samlp="${ns.samlp}">` +
  `<Issuer xmlns="${ns.saml}">https://sts.windows.net/11111111-2222-3333-4444-555555555555/</Issuer>` +
  `<samlp:Status><samlp:StatusCode Value="${status('Success')}"/></samlp:Status>` +
  `<Assertion ID="_a75adf55" IssueInstant="${millis(now)}" Version="2.0" xmlns="${ns.saml}"><Issuer>https://sts.windows.net/11111111-2222-3333-4444-555555555555/</Issuer>` +
  `<Subject><NameID Format="${nameIdFormat.email}">ada@example.com</NameID><SubjectConfirmation Method="${bearer}"><SubjectConfirmationData NotOnOrAfter="${millis(end)}" Recipient="${acsUrl}"/></SubjectConfirmation></Subject>` +
  `<Conditions NotBefore="${millis(begin)}" NotOnOrAfter="${millis(end)}"><AudienceRestriction><Audience>${audience}</Audience></AudienceRestriction></Conditions>` +
  `<AttributeStatement>${entraValue('http://schemas.microsoft.com/identity/claims/displayname', 'Ada Lovelace')}${entraValue(`${claims}/emailaddress`, 'ada@example.com')}${entraValue(`${claims}/givenname`, 'Ada')}</AttributeStatement>` +
  `<AuthnStatement AuthnInstant="${millis(begin)}" SessionIndex="_a75adf55"><AuthnContext><AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</AuthnContextClassRef></AuthnContext></AuthnStatement></Assertion></samlp:Response>`;
accept(
  'shapes/entra',
  'Entra signs the assertion alone and uses default namespaces.',
  sign(entra, { id: '_a75adf55', prefix: '', keyInfo: certificateInfo('idp', '') }),
  {
    sessionIndex: '_a75adf55',
    attributes: { [`${claims}/emailaddress`]: ['ada@example.com'], [`${claims}/givenname`]: ['Ada'] },
  },
  { issuer: 'https://sts.windows.net/11111111-2222-3333-4444-555555555555/' },
);

// Google: the Response is signed, the certificate comes with its subject, the layout has line ends.
const google = `<?xml version="1.0" encoding="UTF-8" standalone="no"?><saml2p:Response xmlns:saml2p="${ns.samlp}" Destination="${acsUrl}" ID="_bf2fe" IssueInstant="${millis(now)}" Version="2.0">
    <saml2:Issuer xmlns:saml2="${ns.saml}">https://accounts.google.com/o/saml2?idpid=C01&amp;x=y</saml2:Issuer>
    <saml2p:Status>
        <saml2p:StatusCode Value="${status('Success')}"/>
    </saml2p:Status>
    <saml2:Assertion xmlns:saml2="${ns.saml}" ID="_7f1e2" IssueInstant="${millis(now)}" Version="2.0">
        <saml2:Issuer>https://accounts.google.com/o/saml2?idpid=C01&amp;x=y</saml2:Issuer>
        <saml2:Subject>
            <saml2:NameID Format="${nameIdFormat.unspecified}">ada@example.com</saml2:NameID>
            <saml2:SubjectConfirmation Method="${bearer}">
                <saml2:SubjectConfirmationData NotOnOrAfter="${millis(end)}" Recipient="${acsUrl}"/>
            </saml2:SubjectConfirmation>
        </saml2:Subject>
        <saml2:Conditions NotBefore="${millis(begin)}" NotOnOrAfter="${millis(end)}">
            <saml2:AudienceRestriction>
                <saml2:Audience>${audience}</saml2:Audience>
            </saml2:AudienceRestriction>
        </saml2:Conditions>
        <saml2:AttributeStatement>
            <saml2:Attribute Name="department">
                <saml2:AttributeValue ${xs} ${xsi} xsi:type="xs:anyType">Engineering</saml2:AttributeValue>
            </saml2:Attribute>
            <saml2:Attribute Name="costCenter"/>
        </saml2:AttributeStatement>
        <saml2:AuthnStatement AuthnInstant="${millis(begin)}" SessionIndex="_7f1e2">
            <saml2:AuthnContext>
                <saml2:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified</saml2:AuthnContextClassRef>
            </saml2:AuthnContext>
        </saml2:AuthnStatement>
    </saml2:Assertion>
</saml2p:Response>
`;
const googleInfo = certificateInfo('idp').replace(
  '<ds:X509Certificate>',
  '<ds:X509SubjectName>CN=Google,C=US</ds:X509SubjectName>\n<ds:X509Certificate>',
);
accept(
  'shapes/google',
  'Google signs the Response.',
  sign(google, { id: '_bf2fe', keyInfo: googleInfo, wrap: (text) => text.match(/.{1,76}/g).join('\n') }),
  {
    signed: 'Response',
    attributes: { department: ['Engineering'] },
  },
  { issuer: 'https://accounts.google.com/o/saml2?idpid=C01&x=y' },
);

// A layout in one prefix style, for those that differ in little else.
function layout({
  p = 'samlp',
  a = 'saml',
  id = 'ada@example.com',
  idFormat = nameIdFormat.email,
  idAttributes = '',
  declareOnAssertion = true,
  response = '',
  assertion = '',
  responseIssuer = '',
  time = millis,
  statement = '',
  authn = `AuthnInstant="${time(begin)}" SessionIndex="_index"`,
  authority = '',
  before = '',
} = {}) {
  const onResponse = declareOnAssertion ? '' : ` xmlns:${a}="${ns.saml}"`;
  const onAssertion = declareOnAssertion ? ` xmlns:${a}="${ns.saml}"` : '';
  return (
    `${before}<${p}:Response xmlns:${p}="${ns.samlp}"${onResponse} ID="_response" Version="2.0" IssueInstant="${time(now)}" Destination="${acsUrl}"${response}>` +
    `<${a}:Issuer${onAssertion}${responseIssuer}>${issuer}</${a}:Issuer>` +
    `<${p}:Status><${p}:StatusCode Value="${status('Success')}"/></${p}:Status>` +
    `<${a}:Assertion${onAssertion}${assertion} ID="_assertion" IssueInstant="${time(now)}" Version="2.0"><${a}:Issuer>${issuer}</${a}:Issuer>` +
    `<${a}:Subject><${a}:NameID Format="${idFormat}"${idAttributes}>${id}</${a}:NameID><${a}:SubjectConfirmation Method="${bearer}">` +
    `<${a}:SubjectConfirmationData NotOnOrAfter="${time(end)}" Recipient="${acsUrl}"/></${a}:SubjectConfirmation></${a}:Subject>` +
    `<${a}:Conditions NotBefore="${time(begin)}" NotOnOrAfter="${time(end)}"><${a}:AudienceRestriction><${a}:Audience>${audience}</${a}:Audience></${a}:AudienceRestriction></${a}:Conditions>` +
    `<${a}:AuthnStatement ${authn}><${a}:AuthnContext><${a}:AuthnContextClassRef>${password}</${a}:AuthnContextClassRef>${authority}</${a}:AuthnContext></${a}:AuthnStatement>` +
    `${statement && `<${a}:AttributeStatement>${statement}</${a}:AttributeStatement>`}</${a}:Assertion></${p}:Response>`
  );
}
const value = (a, name, attributes, values, type = '') =>
  `<${a}:Attribute Name="${name}"${attributes}>${values.map((one) => `<${a}:AttributeValue${type}>${one}</${a}:AttributeValue>`).join('')}</${a}:Attribute>`;
const basic = ` NameFormat="${format('basic')}"`;
const uriNamed = (friendly) => ` FriendlyName="${friendly}" NameFormat="${format('uri')}"`;
const typed = ` ${xsi} ${xs} xsi:type="xs:string"`;
const seconds = (time) => time;

// JumpCloud: a key of 4096 bits signs the assertion, or both.
const jumpcloud = layout({
  statement:
    value('saml', 'email', basic, ['ada@example.com'], typed) +
    value('saml', 'memberOf', basic, ['Engineering', 'Everyone'], typed),
  time: seconds,
});
const jumpcloudSigned = { key: 'idp-4096', keyInfo: certificateInfo('idp-4096') };
const groups = { memberOf: ['Engineering', 'Everyone'] };
accept(
  'shapes/jumpcloud',
  'JumpCloud signs with RSA-4096.',
  sign(jumpcloud, { ...jumpcloudSigned, id: '_assertion' }),
  { key: 'idp-4096', attributes: groups },
  { trusted: ['idp-4096'] },
);
accept(
  'shapes/jumpcloud-both',
  'JumpCloud signs with RSA-4096.',
  sign(sign(jumpcloud, { ...jumpcloudSigned, id: '_assertion' }), { ...jumpcloudSigned, id: '_response' }),
  { key: 'idp-4096', signed: 'Response', attributes: groups },
  { trusted: ['idp-4096'] },
);

// Keycloak: prefix dsig, a KeyName beside the certificate, the default namespace declared and not used.
const keycloakInfo = certificateInfo('idp', 'dsig:').replace(
  '<dsig:X509Data>',
  '<dsig:KeyName>0aQ3w9Zf</dsig:KeyName><dsig:X509Data>',
);
const keycloak = layout({
  declareOnAssertion: false,
  assertion: ` xmlns="${ns.saml}"`,
  authn: `AuthnInstant="${millis(begin)}" SessionIndex="b2c1::4fa7" SessionNotOnOrAfter="2026-11-22T16:00:00.000Z"`,
  statement:
    value('saml', 'Role', basic, ['manage-account'], typed) +
    value('saml', 'Role', basic, ['view-profile'], typed) +
    value('saml', 'urn:oid:1.2.840.113549.1.9.1', uriNamed('email'), ['ada@example.com'], typed),
});
const keycloakExpected = {
  sessionIndex: 'b2c1::4fa7',
  sessionEnd: '2026-11-22T16:00:00.000Z',
  attributes: { Role: ['manage-account', 'view-profile'], 'urn:oid:1.2.840.113549.1.9.1': ['ada@example.com'] },
};
const keycloakSigned = { prefix: 'dsig', keyInfo: keycloakInfo };
accept(
  'shapes/keycloak-documents',
  'Keycloak signs documents by default.',
  sign(keycloak, { ...keycloakSigned, id: '_response' }),
  { ...keycloakExpected, signed: 'Response' },
);
accept(
  'shapes/keycloak-assertions',
  'Keycloak signs assertions on demand.',
  sign(keycloak, { ...keycloakSigned, id: '_assertion' }),
  keycloakExpected,
);

// PingOne and PingFederate: no KeyInfo.
accept(
  'shapes/ping',
  'PingFederate sends no KeyInfo.',
  sign(layout({ statement: value('saml', 'mail', basic, ['ada@example.com'], typed) }), { id: '_assertion' }),
  { attributes: { mail: ['ada@example.com'] } },
);

// OneLogin: everything declared on the root, xs and xsi on the assertion.
accept(
  'shapes/onelogin',
  'OneLogin declares namespaces on the root.',
  sign(
    layout({
      declareOnAssertion: false,
      assertion: ` ${xs} ${xsi}`,
      time: seconds,
      authn: `AuthnInstant="${begin}" SessionNotOnOrAfter="2026-11-23T06:00:00Z" SessionIndex="_9f1c"`,
      statement:
        value('saml', 'User.email', basic, ['ada@example.com'], ' xsi:type="xs:string"') +
        value('saml', 'memberOf', basic, [''], ' xsi:type="xs:string"'),
    }),
    { id: '_assertion', keyInfo: certificateInfo('idp') },
  ),
  {
    sessionIndex: '_9f1c',
    sessionEnd: '2026-11-23T06:00:00.000Z',
    attributes: { 'User.email': ['ada@example.com'], memberOf: [''] },
  },
);

// AD FS: like Entra, with a Consent and roles as claims.
accept(
  'shapes/adfs',
  'AD FS uses default namespaces.',
  sign(
    entra
      .replaceAll('https://sts.windows.net/11111111-2222-3333-4444-555555555555/', 'http://fs.example.com/adfs/services/trust')
      .replace('Destination=', 'Consent="urn:oasis:names:tc:SAML:2.0:consent:unspecified" Destination=')
      .replace(
        '</AttributeStatement>',
        `${entraValue('http://schemas.microsoft.com/ws/2008/06/identity/claims/role', 'Engineers').replace('</AttributeValue>', '</AttributeValue><AttributeValue>Domain Users</AttributeValue>')}</AttributeStatement>`,
      ),
    { id: '_a75adf55', keyInfo: `<KeyInfo xmlns="${ns.ds}">${certificateInfo('idp').replace(/<\/?ds:KeyInfo>/g, '')}</KeyInfo>` },
  ),
  { attributes: { 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role': ['Engineers', 'Domain Users'] } },
  { issuer: 'http://fs.example.com/adfs/services/trust' },
);

// Auth0: an unprefixed signature, values of type anyType, an opaque NameID with a bar.
accept(
  'shapes/auth0',
  'Auth0 writes an unprefixed signature among prefixed elements.',
  sign(
    layout({
      id: 'auth0|5f7c8ec7c33c6c004bbafe82',
      idFormat: nameIdFormat.unspecified,
      statement: value(
        'saml',
        `${claims}/emailaddress`,
        ` NameFormat="${format('uri')}"`,
        ['ada@example.com'],
        ` ${xs} ${xsi} xsi:type="xs:anyType"`,
      ),
    }),
    { id: '_assertion', prefix: '', keyInfo: certificateInfo('idp', '') },
  ),
  {
    nameId: 'auth0|5f7c8ec7c33c6c004bbafe82',
    format: nameIdFormat.unspecified,
    attributes: { [`${claims}/emailaddress`]: ['ada@example.com'] },
  },
);

// Shibboleth: a transient NameID with qualifiers, OIDs with friendly names, a NameID as a value.
const targeted = `<saml2:NameID Format="${nameIdFormat.persistent}" NameQualifier="${issuer}" SPNameQualifier="${audience}">k7Rw=</saml2:NameID>`;
const shibboleth = layout({
  p: 'saml2p',
  a: 'saml2',
  id: 'AAdzZWNyZXQx',
  idFormat: nameIdFormat.transient,
  idAttributes: ` NameQualifier="${issuer}" SPNameQualifier="${audience}"`,
  before: '<?xml version="1.0" encoding="UTF-8"?>\n',
  authority: `<saml2:AuthenticatingAuthority>${issuer}</saml2:AuthenticatingAuthority>`,
  statement:
    value('saml2', 'urn:oid:0.9.2342.19200300.100.1.3', uriNamed('mail'), ['ada@example.com']) +
    value('saml2', 'urn:oid:1.3.6.1.4.1.5923.1.1.1.10', uriNamed('eduPersonTargetedID'), [targeted]),
});
const shibbolethExpected = {
  nameId: 'AAdzZWNyZXQx',
  format: nameIdFormat.transient,
  attributes: { 'urn:oid:0.9.2342.19200300.100.1.3': ['ada@example.com'], 'urn:oid:1.3.6.1.4.1.5923.1.1.1.10': ['k7Rw='] },
};
const shibbolethSigned = {
  algorithm: uri.rsaSha256,
  keyInfo: certificateInfo('idp'),
  wrap: (text) => text.match(/.{1,76}/g).join('&#13;\n'),
  indent: '\n',
};
accept(
  'shapes/shibboleth-response',
  'Shibboleth signs the Response by default.',
  sign(shibboleth, { ...shibbolethSigned, id: '_response' }),
  { ...shibbolethExpected, signed: 'Response' },
);
accept(
  'shapes/shibboleth-assertion',
  'Shibboleth signs assertions on demand.',
  sign(shibboleth, { ...shibbolethSigned, id: '_assertion' }),
  shibbolethExpected,
);

// SimpleSAMLphp: both signed, everything on the root, SHA-512 in newer set-ups.
const simplesaml = layout({
  declareOnAssertion: false,
  time: seconds,
  assertion: ` ${xsi} ${xs}`,
  statement:
    value('saml', 'uid', basic, ['ada'], ' xsi:type="xs:string"') +
    value('saml', 'eduPersonAffiliation', basic, ['member', 'student'], ' xsi:type="xs:string"'),
});
const simplesamlSigned = { algorithm: uri.rsaSha512, digest: uri.sha512, keyInfo: certificateInfo('idp') };
accept(
  'shapes/simplesamlphp',
  'SimpleSAMLphp signs both.',
  sign(sign(simplesaml, { ...simplesamlSigned, id: '_assertion' }), { ...simplesamlSigned, id: '_response' }),
  {
    signed: 'Response',
    attributes: { uid: ['ada'], eduPersonAffiliation: ['member', 'student'] },
  },
);

// Others in the field: unusual prefixes, the enveloped transform alone, everything pretty-printed with CR LF.
accept('shapes/unusual-prefixes', 'Any prefix.', sign(layout({ p: 'q1', a: 'ns3' }), { id: '_assertion', prefix: 'ns2' }), {});
accept(
  'shapes/enveloped-alone',
  'Some name no canonicalization: the inclusive one.',
  sign(layout({ declareOnAssertion: false, assertion: ` ${xs}` }), {
    id: '_assertion',
    inclusive: true,
    keyInfo: certificateInfo('idp'),
  }),
  {},
);
const pretty = layout({ declareOnAssertion: false }).replaceAll('><', '>\n  <');
accept(
  'shapes/pretty-printed-with-crlf',
  'Layout is data: it is signed, with line ends as XML reads them.',
  sign(pretty, { id: '_response', indent: '\n    ', wrap: (text) => text.match(/.{1,64}/g).join('\n') }).replaceAll('\n', '\r\n'),
  { signed: 'Response' },
);
