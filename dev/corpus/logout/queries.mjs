// Queries that are not what was signed, or not what the binding allows (SAML bindings 3.4).
import { nameId } from '../documents.mjs';
import { uri } from '../names.mjs';
import { sign } from '../sign.mjs';
import { bomb, joined, logoutRequest, logoutResponse, parameters, redirect, refuses, signOctets, stored } from './messages.mjs';

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
refuse(
  'signature-empty',
  'not_base64: Signature',
  signed,
  changed('Signature', () => ''),
);
refuse(
  'signature-not-base64',
  'not_base64: Signature',
  signed,
  changed('Signature', () => '%25%25'),
);
refuse(
  'signature-of-another-length',
  'wrong_key',
  signed,
  changed('Signature', () => 'AAAA'),
);
refuse('signature-in-lower-case', 'not_signed', 'Names are compared exactly.', renamed('Signature', 'signature'));
refuse('algorithm-in-lower-case', 'not_signed', 'Names are compared exactly.', renamed('SigAlg', 'sigalg'));
refuse('message-in-lower-case', 'not_one_message', 'Names are compared exactly.', renamed('SAMLRequest', 'samlrequest'));
refuse(
  'message-with-a-space-in-its-name',
  'not_one_message',
  'Names are compared exactly.',
  renamed('SAMLRequest', '%20SAMLRequest'),
);
refuse('relay-state-in-lower-case', 'wrong_key', 'Names are compared exactly.', renamed('RelayState', 'relaystate'));
refuse(
  'embedded-signature-alone',
  'not_signed',
  'In a query the octets are signed.',
  joined([['SAMLRequest', base64(stored(sign(xml, { id: '_logout' })))]]),
);
refuse(
  'embedded-signature-too',
  'no_name_id',
  'It must be taken out (SAML bindings 3.4.4.1).',
  redirect(sign(xml, { id: '_logout' })),
);

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
refuse(
  'response-under-the-name-of-a-request',
  'wrong_root',
  'The document is what the parameter announces.',
  redirect(logoutResponse(), { side: 'SAMLRequest' }),
);

const octets = 'The signature is over the octets as they came.';
refuse(
  'relay-state-changed',
  'wrong_key',
  octets,
  changed('RelayState', () => 's'),
);
refuse('relay-state-added', 'wrong_key', octets, `${redirect(xml)}&RelayState=r`);
refuse('relay-state-added-empty', 'wrong_key', octets, `${redirect(xml)}&RelayState=`);
refuse('relay-state-removed', 'wrong_key', octets, without('RelayState'));
refuse(
  'relay-state-emptied',
  'wrong_key',
  octets,
  changed('RelayState', () => ''),
);
refuse(
  'relay-state-escaped-anew',
  'wrong_key',
  octets,
  changed('RelayState', () => '%72'),
);
refuse(
  'message-escaped-anew',
  'wrong_key',
  octets,
  joined(
    parameters(xml).map(([name, value]) => [
      name,
      name === 'SAMLRequest' ? value.replace(/%../g, (escape) => escape.toLowerCase()) : value,
    ]),
  ),
);
refuse(
  'algorithm-escaped-anew',
  'wrong_key',
  octets,
  changed('SigAlg', (value) => decodeURIComponent(value).replace('#', '%23')),
);
refuse(
  'message-of-another',
  'wrong_key',
  octets,
  changed('SAMLRequest', () => base64(stored(logoutRequest({ subject: nameId('grace@example.com') })))),
);
refuse(
  'algorithm-changed',
  'wrong_key',
  octets,
  changed('SigAlg', () => encodeURIComponent(uri.rsaSha384)),
);
refuse(
  'request-signed-as-response',
  'wrong_key',
  octets,
  `SAMLRequest=${list[0][1]}&SigAlg=${list[2][1]}&Signature=${encodeURIComponent(signOctets(`SAMLResponse=${list[0][1]}&SigAlg=${list[2][1]}`))}`,
);
const ordered = [list[1], list[0], list[2]];
refuse(
  'signed-in-another-order',
  'wrong_key',
  'The order of the signed octets is the binding’s.',
  `${joined(ordered)}&Signature=${encodeURIComponent(signOctets(joined(ordered)))}`,
);
refuse(
  'signed-without-the-algorithm',
  'wrong_key',
  'The algorithm is signed too.',
  `${joined(list.slice(0, 3))}&Signature=${encodeURIComponent(signOctets(joined(list.slice(0, 2))))}`,
);
refuse(
  'signed-without-the-relay-state',
  'wrong_key',
  'The RelayState is signed too.',
  `${joined(list.slice(0, 3))}&Signature=${encodeURIComponent(signOctets(joined([list[0], list[2]])))}`,
);
refuse(
  'signed-unescaped',
  'wrong_key',
  octets,
  `${joined(list.slice(0, 3))}&Signature=${encodeURIComponent(signOctets(joined(list.slice(0, 3).map(([name, value]) => [name, decodeURIComponent(value)]))))}`,
);
refuse(
  'signed-with-another-parameter',
  'wrong_key',
  octets,
  `a=b&${joined(list.slice(0, 3))}&Signature=${encodeURIComponent(signOctets(`a=b&${joined(list.slice(0, 3))}`))}`,
);
refuse(
  'signature-of-the-document',
  'wrong_key',
  octets,
  `${joined(list.slice(0, 3))}&Signature=${encodeURIComponent(signOctets(xml))}`,
);

const encoding = 'DEFLATE, all of it and nothing else.';
const deflated = (deflate) => redirect(xml, { deflate });
refuse('encoding-other', 'encoding_not_allowed', encoding, `${query}&SAMLEncoding=urn%3Ax`);
refuse('encoding-empty', 'encoding_not_allowed', encoding, `${query}&SAMLEncoding=`);
refuse(
  'message-empty',
  'not_base64: SAMLRequest',
  encoding,
  changed('SAMLRequest', () => ''),
);
refuse(
  'message-not-base64',
  'not_base64: SAMLRequest',
  encoding,
  changed('SAMLRequest', () => '%25'),
);
refuse(
  'plus-not-escaped',
  'not_base64: SAMLRequest',
  'A plus is a space in a query.',
  redirect(xml, {
    escape: (text) => text.replace(/[=/:#]/g, encodeURIComponent),
    deflate: (text) => Buffer.concat([Buffer.from([0xfb, 0xef, 0xbe]), stored(text)]),
  }),
);
refuse(
  'not-deflated',
  'not_deflated',
  encoding,
  deflated((text) => Buffer.from(text)),
);
refuse(
  'wrapped-by-zlib',
  'not_deflated',
  encoding,
  deflated((text) => Buffer.concat([Buffer.from([0x78, 0x01]), stored(text), Buffer.alloc(4)])),
);
refuse(
  'cut-short',
  'not_deflated',
  encoding,
  deflated((text) => stored(text).subarray(0, -1)),
);
refuse(
  'bytes-behind-the-end',
  'not_deflated',
  encoding,
  deflated((text) => Buffer.concat([stored(text), Buffer.from('x')])),
);
refuse(
  'document-behind-the-end',
  'not_deflated',
  encoding,
  deflated((text) => Buffer.concat([stored(text), stored(text)])),
);
refuse(
  'deflated-twice',
  'not_utf8',
  encoding,
  deflated((text) => stored(stored(text))),
);
refuse(
  'bomb',
  'document_too_large',
  'Bounds before work.',
  deflated(() => bomb(1020)),
);
refuse(
  'bomb-of-16-megabytes',
  'document_too_large',
  'Bounds before work.',
  deflated(() => bomb(65_000)),
);
refuse('oversize', 'document_too_large', 'Bounds before work.', `${query}&x=@`, { repeat: { '@': ['x', 262_145] } });
