// What one binding alone can do wrong: queries that are not what was signed, and elements that are not what is read.
import { assertion, cut, edit, element, extensions, nameId, response, scene, success } from '../documents.mjs';
import { nameIdFormat, ns, uri } from '../names.mjs';
import { sign, signAssertion } from '../sign.mjs';
import { bomb, form, joined, logoutRequest, logoutResponse, parameters, post, redirect, refuses, signOctets, stored } from './messages.mjs';

const refuse = (name, expected, why, query, settings) => refuses('redirect', name, expected, why, query, settings);
const xml = logoutRequest();
const list = parameters(xml, { relayState: 'r' });
const query = joined(list);
const without = (...names) => joined(list.filter(([name]) => !names.includes(name)));
const renamed = (from, to) => joined(list.map(([name, value]) => [name === from ? to : name, value]));
const changed = (which, to) => joined(list.map(([name, value]) => [name, name === which ? to(value) : value]));
const base64 = (bytes) => encodeURIComponent(bytes.toString('base64'));

const signed = 'What is not signed is nobody’s.';
refuse('nothing', 'not_one_message', 'Exactly one message.', '');
refuse('unsigned', 'not_signed', signed, without('SigAlg', 'Signature'));
refuse('signature-removed', 'not_signed', signed, without('Signature'));
refuse('algorithm-removed', 'not_signed', signed, without('SigAlg'));
refuse('signature-empty', 'not_base64: Signature', signed, changed('Signature', () => ''));
refuse('signature-not-base64', 'not_base64: Signature', signed, changed('Signature', () => '%25%25'));
refuse('signature-of-another-length', 'wrong_key', signed, changed('Signature', () => 'AAAA'));
refuse('signature-in-lower-case', 'not_signed', 'Names are compared exactly.', renamed('Signature', 'signature'));
refuse('algorithm-in-lower-case', 'not_signed', 'Names are compared exactly.', renamed('SigAlg', 'sigalg'));
refuse('message-in-lower-case', 'not_one_message', 'Names are compared exactly.', renamed('SAMLRequest', 'samlrequest'));
refuse('message-with-a-space-in-its-name', 'not_one_message', 'Names are compared exactly.', renamed('SAMLRequest', '%20SAMLRequest'));
refuse('relay-state-in-lower-case', 'wrong_key', 'Names are compared exactly.', renamed('RelayState', 'relaystate'));
refuse('embedded-signature-alone', 'not_signed', 'In a query the octets are signed.', joined([['SAMLRequest', base64(stored(sign(xml, { id: '_logout' })))]]));
refuse('embedded-signature-too', 'no_name_id', 'It must be taken out (SAML bindings 3.4.4.1).', redirect(sign(xml, { id: '_logout' })));

const once = 'Each parameter once.';
for (const [name] of list) {
  const [, value] = list.find(([one]) => one === name);
  refuse(`${name}-twice`, `parameter_repeated: ${name}`, once, `${query}&${name}=${value}`);
  refuse(`${name}-twice-other-first`, `parameter_repeated: ${name}`, once, `${name}=x&${query}`);
}
refuse('message-twice-with-its-name-escaped', 'parameter_repeated: SAMLRequest', once, `${query}&SAML%52equest=x`);
refuse('message-twice-without-a-value', 'parameter_repeated: SAMLRequest', once, `SAMLRequest&${query}`);
refuse('both-messages', 'not_one_message', 'Exactly one message.', `${query}&SAMLResponse=${list[0][1]}`);
refuse('both-messages-response-first', 'not_one_message', 'Exactly one message.', `SAMLResponse=x&${query}`);
refuse('response-under-the-name-of-a-request', 'wrong_root', 'The document is what the parameter announces.', redirect(logoutResponse(), { side: 'SAMLRequest' }));

const octets = 'The signature is over the octets as they came.';
refuse('relay-state-changed', 'wrong_key', octets, changed('RelayState', () => 's'));
refuse('relay-state-added', 'wrong_key', octets, `${redirect(xml)}&RelayState=r`);
refuse('relay-state-added-empty', 'wrong_key', octets, `${redirect(xml)}&RelayState=`);
refuse('relay-state-removed', 'wrong_key', octets, without('RelayState'));
refuse('relay-state-emptied', 'wrong_key', octets, changed('RelayState', () => ''));
refuse('relay-state-escaped-anew', 'wrong_key', octets, changed('RelayState', () => '%72'));
refuse('message-escaped-anew', 'wrong_key', octets, joined(parameters(xml).map(([name, value]) => [name, name === 'SAMLRequest' ? value.replace(/%../g, (escape) => escape.toLowerCase()) : value])));
refuse('algorithm-escaped-anew', 'wrong_key', octets, changed('SigAlg', (value) => decodeURIComponent(value).replace('#', '%23')));
refuse('message-of-another', 'wrong_key', octets, changed('SAMLRequest', () => base64(stored(logoutRequest({ subject: nameId('grace@example.com') })))));
refuse('algorithm-changed', 'wrong_key', octets, changed('SigAlg', () => encodeURIComponent(uri.rsaSha384)));
refuse('request-signed-as-response', 'wrong_key', octets, `SAMLRequest=${list[0][1]}&SigAlg=${list[2][1]}&Signature=${encodeURIComponent(signOctets(`SAMLResponse=${list[0][1]}&SigAlg=${list[2][1]}`))}`);
const ordered = [list[1], list[0], list[2]];
refuse('signed-in-another-order', 'wrong_key', 'The order of the signed octets is the binding’s.', `${joined(ordered)}&Signature=${encodeURIComponent(signOctets(joined(ordered)))}`);
refuse('signed-without-the-algorithm', 'wrong_key', 'The algorithm is signed too.', `${joined(list.slice(0, 3))}&Signature=${encodeURIComponent(signOctets(joined(list.slice(0, 2))))}`);
refuse('signed-without-the-relay-state', 'wrong_key', 'The RelayState is signed too.', `${joined(list.slice(0, 3))}&Signature=${encodeURIComponent(signOctets(joined([list[0], list[2]])))}`);
refuse('signed-unescaped', 'wrong_key', octets, `${joined(list.slice(0, 3))}&Signature=${encodeURIComponent(signOctets(joined(list.slice(0, 3).map(([name, value]) => [name, decodeURIComponent(value)]))))}`);
refuse('signed-with-another-parameter', 'wrong_key', octets, `a=b&${joined(list.slice(0, 3))}&Signature=${encodeURIComponent(signOctets(`a=b&${joined(list.slice(0, 3))}`))}`);
refuse('signature-of-the-document', 'wrong_key', octets, `${joined(list.slice(0, 3))}&Signature=${encodeURIComponent(signOctets(xml))}`);

const encoding = 'DEFLATE, all of it and nothing else.';
const deflated = (deflate) => redirect(xml, { deflate });
refuse('encoding-other', 'encoding_not_allowed', encoding, `${query}&SAMLEncoding=urn%3Ax`);
refuse('encoding-empty', 'encoding_not_allowed', encoding, `${query}&SAMLEncoding=`);
refuse('message-empty', 'not_base64: SAMLRequest', encoding, changed('SAMLRequest', () => ''));
refuse('message-not-base64', 'not_base64: SAMLRequest', encoding, changed('SAMLRequest', () => '%25'));
refuse('plus-not-escaped', 'not_base64: SAMLRequest', 'A plus is a space in a query.', redirect(xml, { escape: (text) => text.replace(/[=/:#]/g, encodeURIComponent), deflate: (text) => Buffer.concat([Buffer.from([0xfb, 0xef, 0xbe]), stored(text)]) }));
refuse('not-deflated', 'not_deflated', encoding, deflated((text) => Buffer.from(text)));
refuse('wrapped-by-zlib', 'not_deflated', encoding, deflated((text) => Buffer.concat([Buffer.from([0x78, 0x01]), stored(text), Buffer.alloc(4)])));
refuse('cut-short', 'not_deflated', encoding, deflated((text) => stored(text).subarray(0, -1)));
refuse('bytes-behind-the-end', 'not_deflated', encoding, deflated((text) => Buffer.concat([stored(text), Buffer.from('x')])));
refuse('document-behind-the-end', 'not_deflated', encoding, deflated((text) => Buffer.concat([stored(text), stored(text)])));
refuse('deflated-twice', 'not_utf8', encoding, deflated((text) => stored(stored(text))));
refuse('bomb', 'document_too_large', 'Bounds before work.', deflated(() => bomb(1020)));
refuse('bomb-of-16-megabytes', 'document_too_large', 'Bounds before work.', deflated(() => bomb(65_000)));
refuse('oversize', 'document_too_large', 'Bounds before work.', `${query}&x=@`, { repeat: { '@': ['x', 262_145] } });

// Of a form.
const refusePost = (name, expected, why, body, settings) => refuses('post', name, expected, why, body, settings);
const field = (document, more = {}) => form({ SAMLRequest: Buffer.from(document).toString('base64'), ...more });
refusePost('nothing', 'not_one_message', 'Exactly one message.', '');
refusePost('unsigned', 'not_signed', signed, field(xml));
refusePost('unsigned-response', 'not_signed', signed, form({ SAMLResponse: Buffer.from(logoutResponse()).toString('base64') }));
refusePost('signature-of-the-query', 'not_signed', 'In a form the element is signed.', field(xml, { SigAlg: uri.rsaSha256, Signature: signOctets(query) }));
refusePost('both-messages', 'not_one_message', 'Exactly one message.', `${post(xml)}&SAMLResponse=x`);
refusePost('message-in-lower-case', 'not_one_message', 'Names are compared exactly.', post(xml).replace('SAMLRequest', 'samlRequest'));
refusePost('message-twice', 'parameter_repeated: SAMLRequest', once, `${post(xml)}&SAMLRequest=x`);
refusePost('relay-state-twice', 'parameter_repeated: RelayState', once, `${post(xml, { relayState: 'r' })}&RelayState=r`);
refusePost('message-empty', 'not_base64: SAMLRequest', 'Base64.', 'SAMLRequest=');
refusePost('message-not-base64', 'not_base64: SAMLRequest', 'Base64.', 'SAMLRequest=%25');
refusePost('deflated', 'not_utf8', 'A form carries the document as it is.', field(Buffer.concat([Buffer.from([0xff]), stored(xml)])));
refusePost('oversize', 'document_too_large', 'Bounds before work.', 'SAMLRequest=@', { repeat: { '@': ['ICAg', 87_382] } });

const bare = (text) => text.replace(/<ds:Signature [\s\S]*<\/ds:Signature>/, '');
const whole = sign(xml, { id: '_logout' });
const signature = cut(whole, 'ds:Signature');
const evil = (parts) => logoutRequest({ id: '_evil', subject: nameId('grace@example.com'), ...parts });
const into = (text, content) => text.replace('</saml:Issuer>', () => `</saml:Issuer>${content}`);
const inside = (text, content) => edit(text, '</ds:Signature>', `${content}</ds:Signature>`);
const around = 'A signature is about the element around it.';
refusePost('changed-name-id', 'digest_mismatch: LogoutRequest', 'What is read is what was signed.', field(edit(whole, '>ada@', '>eda@')));
refusePost('changed-session-index', 'digest_mismatch: LogoutRequest', 'What is read is what was signed.', field(edit(whole, '>_session<', '><')));
refusePost('session-index-removed', 'digest_mismatch: LogoutRequest', 'What is read is what was signed.', field(edit(whole, '<samlp:SessionIndex>_session</samlp:SessionIndex>', '')));
refusePost('session-index-added', 'digest_mismatch: LogoutRequest', 'What is read is what was signed.', field(edit(whole, '</samlp:LogoutRequest>', '<samlp:SessionIndex>x</samlp:SessionIndex></samlp:LogoutRequest>')));
refusePost('changed-format', 'digest_mismatch: LogoutRequest', 'What is read is what was signed.', field(edit(whole, nameIdFormat.email, nameIdFormat.persistent)));
refusePost('changed-signed-info', 'wrong_key', 'The signature is over SignedInfo.', field(edit(whole, '<ds:SignedInfo>', '<ds:SignedInfo Id="x">')));
refusePost('signature-moved-to-another', 'reference_elsewhere', around, field(into(evil(), signature)));
refusePost('signature-moved-to-one-of-its-id', 'digest_mismatch: LogoutRequest', around, field(into(evil({ id: '_logout' }), signature)));
refusePost('wrapped-in-extensions', 'signature_misplaced', 'A signature stands in what it signs.', field(evil({ extensions: extensions(whole) })));
refusePost('wrapped-in-extensions-signature-outside', 'reference_elsewhere', around, field(into(evil({ extensions: extensions(bare(whole)) }), signature)));
refusePost('wrapped-in-extensions-of-one-id', 'duplicate_id', 'An ID stands once.', field(into(evil({ id: '_logout', extensions: extensions(bare(whole)) }), signature)));
refusePost('wrapped-in-object', 'signature_malformed: not exactly one SignedInfo, one SignatureValue and at most one KeyInfo', 'A signature has no Object.', field(into(evil(), inside(signature, `<ds:Object>${bare(whole)}</ds:Object>`))));
refusePost('wrapped-in-key-info', 'reference_elsewhere', around, field(into(evil(), inside(signature, `<ds:KeyInfo>${bare(whole)}</ds:KeyInfo>`))));
refusePost('wrapped-in-the-signature', 'signature_malformed: not exactly one SignedInfo, one SignatureValue and at most one KeyInfo', around, field(into(evil(), inside(signature, bare(whole)))));
refusePost('wrapped-in-the-name-id', 'reference_elsewhere', around, field(into(evil({ subject: `<saml:NameID>${bare(whole)}</saml:NameID>` }), signature)));
refusePost('behind-the-message', 'reference_elsewhere', around, field(into(evil({ after: bare(whole) }), signature)));
refusePost('around-the-message', 'signature_misplaced', 'A signature stands in what it signs.', field(evil({ after: whole })));
refusePost('signature-last', 'signature_misplaced', 'After Issuer.', field(edit(bare(whole), '</samlp:LogoutRequest>', `${signature}</samlp:LogoutRequest>`)));
refusePost('signature-twice', 'signature_misplaced', 'One signature.', field(into(bare(whole), signature + signature)));
refusePost('id-alias', 'id_alias', 'One identifier.', post(logoutRequest({ attributes: ' Id="_other"' })));
refusePost('xml-id', 'id_alias', 'One identifier.', post(logoutRequest({ attributes: ' xml:id="_other"' })));
refusePost('duplicate-id', 'duplicate_id', 'An ID stands once.', post(logoutRequest({ subject: edit(nameId(), ' Format', ' ID="_logout" Format') })));
refusePost('two-references', 'signature_malformed: not exactly one method of each kind and one Reference', 'One Reference.', post(xml, { edit: { reference: (text) => text + text } }));
refusePost('empty-reference', 'reference_elsewhere', around, post(xml, { uri: '' }));
refusePost('transform', 'transform_not_allowed', 'Two transforms.', post(xml, { transforms: `<ds:Transforms><ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"/></ds:Transforms>` }));
refusePost('digest-sha1', 'algorithm_not_allowed', 'Algorithms from a list.', post(xml, { digest: uri.sha1 }));

// The identity provider did sign these, as something else.
const donors = {
  assertion: [signAssertion(response()), 'saml:Assertion'],
  response: [sign(response(), { id: '_response' }), 'samlp:Response'],
  'logout-response': [sign(logoutResponse(), { id: '_answer' }), 'samlp:LogoutResponse'],
  'authn-request': [sign(`<samlp:AuthnRequest xmlns:samlp="${ns.samlp}" xmlns:saml="${ns.saml}" ID="_authn" Version="2.0"><saml:Issuer>${scene.issuer}</saml:Issuer></samlp:AuthnRequest>`, { id: '_authn' }), 'samlp:AuthnRequest'],
};
for (const [name, [document, root]] of Object.entries(donors)) {
  const donor = cut(document, root);
  const its = cut(donor, 'ds:Signature');
  const id = donor.match(/ ID="([^"]*)"/)[1];
  const stripped = bare(donor);
  refusePost(`donor-${name}-signature-moved`, 'reference_elsewhere', around, field(into(evil(), its)));
  refusePost(`donor-${name}-signature-moved-to-its-id`, 'digest_mismatch: LogoutRequest', around, field(into(evil({ id }), its)));
  refusePost(`donor-${name}-in-extensions`, 'reference_elsewhere', around, field(into(evil({ extensions: extensions(stripped) }), its)));
  refusePost(`donor-${name}-whole-in-extensions`, 'signature_misplaced', 'A signature stands in what it signs.', field(evil({ extensions: extensions(donor) })));
}
refusePost('element-behind-the-assertion', 'wrong_root', 'The document is what the field announces.', form({ SAMLResponse: Buffer.from(signAssertion(response({ assertion: assertion() + element('samlp:SessionIndex', 'x') + success() }))).toString('base64') }));
