// An identity provider's half of SAML, on the samlify library.
import samlify from 'samlify';

const { Constants, IdentityProvider, SamlLib, ServiceProvider } = samlify;
const POST = Constants.namespace.binding.post;
const REDIRECT = Constants.namespace.binding.redirect;
const EMAIL_FORMAT = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
const MINUTES = 60_000;

// samlify wants to be told who validates against the XML schemas. A demo on one machine does without.
samlify.setSchemaValidator({ validate: async () => 'not validated' });

function identityProvider({ entityId, ssoUrl, keys, certificates = [keys.certificate], algorithm = 'sha256' }) {
  const settings = {
    entityID: entityId,
    privateKey: keys?.privateKey,
    signingCert: certificates,
    requestSignatureAlgorithm: `http://www.w3.org/2001/04/xmldsig-more#rsa-${algorithm}`,
    nameIDFormat: [EMAIL_FORMAT],
    singleSignOnService: [
      { Binding: REDIRECT, Location: ssoUrl },
      { Binding: POST, Location: ssoUrl },
    ],
  };
  // samlify warns each time that there is no single logout.
  const { warn } = console;
  console.warn = () => {};
  try {
    return IdentityProvider(settings);
  } finally {
    console.warn = warn;
  }
}

function serviceProvider({ entityId, acsUrl, sign = 'assertion' }) {
  return ServiceProvider({
    entityID: entityId,
    wantAssertionsSigned: sign !== 'response',
    wantMessageSigned: sign !== 'assertion',
    assertionConsumerService: [{ Binding: POST, Location: acsUrl }],
  });
}

/** IdP metadata as XML, with every signing certificate of `certificates` (PEM). */
export function metadataXml({ entityId, ssoUrl, certificates }) {
  return identityProvider({ entityId, ssoUrl, certificates }).getMetadata();
}

/**
 * A signed SAML response, base64, as an IdP posts it.
 *
 * `issuer`, `audience`, `recipient` (the ACS URL), `nameId` and `attributes` (`{ name: value | [values] }`) say what is in
 * it; `sign` is `assertion`, `response` or `both`; `algorithm` is `sha256` or `sha512`. Times are milliseconds since
 * 1970. Whatever is `undefined` is left out of the document where the schema allows it.
 */
export async function signWithSamlify(keys, response) {
  const { issuer, audience, recipient, destination = recipient, nameId, nameIdFormat = EMAIL_FORMAT, attributes = {} } = response;
  const { inResponseTo, sign, algorithm, sessionIndex, sessionNotOnOrAfter } = response;
  const { now = Date.now(), notBefore = now, notOnOrAfter = now + 5 * MINUTES } = response;
  const idp = identityProvider({ entityId: issuer, ssoUrl: 'https://idp.example.com/sso', keys, algorithm });
  const sp = serviceProvider({ entityId: audience, acsUrl: recipient, sign });
  const { responseId = idp.entitySetting.generateID(), assertionId = idp.entitySetting.generateID() } = response;
  const instant = (time) => (time === undefined ? undefined : new Date(time).toISOString());
  const values = {
    ID: responseId,
    AssertionID: assertionId,
    Issuer: issuer,
    IssueInstant: instant(now),
    Destination: destination,
    SubjectRecipient: recipient,
    InResponseTo: inResponseTo,
    StatusCode: Constants.StatusCode.Success,
    NameIDFormat: nameIdFormat,
    NameID: nameId,
    Audience: audience,
    ConditionsNotBefore: instant(notBefore),
    ConditionsNotOnOrAfter: instant(notOnOrAfter),
    SubjectConfirmationDataNotOnOrAfter: instant(notOnOrAfter),
    SessionIndex: sessionIndex,
    SessionNotOnOrAfter: instant(sessionNotOnOrAfter),
  };
  const statement = attributeStatement(attributes, values);
  const template = SamlLib.defaultLoginResponseTemplate.context
    .replace('{AuthnStatement}', AUTHN_STATEMENT)
    .replace('{AttributeStatement}', () => statement);
  const fill = () => ({ id: responseId, context: SamlLib.replaceTagsByValue(template, values) });
  const { context } = await idp.createLoginResponse(sp, null, 'post', {}, { customTagReplacement: fill });
  return context;
}

const AUTHN_STATEMENT =
  '<saml:AuthnStatement AuthnInstant="{IssueInstant}" SessionIndex="{SessionIndex}" SessionNotOnOrAfter="{SessionNotOnOrAfter}">' +
  '<saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef>' +
  '</saml:AuthnContext></saml:AuthnStatement>';

/** samlify's own builder knows one value an attribute. Values go through its tags all the same, which escape them. */
function attributeStatement(attributes, values) {
  const elements = Object.entries(attributes).map(([name, value], index) => {
    values[`attr${index}`] = name;
    const list = [value].flat().map((item, position) => {
      values[`attr${index}at${position}`] = item;
      return `<saml:AttributeValue xsi:type="xs:string">{attr${index}at${position}}</saml:AttributeValue>`;
    });
    return `<saml:Attribute Name="{attr${index}}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic">${list.join('')}</saml:Attribute>`;
  });
  return elements.length === 0 ? '' : `<saml:AttributeStatement>${elements.join('')}</saml:AttributeStatement>`;
}

/** Reads an AuthnRequest of the redirect binding: `{ id, issuer, acsUrl }`. Throws when it is not one. */
export async function readAuthnRequest({ samlRequest, entityId, ssoUrl, keys }) {
  const idp = identityProvider({ entityId, ssoUrl, keys });
  // Requests need no signature here, so samlify asks nothing of the service provider that it is given.
  const anyone = serviceProvider({ entityId: 'anyone', acsUrl: 'https://anyone.example.com/' });
  const { extract } = await idp.parseLoginRequest(anyone, 'redirect', { query: { SAMLRequest: samlRequest } });
  return { id: extract.request.id, issuer: extract.issuer, acsUrl: extract.request.assertionConsumerServiceUrl };
}
