// What an attacker can fill a post with: each kind is work for another part of the reader.

const numbered = (n, one) => Array.from({ length: n }, (_, at) => one(at)).join('');
const long = (text, length) => text.repeat(Math.ceil(length / text.length)).slice(0, length);

/** An empty tag of 12 bytes, which in its canonical form is smaller: with so many, there is no need for text around. */
const empty = (name) => `<${name}${' '.repeat(9 - name.length)}/>`;

/** Beyond a bound of the whole document, or of one element: refused wherever it stands. */
const tooMuch = 'document_too_large';

/** What is longer in its canonical form: it would be more than 256 KiB there. */
const grows = { inside: tooMuch, insideWhole: tooMuch, signedInfo: tooMuch, reference: tooMuch, signed: null };
/** The same, where it is a part of the signature that is canonicalized with its namespace declaration. */
const growsInSignature = { signedInfo: tooMuch, reference: tooMuch };

/**
 * `open`, then `unit(i)` as often as there is room, but `most` times at most, then `close`, then text up to the end. `code`: why a
 * document is refused that would be in order without the content; `codes`: the
 * same by carrier, null where it cannot be signed.
 */
export const contents = {
  'text': { unit: () => 'x'.repeat(64) },
  'text, é': { unit: () => 'é' },
  'text, 漢': { unit: () => '漢' },
  'text, 😀': { unit: () => '😀' },
  'text, U+FFFC': { unit: () => '\ufffc' },
  'text, one é in eight': { unit: () => 'xxxxxxé' },
  'line ends, CR LF': { unit: () => '\r\n' },
  'line ends, CR': { unit: () => '\r', most: 40_000 },
  'line ends, LF': { codes: { signedInfo: 'wrong_key', reference: 'wrong_key' }, unit: () => '\n' },
  'text of >': { codes: grows, unit: () => '>', most: 40_000 },
  'text of ]': { unit: () => ']' },
  'text of ] and >': { codes: growsInSignature, unit: () => ']x>', most: 20_000 },
  'elements, too many': { unit: () => '<b/>', code: tooMuch },
  'elements, too many, with text': { unit: () => '<b>x</b>', code: tooMuch },
  'elements, empty': { codes: growsInSignature, unit: () => empty('b'), most: 19_900 },
  'elements, too many pairs of tags': { unit: () => '<b></b>', code: tooMuch },
  'elements, pairs of tags': { unit: () => '<b></b       >', most: 10_100 },
  'elements, with text': { unit: () => '<b>x</b>', most: 6_700 },
  'elements, between texts': { codes: growsInSignature, unit: () => `x${empty('b')}`, most: 9_900 },
  'elements, prefixed': { codes: grows, unit: () => '<saml:b/>', most: 12_000 },
  'elements, names of many letters': { codes: grows, unit: () => '<abcdefghijk/>', most: 9_000 },
  'elements, names of other letters': { codes: grows, unit: () => '<éééééé/>', most: 20_000 },
  'elements, deep': { unit: () => `${'<b>'.repeat(26)}${'</b>'.repeat(26)}`, most: 390 },
  'elements, deep, with text': { unit: () => `${'<b>x'.repeat(24)}${'</b>y'.repeat(24)}`, most: 200 },
  'elements, too deep': { unit: () => `${'<b>'.repeat(40)}${'</b>'.repeat(40)}`, code: tooMuch },
  'elements, spaces in tags': { unit: () => `<b${' '.repeat(50)}/>` },
  'elements, one name of 170 KB': { codes: grows, unit: () => `<${'b'.repeat(170_000)}/>`, most: 1 },
  'elements, names of 200 letters': { unit: () => `<${'b'.repeat(200)}></${'b'.repeat(200)}>` },
  'attributes, 64 an element': { unit: () => `<b${numbered(64, (at) => ` a${at}=""`)}/>`, code: tooMuch },
  'attributes, 65 on the last element': { unit: () => `<b${numbered(64, (at) => ` a${at}=""`)}/>`, most: 31, after: `<b${numbered(65, (at) => ` a${at}=""`)}/>`, code: tooMuch },
  'attributes, 64 an element, few elements': { unit: () => `<b${numbered(64, (at) => ` a${at}=""`)}/>`, most: 31 },
  'attributes, one an element': { unit: () => '<b a=""/>', code: tooMuch },
  'attributes, one an element, few elements': { unit: () => '<b a=""/>', most: 2_000 },
  'attributes, of equal long names': { unit: () => `<b${numbered(64, (at) => ` ${'a'.repeat(50)}${at}=""`)}/>`, most: 31 },
  'attributes, in another namespace': { codes: { signed: null }, unit: () => `<b${numbered(64, (at) => ` saml:a${at}=""`)}/>`, most: 31 },
  'attributes, twice on the last element': { unit: () => `<b${numbered(64, (at) => ` a${at}=""`)}/>`, most: 31, after: '<b a="" a=""/>', code: 'duplicate_attribute' },
  'attribute value': { unit: () => 'x'.repeat(64), open: '<b a="', close: '"/>' },
  'attribute value, é': { unit: () => 'é', open: '<b a="', close: '"/>' },
  'attribute value of the other quote': { unit: () => "'", open: '<b a="', close: '"/>', most: 65_000 },
  'attribute value of too many of the other quote': { unit: () => "'", open: '<b a="', close: '"/>', code: tooMuch },
  'attribute value of quotes to escape': { codes: grows, unit: () => '"', open: "<b a='", close: "'/>", most: 20_000 },
  'attribute value of >': { unit: () => '>', open: '<b a="', close: '"/>', most: 65_000 },
  'attribute value of tabs': { unit: () => '\t', open: '<b a="', close: '"/>' },
  'attribute value of CR LF': { unit: () => '\r\n', open: '<b a="', close: '"/>' },
  'attribute value of tabs and letters': { unit: () => '\tx', open: '<b a="', close: '"/>' },
  'attribute value of references': { unit: () => '&lt;', open: '<b a="', close: '"/>', code: tooMuch },
  'attribute value of some references': { unit: () => '&lt;', open: '<b a="', close: '"/>', most: 20_000 },
  'attribute value with <': { unit: () => 'x'.repeat(64), open: '<b a="', after: '', close: '<"/>', code: 'not_xml' },
  'references': { unit: () => '&lt;', code: tooMuch },
  'references to characters': { unit: () => '&#65;', code: tooMuch },
  'some references': { unit: () => '&lt;', most: 20_000 },
  'some references between texts': { unit: () => '&#65;x', most: 10_000 },
  'some references, long': { unit: () => `&#${'0'.repeat(20)}65;` },
  'one reference of 170 KB': { unit: () => `&#${'0'.repeat(170_000)}65;`, most: 1 },
  'a reference to nothing at the end': { unit: () => 'x'.repeat(64), close: '&nothing;', code: 'entity_not_allowed' },
  'CDATA sections': { unit: () => '<![CDATA[]]>' },
  'CDATA sections, with text': { unit: () => '<![CDATA[x]]>y', most: 10_000 },
  'one CDATA section': { unit: () => 'x'.repeat(64), open: '<![CDATA[', close: ']]>' },
  'one CDATA section of ]': { unit: () => ']', open: '<![CDATA[', close: ' ]]>' },
  'one CDATA section of ] and >': { codes: grows, unit: () => ']>', open: '<![CDATA[', close: ' ]]>', most: 40_000 },
  'one CDATA section of <': { codes: grows, unit: () => '<', open: '<![CDATA[', close: ']]>', most: 60_000 },
  'declarations, 64 an element': { unit: () => `<b${numbered(64, (at) => ` xmlns:a${at}="u:a"`)}/>`, code: tooMuch },
  'declarations, 64 an element, few elements': { unit: () => `<b${numbered(64, (at) => ` xmlns:a${at}="u:a"`)}/>`, most: 31 },
  'declarations, of different URIs': { unit: (i) => `<b${numbered(64, (at) => ` xmlns:a${at}="u:${i}-${at}"`)}/>`, most: 31 },
  'declarations, of long URIs that begin alike': { unit: (i) => `<b xmlns="u:${long('a', 1000)}${i}"/>` },
  'declarations, one an element, written again': { unit: (i) => `<b xmlns="u:${i}"/>`, most: 2_000 },
  'declarations, used again and again': {
    open: `<b xmlns:a="u:${long('a', 2000)}">`,
    unit: () => '<a:c/>',
    close: '</b>',
    most: 19_000,
    codes: grows,
  },
  'prefixes, the outermost of 126': {
    open: `<b xmlns:a="u:a"${numbered(62, (at) => ` xmlns:p${at}="u:p"`)}><b${numbered(61, (at) => ` xmlns:q${at}="u:q"`)}>`,
    unit: () => '<a:c/>',
    close: '</b></b>',
    most: 19_800,
    codes: grows,
  },
  'prefixes, the outermost of 126, declared once': {
    open: `<b xmlns:a="u:a"${numbered(62, (at) => ` xmlns:p${at}="u:p"`)}><a:b${numbered(61, (at) => ` xmlns:q${at}="u:q"`)}>`,
    unit: () => empty('a:c'),
    close: '</a:b></b>',
    codes: growsInSignature,
    most: 19_800,
  },
  'prefixes, many that begin alike': {
    open: `<b${numbered(60, (at) => ` xmlns:${'p'.repeat(20)}${at}="u:p"`)}><b${numbered(60, (at) => ` xmlns:${'q'.repeat(20)}${at}="u:q"`)}>`,
    unit: (i) => `<${'p'.repeat(20)}${i % 60}:c/>`,
    close: '</b></b>',
    codes: grows,
  },
  'an unbound prefix at the end': { unit: () => '<b/>', most: 19_000, after: '<unbound:b/>', code: 'unbound_prefix' },
  'identifiers': { unit: (i) => `<b ID="i${i}"/>`, most: 2_000 },
  'identifiers that begin alike': { unit: (i) => `<b ID="${'i'.repeat(50)}${i}"/>`, most: 2_000 },
  'identifiers, one twice': { unit: (i) => `<b ID="i${i}"/>`, most: 2_000, after: '<b ID="i0"/>', code: 'duplicate_id' },
  'identifiers of other names': { unit: (i) => `<b iD="i${i}"/>`, most: 2_000 },
  'signatures': { unit: () => '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>', code: 'signature_misplaced', most: 2_000 },
  'assertions': { unit: () => '<saml:Assertion/>', code: 'too_many_assertions' },
  'encrypted assertions': { unit: () => '<saml:EncryptedAssertion/>', code: 'too_many_assertions' },
  'a comment at the end': { unit: () => 'x'.repeat(64), close: '<!-- -->', code: 'comment_not_allowed' },
  'a comment of 256 KiB': { unit: () => '-x', open: '<!--', close: '-->', code: 'comment_not_allowed' },
  'a processing instruction of 256 KiB': { unit: () => '? ', open: '<?a ', close: '?>', code: 'processing_instruction_not_allowed' },
  'an end tag that is missing': { unit: () => '<b/>', most: 19_000, after: '<b>', code: 'not_xml' },
  'a NUL at the end': { unit: () => 'x'.repeat(64), close: '\0', code: 'not_xml' },
  'a byte that is not UTF-8 at the end': { unit: () => 'x'.repeat(64), close: '\xff', latin: true, code: 'not_utf8' },
  'a byte that is not UTF-8 after é': { unit: () => 'Ã©', close: '\xff', latin: true, code: 'not_utf8' },
  'everything, within its bounds': {
    unit: (i) => `<saml:b${i}>&lt;é</saml:b${i}><c a="&amp;" xmlns="u:${i}">x<![CDATA[\r\n]]></c><d/>`,
    most: 1_850,
    codes: { ...growsInSignature, signed: null },
  },
};
