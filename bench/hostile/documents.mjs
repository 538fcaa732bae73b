// Documents that are refused, each for its own reason, and that are as large as can be posted.
import { assertion, conditions, confirmation, edit, nameId, response, scene, subject } from '../../dev/corpus/documents.mjs';
import { signAssertion, signResponse } from '../../dev/corpus/sign.mjs';
import { carriers } from './carriers.mjs';
import { formOf } from '../support/sign-ins.mjs';
import { contents } from './contents.mjs';

/** What is read of a form (SPEC section 15); the document in it is base64, and can have three quarters of that. */
const POSTED = 256 * 1024;
const size = (text, latin) => Buffer.byteLength(text, latin ? 'latin1' : 'utf8');

/** `[{ what, where, code, posted, bytes }]`: why the verifier refuses it, and why the ACS does, which looks for the provider first. */
export function hostileDocuments() {
  const documents = [];
  for (const [what, content] of Object.entries(contents)) {
    for (const [where, carrier] of Object.entries(carriers)) {
      const code = content.codes?.[where] ?? content.code ?? carrier.code;
      // What a signer's own tools refuse is not signed with them.
      if (where === 'signed' && (content.code || content.codes?.signed === null)) continue;
      documents.push({ what, where, code, posted: code, bytes: largest(carrier.carry, content) });
    }
  }
  for (const [what, [code, content, carry, posted = code]] of Object.entries(others())) {
    documents.push({ what, where: 'its own place', code, posted, bytes: largest(carry, content) });
  }
  return documents;
}

/** What `carry` makes of as much content as can be posted with it. */
function largest(carry, content) {
  let room = (POSTED * 3) / 4;
  for (;;) {
    const document = filled(carry, content, room);
    const posted = formOf('/', document.toString('base64')).body.length;
    if (posted <= POSTED) return document;
    room = Math.floor((room * POSTED) / posted) - 1;
  }
}

/** What `carry` makes of as much content as makes so many bytes of it. */
function filled(carry, { open = '', unit, most = Infinity, after = '', close = '', latin = false, pad = 'x' }, bytes) {
  const room = bytes - size(carry(open + after + close), latin);
  const parts = [];
  let left = room;
  while (parts.length < most) {
    const next = unit(parts.length);
    if (size(next, latin) > left) break;
    left -= size(next, latin);
    parts.push(next);
  }
  const document = carry(open + parts.join('') + after + close + pad.repeat(left));
  return Buffer.from(document, latin ? 'latin1' : 'utf8');
}

/** `[code, content, carry, posted]` by name, where the content is not in one of the usual places. */
function others() {
  const x = { unit: () => 'x'.repeat(64) };
  const spaces = { unit: () => ' '.repeat(64), pad: ' ' };
  const M = 'hostile-content';
  const captured = signAssertion(response());
  const digestValue = captured.match(/<ds:DigestValue>([^<]+)</)[1];
  const signatureValue = captured.match(/<ds:SignatureValue>([^<]+)</)[1];
  const digits = { unit: () => 'AAAA', pad: '' };
  return {
    'another root': ['wrong_root', x, (content) => `<a>${content}</a>`],
    'another root, of elements': ['wrong_root', { unit: () => '<b/>', most: 19_900 }, (content) => `<a>${content}</a>`],
    'a DOCTYPE': ['doctype_not_allowed', { unit: (i) => `<!ENTITY a${i} "&a${i - 1};">`, pad: ' ' }, (content) => `<!DOCTYPE a [${content}]>${captured}`],
    'white space before the root': ['expired', spaces, (content) => content + captured],
    'white space after the root': ['expired', spaces, (content) => captured + content],
    'a second root': ['not_xml', spaces, (content) => `${captured}${content}<b/>`],
    'issuer of the Response': ['wrong_issuer', x, (content) => edit(captured, `<saml:Issuer>${scene.issuer}</saml:Issuer><samlp:Status>`, `<saml:Issuer>${content}</saml:Issuer><samlp:Status>`), 'unknown_issuer'],
    'destination': ['wrong_destination', x, (content) => edit(captured, `Destination="${scene.acsUrl}"`, `Destination="${content}"`)],
    'NameID': ['digest_mismatch', x, (content) => edit(captured, 'ada@example.com', content)],
    'NameID, signed': ['expired', x, (content) => signAssertion(response({ assertion: assertion({ subject: subject({ id: nameId(content) }) }) }))],
    'audiences, signed': ['wrong_audience', { unit: () => '<saml:Audience>another.example</saml:Audience>', pad: '' }, (content) => signAssertion(edit(response({ assertion: assertion({ conditions: conditions({ audiences: [[M]] }) }) }), `<saml:Audience>${M}</saml:Audience>`, content))],
    'confirmations, signed, too many': ['document_too_large', { unit: () => confirmation(), pad: '' }, (content) => signAssertion(edit(response({ assertion: assertion({ subject: subject({ confirmations: [M] }) }) }), M, content))],
    'attribute values, signed': ['expired', { unit: () => '<saml:AttributeValue>x</saml:AttributeValue>', pad: '' }, (content) => signAssertion(edit(response(), '<saml:AttributeValue>engineering</saml:AttributeValue>', content))],
    'attributes, signed by the Response': ['expired', { unit: (i) => `<saml:Attribute Name="a${i}"><saml:AttributeValue>${'x'.repeat(50)}</saml:AttributeValue></saml:Attribute>`, pad: '' }, (content) => signResponse(edit(response(), '<saml:AttributeStatement>', `<saml:AttributeStatement>${content}`))],
    'status message': ['idp_status', x, (content) => edit(edit(captured, 'status:Success', 'status:Responder'), '</samlp:Status>', `<samlp:StatusMessage>${content}</samlp:StatusMessage></samlp:Status>`)],
    'status codes': ['response_malformed', { unit: () => '<samlp:StatusCode/>', pad: ' ' }, (content) => edit(captured, '</samlp:Status>', `${content}</samlp:Status>`)],
    'issuers': ['response_malformed', { unit: () => '<saml:Issuer/>', pad: ' ' }, (content) => edit(captured, '<samlp:Status>', `${content}<samlp:Status>`)],
    'DigestValue': ['digest_mismatch', digits, (content) => edit(captured, digestValue, content)],
    'DigestValue in lines': ['digest_mismatch', { unit: () => 'AAAA\n', pad: ' ' }, (content) => edit(captured, digestValue, content)],
    'SignatureValue': ['wrong_key', digits, (content) => edit(captured, signatureValue, content)],
    'SignatureValue in lines': ['wrong_key', { unit: () => 'AAAA\n', pad: ' ' }, (content) => edit(captured, signatureValue, content)],
    'SignatureValue with spaces before': ['expired', spaces, (content) => edit(captured, '<ds:SignatureValue>', `<ds:SignatureValue>${content}`)],
    'PrefixList': ['signature_malformed', { unit: (i) => `p${i} `, pad: ' ' }, (content) => edit(captured, `<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>`, `<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"><ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="${content}"/></ds:CanonicalizationMethod>`)],
    'PrefixList of one prefix': ['wrong_key', { unit: () => 'p'.repeat(64), pad: 'p' }, (content) => edit(captured, `<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>`, `<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"><ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="${content}"/></ds:CanonicalizationMethod>`)],
    'white space in SignedInfo': ['wrong_key', spaces, (content) => edit(captured, '</ds:SignedInfo>', `${content}</ds:SignedInfo>`)],
    'algorithm URI': ['algorithm_not_allowed', x, (content) => edit(captured, 'xmldsig-more#rsa-sha256', content)],
    'reference URI': ['reference_elsewhere', x, (content) => edit(captured, 'URI="#_assertion"', `URI="#${content}"`)],
    'not signed': ['not_signed', { unit: () => '<saml:AttributeValue>x</saml:AttributeValue>', pad: '' }, (content) => edit(response(), '<saml:AttributeValue>engineering</saml:AttributeValue>', content)],
  };
}
