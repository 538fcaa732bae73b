// Responses that must be refused, with the error that the log must name. Each case is made from a response that would be
// accepted:
//   fields   what the signer is given instead (see dev/idp/samlify.mjs)
//   keys     `other`: signed by a key that is not the provider's
//   edit     what happens to the document after it was signed
//   encode   how its bytes become the field SAMLResponse, if not as base64
//   refused  { code, status (403), expected, got }: the facts are checked where they are given
// Each function is given the context `{ provider, other, acs, now }`: `other` is a second provider with the same key.

const to = (text, replacement) => (xml) => {
  if (!xml.includes(text)) throw new Error(`the response has no ${text}`);
  return xml.replace(text, () => replacement);
};
const assertionOf = (xml) => xml.match(/<saml:Assertion .*<\/saml:Assertion>/s)[0];
const withoutSignature = (xml) => xml.replace(/<ds:Signature .*?<\/ds:Signature>/gs, '');
const SUCCESS = '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>';
const RESPONDER = 'urn:oasis:names:tc:SAML:2.0:status:Responder';
const DENIED = 'urn:oasis:names:tc:SAML:2.0:status:RequestDenied';
const failure = `<samlp:StatusCode Value="${RESPONDER}"><samlp:StatusCode Value="${DENIED}"/></samlp:StatusCode><samlp:StatusMessage> not assigned </samlp:StatusMessage>`;
const malformed = (code) => ({ code, status: 400 });

export const badDocuments = {
  // Encoding and XML
  'no base64': { encode: () => '%%%', refused: malformed('not_base64') },
  'base64 of nothing': { encode: () => '', refused: malformed('not_base64') },
  'base64 for URLs': { encode: () => '-_-_', refused: malformed('not_base64') },
  'base64 cut short': { encode: (xml) => Buffer.from(xml).toString('base64').replace(/=*$/, '').slice(0, -1), refused: malformed('not_base64') },
  'no XML': { edit: () => 'Hello', refused: malformed('not_xml') },
  'XML cut short': { edit: (xml) => xml.slice(0, -20), refused: malformed('not_xml') },
  'something after the root': { edit: (xml) => `${xml}<x/>`, refused: malformed('not_xml') },
  'a deflated document, as the redirect binding has it': { encode: () => 'q1YqSi0uyc9LVbJSMlSqBQA=', refused: malformed('not_utf8') },
  'UTF-16': { encode: (xml) => Buffer.from(`\ufeff${xml}`, 'utf16le').toString('base64'), refused: malformed('not_utf8') },
  'a DOCTYPE': { edit: (xml) => `<!DOCTYPE x [<!ENTITY e "ada@example.com">]>${xml}`, refused: malformed('doctype_not_allowed') },
  'an entity': { edit: to('ada@', '&e;@'), refused: malformed('entity_not_allowed') },
  'a comment in the NameID': { edit: to('ada@', 'ada<!-- -->@'), refused: malformed('comment_not_allowed') },
  'a processing instruction': { edit: to('ada@', 'ada<?x?>@'), refused: malformed('processing_instruction_not_allowed') },
  'an attribute twice': { edit: to('Version="2.0"', 'Version="2.0" Version="2.0"'), refused: malformed('duplicate_attribute') },
  'a prefix that is bound to nothing': { edit: to('<samlp:Status>', '<none:x/><samlp:Status>'), refused: malformed('unbound_prefix') },
  'elements too deep': { edit: (xml) => `${'<a>'.repeat(33)}${'</a>'.repeat(33)}${xml}`, refused: malformed('document_too_large') },

  // Shape
  'another root': {
    edit: assertionOf,
    refused: { ...malformed('wrong_root'), expected: 'samlp:Response', got: '{urn:oasis:names:tc:SAML:2.0:assertion}Assertion' },
  },
  'a Response of SAML 1.1': {
    edit: to('xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"', 'xmlns:samlp="urn:oasis:names:tc:SAML:1.0:protocol"'),
    refused: { ...malformed('wrong_root'), got: '{urn:oasis:names:tc:SAML:1.0:protocol}Response' },
  },
  'another version': { edit: to('Version="2.0"', 'Version="2.1"'), refused: { code: 'wrong_version', expected: '2.0', got: '2.1' } },
  'no assertion': { edit: (xml) => xml.replace(assertionOf(xml), ''), refused: { code: 'no_assertion' } },
  'the assertion twice': { edit: (xml) => xml.replace(assertionOf(xml), (one) => one + one), refused: { code: 'too_many_assertions', expected: 'one assertion', got: '2' } },
  'an assertion of somebody else before the signed one': {
    edit: (xml) => xml.replace(assertionOf(xml), (one) => withoutSignature(one).replace('ID="_', 'ID="_x').replaceAll('ada@', 'eve@') + one),
    refused: { code: 'too_many_assertions' },
  },
  'the signed assertion inside another element': {
    edit: (xml) => xml.replace(assertionOf(xml), (one) => `<samlp:Extensions>${one}</samlp:Extensions>`),
    refused: { code: 'assertion_misplaced' },
  },
  'an encrypted assertion': {
    edit: (xml) => xml.replace(assertionOf(xml), '<saml:EncryptedAssertion/>'),
    refused: { code: 'assertion_encrypted' },
  },
  'a failure that the identity provider reports, with an assertion': {
    edit: to(SUCCESS, failure),
    refused: { code: 'idp_status', expected: 'Success', got: `${RESPONDER}, ${DENIED}: not assigned` },
  },
  'a failure that the identity provider reports, without one': {
    edit: (xml) => to(SUCCESS, failure)(xml.replace(assertionOf(xml), '')),
    refused: { code: 'idp_status', got: `${RESPONDER}, ${DENIED}: not assigned` },
  },

  // Signature
  'no signature': { edit: withoutSignature, refused: { code: 'not_signed' } },
  'a signature by another key': { keys: 'other', refused: { code: 'wrong_key' } },
  'a NameID that was changed': { edit: to('ada@', 'eve@'), refused: { code: 'digest_mismatch' } },
  'an attribute that was changed': { fields: () => ({ attributes: { role: 'user' } }), edit: to('>user<', '>admin<'), refused: { code: 'digest_mismatch' } },
  'an attribute that was added': {
    fields: () => ({ attributes: { role: 'user' } }),
    edit: to('</saml:AttributeValue>', '</saml:AttributeValue><saml:AttributeValue>admin</saml:AttributeValue>'),
    refused: { code: 'digest_mismatch' },
  },
  'a Response that was changed, its assertion untouched': {
    fields: () => ({ sign: 'both' }),
    edit: (xml) => xml.replace(/IssueInstant="[^"]*"/, 'IssueInstant="2030-01-01T00:00:00Z"'),
    refused: { code: 'digest_mismatch' },
  },
  'an assertion that was changed in a signed Response': { fields: () => ({ sign: 'response' }), edit: to('ada@', 'eve@'), refused: { code: 'digest_mismatch' } },
  'a signature value that was changed': {
    edit: (xml) => xml.replace(/(<ds:SignatureValue>)(.)/, (_, tag, first) => tag + (first === 'A' ? 'B' : 'A')),
    refused: { code: 'wrong_key' },
  },
  'a signature of something else': { edit: (xml) => xml.replace(/URI="#[^"]*"/, 'URI="#else"'), refused: { code: 'reference_elsewhere' } },
  'a signature of the whole document': { edit: (xml) => xml.replace(/URI="#[^"]*"/, 'URI=""'), refused: { code: 'reference_elsewhere' } },
  'a signature by SHA-1': {
    edit: to('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', 'http://www.w3.org/2000/09/xmldsig#rsa-sha1'),
    refused: { code: 'algorithm_not_allowed', got: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' },
  },
  'a signature by HMAC': {
    edit: to('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256'),
    refused: { code: 'algorithm_not_allowed' },
  },
  'an XSLT transform': {
    edit: to('http://www.w3.org/2000/09/xmldsig#enveloped-signature', 'http://www.w3.org/TR/1999/REC-xslt-19991116'),
    refused: { code: 'transform_not_allowed' },
  },
  'a signature without its value': { edit: (xml) => xml.replace(/<ds:SignatureValue>.*<\/ds:SignatureValue>/s, ''), refused: { code: 'signature_malformed' } },
  'a signature outside of the assertion': {
    edit: (xml) => {
      const [signature] = xml.match(/<ds:Signature .*?<\/ds:Signature>/s);
      return xml.replace(signature, '').replace('<samlp:Status>', `${signature}<samlp:Status>`);
    },
    refused: { code: 'reference_elsewhere' },
  },
  'a signature at the end of the assertion': {
    edit: (xml) => {
      const [signature] = xml.match(/<ds:Signature .*?<\/ds:Signature>/s);
      return xml.replace(signature, '').replace('</saml:Assertion>', `${signature}</saml:Assertion>`);
    },
    refused: { code: 'signature_misplaced' },
  },
  'two elements of one ID': {
    edit: (xml) => xml.replace(/ID="_[^"]*"/, assertionOf(xml).match(/ID="_[^"]*"/)[0]),
    refused: { code: 'duplicate_id' },
  },
  'a second identifier beside the ID': { edit: (xml) => xml.replace('<saml:Assertion ', '<saml:Assertion Id="x" '), refused: { code: 'id_alias' } },

  // From whom, to whom
  'an issuer that nobody knows': {
    fields: () => ({ issuer: 'https://idp.example.com/unknown' }),
    refused: { code: 'unknown_issuer', expected: 'the entity ID of one of the account\'s providers', got: 'https://idp.example.com/unknown' },
  },
  'no issuer': { edit: (xml) => xml.replaceAll(/<saml:Issuer>[^<]*<\/saml:Issuer>/g, ''), refused: { code: 'signature_misplaced' } },
  'a provider in the Response, nobody in the assertion': {
    fields: () => ({ issuer: 'https://idp.example.com/unknown' }),
    edit: (xml, { provider }) => to('https://idp.example.com/unknown', provider.entityId)(xml),
    refused: { code: 'wrong_issuer', expected: ({ provider }) => provider.entityId, got: 'https://idp.example.com/unknown' },
  },
  'one provider in the Response, another of the same key in the assertion': {
    edit: (xml, { provider, other }) => to(provider.entityId, other.entityId)(xml),
    refused: { code: 'wrong_issuer', expected: ({ other }) => other.entityId, got: ({ provider }) => provider.entityId },
  },
  'another audience': {
    fields: () => ({ audience: 'https://sp.example.com' }),
    refused: { code: 'wrong_audience', expected: ({ provider }) => provider.sp.entityId, got: 'https://sp.example.com' },
  },
  'an audience that is longer than ours': { fields: ({ provider }) => ({ audience: `${provider.sp.entityId}.example.com` }), refused: { code: 'wrong_audience' } },
  'an audience in another case': { fields: ({ provider }) => ({ audience: provider.sp.entityId.toUpperCase() }), refused: { code: 'wrong_audience' } },
  'another recipient': {
    fields: ({ acs }) => ({ recipient: 'https://sp.example.com/acs', destination: acs }),
    refused: { code: 'wrong_recipient', expected: ({ acs }) => acs, got: 'https://sp.example.com/acs' },
  },
  'a recipient without the query': {
    fields: ({ acs }) => ({ recipient: acs.split('?')[0], destination: acs }),
    refused: { code: 'wrong_recipient', got: ({ acs }) => acs.split('?')[0] },
  },
  'another destination': {
    fields: ({ acs }) => ({ recipient: acs, destination: 'https://sp.example.com/acs' }),
    refused: { code: 'wrong_destination', expected: ({ acs }) => acs, got: 'https://sp.example.com/acs' },
  },
  'another destination in a signed Response': {
    fields: ({ acs }) => ({ recipient: acs, destination: 'https://sp.example.com/acs', sign: 'both' }),
    refused: { code: 'wrong_destination' },
  },
  'the ACS of another account': { fields: ({ acs }) => ({ recipient: acs.replace('accountId=', 'accountId=x') }), refused: { code: 'wrong_destination' } },
  'a blank NameID': { fields: () => ({ nameId: '  ' }), refused: { code: 'no_name_id' } },
  'a Response that answers another request than its assertion': {
    edit: (xml) => xml.replace('<samlp:Response ', '<samlp:Response InResponseTo="_x" '),
    refused: { code: 'in_response_to_mismatch' },
  },
  'a request that was never made': { fields: () => ({ inResponseTo: '_x' }), refused: { code: 'unknown_request', got: '_x' } },
};
