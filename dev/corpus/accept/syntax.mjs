// Ways to write the same XML and the same signature: whatever the standards leave to the signer.

import { accept } from '../case.mjs';
import { assertion, attributeStatement, edit, element, nameId, response, scene, subject } from '../documents.mjs';

import { ns } from '../names.mjs';
import { sign, signAssertion, signBoth } from '../sign.mjs';

const sound = signAssertion(response());

// The document
accept('syntax/declaration', 'An XML declaration.', `<?xml version="1.0" encoding="UTF-8"?>\n${sound}`);
accept(
  'syntax/declaration-in-lower-case',
  'The name of an encoding has no case.',
  `<?xml version='1.0' encoding='utf-8' standalone='yes' ?>${sound}`,
);
accept('syntax/byte-order-mark', 'A byte order mark is skipped.', `\ufeff${sound}`);
accept(
  'syntax/byte-order-mark-and-declaration',
  'A byte order mark is skipped.',
  `\ufeff<?xml version="1.0" encoding="utf-8"?>${sound}`,
);
accept(
  'syntax/white-space-around-the-root',
  'White space after the root is layout.',
  `<?xml version="1.0"?>\r\n\r\n${sound}\r\n \t\n`,
);
accept('syntax/single-quotes', 'Either quote.', sound.replace(/"([^"']*)"/g, "'$1'"));
accept(
  'syntax/space-in-tags',
  'White space in tags.',
  sound.replaceAll('</saml:Subject>', '</saml:Subject \n>').replaceAll(' Version=', '\n\t Version = ').replaceAll('"/>', '" />'),
);
accept(
  'syntax/attributes-in-another-order',
  'Canonicalization orders them.',
  sound.replace(
    'ID="_assertion" Version="2.0" IssueInstant="2026-11-22T06:00:00Z"',
    'IssueInstant="2026-11-22T06:00:00Z" Version="2.0" ID="_assertion"',
  ),
);
accept(
  'syntax/empty-elements-written-out',
  'Canonicalization writes them out.',
  sound.replace(/<(saml:SubjectConfirmationData)([^>]*)\/>/, '<$1$2></$1>'),
);
accept(
  'syntax/declarations-that-nothing-uses',
  'Exclusive canonicalization leaves them out.',
  sound
    .replace('<saml:Assertion ', '<saml:Assertion xmlns:unused="urn:unused" ')
    .replace('<saml:Subject>', '<saml:Subject xmlns:more="urn:more">'),
);
accept(
  'syntax/declarations-again',
  'Exclusive canonicalization leaves them out.',
  sound
    .replace('<saml:Assertion ', `<saml:Assertion xmlns:saml="${ns.saml}" `)
    .replace('<saml:Subject>', `<saml:Subject xmlns:saml="${ns.saml}">`),
);
accept(
  'syntax/line-ends-of-windows',
  'Line ends are one character to XML.',
  signAssertion(response().replaceAll('><', '>\n<')).replaceAll('\n', '\r\n'),
);
accept(
  'syntax/line-ends-of-old-macs',
  'Line ends are one character to XML.',
  signAssertion(response().replaceAll('><', '>\n<')).replaceAll('\n', '\r'),
);

// Text. What is digested is the text that the references stand for.
const texts = {
  'character-references': ['engineering', '&#101;ngineer&#x69;ng', 'engineering'],
  'references-with-leading-zeros': ['engineering', 'e&#x000000006E;gineering', 'engineering'],
  cdata: ['engineering', '<![CDATA[engineering]]>', 'engineering'],
  'cdata-in-the-middle': ['engineering', 'engi<![CDATA[neer]]>ing', 'engineering'],
  'two-cdata-sections': ['engineering', '<![CDATA[engi]]><![CDATA[neering]]>', 'engineering'],
  'empty-cdata': ['engineering', 'engineering<![CDATA[]]>', 'engineering'],
  'cdata-with-markup': ['&lt;b&gt; &amp; &lt;/b&gt;', '<![CDATA[<b> & </b>]]>', '<b> & </b>'],
  'the-five-entities': ['&lt;&gt;&amp;"\'', '&lt;&gt;&amp;&quot;&apos;', '<>&"\''],
  'astral-characters': ['\u{1f600}\u{10fffd}', '&#x1F600;&#1114109;', '\u{1f600}\u{10fffd}'],
  umlauts: ['Br\u00fccken', 'Br&#252;cken', 'Br\u00fccken'],
  'decomposed-umlauts': ['Bru\u0308cken', 'Bru&#x308;cken', 'Bru\u0308cken'],
};
for (const [name, [canonical, written, value]] of Object.entries(texts)) {
  const plain = response({ assertion: edit(assertion(), 'engineering', canonical) });
  const attributes = { department: [value] };
  accept(
    `syntax/text-${name}`,
    'CDATA and references are normalised; the canonical bytes count.',
    signAssertion(plain).replace(`>${canonical}<`, () => `>${written}<`),
    { attributes },
  );
}
accept(
  'syntax/name-id-in-cdata',
  'CDATA and references are normalised; nothing is cut off.',
  edit(signAssertion(response()), '>ada@example.com<', '><![CDATA[ada]]>&#64;example<![CDATA[.com]]><'),
);
accept(
  'syntax/carriage-return-by-reference',
  'A carriage return by reference stays one.',
  signAssertion(response({ assertion: edit(assertion(), 'engineering', 'a&#13;&#10;b&#9;c') })),
  { attributes: { department: ['a\r\nb\tc'] } },
);
accept(
  'syntax/white-space-in-attributes-by-reference',
  'Attribute values are normalised before they count.',
  edit(
    signAssertion(response({ assertion: edit(assertion(), '_session', 'a&#10;b&#9;c&#13;d') })),
    'a&#10;b&#9;c&#13;d',
    'a&#xA;b&#x9;c&#xd;d',
  ),
  { sessionIndex: 'a\nb\tc\rd' },
);
accept(
  'syntax/white-space-in-attributes',
  'Attribute values are normalised before they count.',
  edit(signAssertion(response({ assertion: edit(assertion(), '_session', 'a b c d') })), 'a b c d', 'a\nb\tc\r\nd'),
  { sessionIndex: 'a b c d' },
);
accept(
  'syntax/entities-in-a-url',
  'The URL is what the references stand for.',
  signBoth(
    response({
      destination: 'https://sp.example/acs?a=1&b=2',
      assertion: assertion({ subject: subject({ confirmations: [confirmedAt('https://sp.example/acs?a=1&amp;b=2')] }) }),
    }),
  ),
  { signed: 'Response' },
  { acsUrl: 'https://sp.example/acs?a=1&b=2' },
);

function confirmedAt(recipient) {
  return `<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="${scene.end}" Recipient="${recipient}"/></saml:SubjectConfirmation>`;
}

// Attribute values
const xsi = `xmlns:xsi="${ns.xsi}" xmlns:xs="${ns.xs}"`;
const values = (...all) =>
  `<saml:AttributeStatement><saml:Attribute Name="department">${all.join('')}</saml:Attribute></saml:AttributeStatement>`;
const valued = {
  several: [
    values(element('saml:AttributeValue', 'a'), element('saml:AttributeValue', 'b'), element('saml:AttributeValue', 'a')),
    ['a', 'b', 'a'],
  ],
  typed: [values(`<saml:AttributeValue ${xsi} xsi:type="xs:string">a</saml:AttributeValue>`), ['a']],
  nil: [values(`<saml:AttributeValue ${xsi} xsi:nil="true"/>`, element('saml:AttributeValue', 'a')), ['a']],
  'nil-as-one': [values(`<saml:AttributeValue ${xsi} xsi:nil="1"/>`), []],
  'not-nil': [values(`<saml:AttributeValue ${xsi} xsi:nil="false">a</saml:AttributeValue>`), ['a']],
  empty: [values('<saml:AttributeValue/>', '<saml:AttributeValue></saml:AttributeValue>'), ['', '']],
  none: [values(), []],
  'in-white-space': [values('<saml:AttributeValue>\n  a b\n</saml:AttributeValue>'), ['a b']],
  'with-a-name-id': [
    values(
      `<saml:AttributeValue>\n<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">x</saml:NameID>\n</saml:AttributeValue>`,
    ),
    ['x'],
  ],
  'with-deeper-markup': [values('<saml:AttributeValue><a><b>x</b></a></saml:AttributeValue>'), ['']],
  'with-mixed-content': [values('<saml:AttributeValue>x<b>y</b></saml:AttributeValue>'), ['']],
  'split-over-two-attributes': [
    attributeStatement({ department: ['a'] }) + attributeStatement({ department: ['b'] }),
    ['a', 'b'],
  ],
  'with-a-friendly-name': [
    values(element('saml:AttributeValue', 'a')).replace(
      'Name="department"',
      'Name="department" FriendlyName="Department" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic"',
    ),
    ['a'],
  ],
};
for (const [name, [attributes, expected]] of Object.entries(valued)) {
  accept(
    `syntax/value-${name}`,
    'Every way to give values.',
    signAssertion(response({ assertion: assertion({ attributeStatement: attributes }) })),
    { attributes: { department: expected } },
  );
}
accept(
  'syntax/no-attribute-statement',
  'Attributes are optional.',
  signAssertion(response({ assertion: assertion({ attributeStatement: '' }) })),
);

// How the form carries it
accept('syntax/form-in-lines', 'Base64 in lines (RFC 2045).', sound, {}, { posted: { lines: '\r\n' } });
accept('syntax/form-in-lines-of-unix', 'Base64 in lines.', sound, {}, { posted: { lines: '\n' } });
accept(
  'syntax/form-with-spaces',
  'A form turns `+` into a space only when it is not escaped; spaces between are layout.',
  sound,
  {},
  { posted: { lines: ' \t' } },
);
accept('syntax/prefixes-bound-anew', 'Elements are known by namespace and local name, never by prefix.', swapped());

/** The two prefixes of SAML with each other's namespace. */
function swapped() {
  const other = response({ declarations: `xmlns:saml="${ns.samlp}" xmlns:samlp="${ns.saml}"`, assertion: assertion() });
  const exchanged = other.replaceAll(
    /(<\/?)(samlp|saml):/g,
    (_, start, prefix) => `${start}${prefix === 'saml' ? 'samlp' : 'saml'}:`,
  );
  return sign(exchanged, { id: '_assertion' });
}
accept(
  'syntax/no-name-clash-with-attributes-of-other-namespaces',
  'Attributes of other namespaces are not those of SAML.',
  signAssertion(
    response({
      assertion: assertion({ attributes: ' xmlns:x="urn:x" x:Version="1.0" x:ID2="y"', subject: subject({ id: nameId() }) }),
    }),
  ),
);
