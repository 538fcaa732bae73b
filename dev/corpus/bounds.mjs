// Every bound of the XML reader: a soundly signed response at it, and one just beyond.
import { accept, refuse } from './case.mjs';
import { assertion, edit, response } from './documents.mjs';
import { parse, signAssertion, signResponse } from './sign.mjs';

const why = 'Bounds before work; each is its own error.';

/** The responses that carry `content` beside the signed assertion, in it, and in a signed Response. */
function carriers(content) {
  const value = (text) => edit(assertion(), 'engineering', text);
  return {
    'beside-the-assertion': signAssertion(response({ extensions: `<samlp:Extensions>${content}</samlp:Extensions>` })),
    'in-the-assertion': signAssertion(response({ assertion: value(content) })),
    'in-a-signed-response': signResponse(response({ assertion: value(content) })),
  };
}

/** Both sides of a bound: `content(n)` has the bound's size when `n` is chosen by `at(carrier without content)`. */
function bound(name, limit, content, at) {
  for (const where of Object.keys(carriers(''))) {
    const largest = at(carriers(content(0).text)[where], where);
    const [within, beyond] = [largest, largest + 1].map((n) => pack(carriers(content(n).text)[where], content(n).repeat));
    const signed = where === 'in-a-signed-response' ? 'Response' : 'Assertion';
    accept(`bounds/${name}-${where}`, why, within.document, { signed }, within.settings);
    refuse(`bounds/${name}-${where}`, `document_too_large: ${limit}`, why, beyond.document, beyond.settings);
  }
}

/** Writes what is repeated as a mark, so that the file stays small. */
function pack(document, [text, times]) {
  if (times < 100) return { document, settings: {} };
  const mark = '{repeated}';
  return { document: edit(document, text.repeat(times), mark), settings: { repeat: { [mark]: [text, times] } } };
}

const numbered = (n, one) => Array.from({ length: n }, (_, at) => one(at)).join('');

bound(
  'bytes',
  'Bytes',
  (n) => ({ text: 'x'.repeat(n), repeat: ['x', n] }),
  (empty) => 256 * 1024 - Buffer.byteLength(empty),
);
bound(
  'nodes',
  'Nodes',
  (n) => ({ text: `<b/>${'<b/>'.repeat(n)}`, repeat: ['<b/>', n + 1] }),
  (empty) => 20_000 - nodes(parse(empty)),
);
bound(
  'depth',
  'Depth',
  (n) => ({ text: `${'<b>'.repeat(n)}${'</b>'.repeat(n)}`, repeat: ['', 0] }),
  (_, where) => (where === 'beside-the-assertion' ? 30 : 27),
);
bound(
  'attributes',
  'Attributes',
  (n) => ({ text: `<b${numbered(n, (at) => ` a${at}=""`)}/>`, repeat: ['', 0] }),
  () => 64,
);
bound(
  'declarations',
  'Declarations',
  (n) => ({ text: `<b${numbered(n, (at) => ` xmlns:a${at}="urn:a"`)}/>`, repeat: ['', 0] }),
  () => 64,
);
// 64 around, and two of the Response itself.
bound(
  'declarations-in-scope',
  'DeclarationsInScope',
  (n) => ({
    text: `<b${numbered(64, (at) => ` xmlns:a${at}="urn:a"`)}><c${numbered(n, (at) => ` xmlns:b${at}="urn:b"`)}/></b>`,
    repeat: ['', 0],
  }),
  () => 62,
);

bound(
  'all-attributes',
  'AllAttributes',
  (n) => ({ text: `<b/>${'<b a=""/>'.repeat(n)}`, repeat: ['<b a=""/>', n] }),
  (empty) => 2_048 - attributes(parse(empty).documentElement, false),
);
bound(
  'all-declarations',
  'AllDeclarations',
  (n) => ({ text: `<b/>${'<b xmlns="urn:b"/>'.repeat(n)}`, repeat: ['<b xmlns="urn:b"/>', n] }),
  (empty) => 2_048 - attributes(parse(empty).documentElement, true),
);
bound(
  'marks',
  'Marks',
  (n) => ({ text: '"'.repeat(n), repeat: ['"', n] }),
  (empty) => 65_536 - empty.match(/['">]/g).length,
);
// References are cheaper to write than elements: as many as make up the rest.
bound(
  'pieces',
  'Pieces',
  (n) => ({ text: '&#97;'.repeat(n), repeat: ['&#97;', n] }),
  (empty) => 20_480 - pieces(empty),
);

/** Tags and the texts between them, in a document without references and CDATA sections. */
function pieces(xml) {
  const tags = xml.match(/<[^>]*>/g).length;
  return tags + xml.split(/<[^>]*>/).filter((text) => text !== '').length;
}

/** All attributes of an element and those inside it, or all namespace declarations. */
function attributes(element, declarations) {
  const own = Array.from(element.attributes).filter(({ name }) => /^xmlns(:|$)/.test(name) === declarations).length;
  const children = Array.from(element.childNodes).filter((child) => child.attributes);
  return children.reduce((sum, child) => sum + attributes(child, declarations), own);
}

/** Elements and texts. */
function nodes(node) {
  return Array.from(node.childNodes).reduce((sum, child) => sum + 1 + (child.childNodes ? nodes(child) : 0), 0);
}
