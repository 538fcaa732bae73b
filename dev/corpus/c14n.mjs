// Generated documents with their canonical form by xml-crypto, which our canonicalizer is compared with.
import { data } from './case.mjs';
import { exclusive, parse } from './sign.mjs';

/** Where xml-crypto 6.3 departs from the W3C's text, these constructs are left out; xml/src/c14n_tests.rs has them. */
const leftOut = [
  'Prefixes are in lower case: xml-crypto orders declarations by locale, not by code points.',
  'Namespace names are of one length: it orders attributes by namespace and local name in one string.',
  'Names are ASCII: it orders by UTF-16 units.',
  'Namespace names need no escaping: it writes them as they are.',
  'No U+0085 or U+2028: its parser takes them for line ends, as XML 1.1 does.',
  'No CDATA section is empty: it takes one for an element and fails.',
  'No local name is a prefix of the list: it takes any attribute of that local name for a declaration.',
  'No list has #default: it knows prefixes only.',
  'A listed prefix that the apex declares itself is not declared around it: it would take the outer one.',
];
const COUNT = 400;

/** Mulberry32: the same numbers each time. */
function random(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}

const prefixes = ['a', 'b', 'ds', 'saml', 'xs'];
const uris = ['urn:n1', 'urn:n2', 'urn:n3', 'urn:n4'];
const locals = ['x', 'y', 'Item', 'w-1', '_z', 'q.r'];
const texts = [
  'text',
  ' ',
  '\n  ',
  '\t',
  '\r\n',
  '\r',
  '&amp;',
  '&lt;',
  '&gt;',
  '>',
  '"',
  "'",
  '&quot;',
  '&apos;',
  '&#13;',
  '&#xA;',
  '&#9;',
  '\u00e4',
  '\u20ac',
  '\u{1f600}',
  '&#x1F680;',
  '&#128512;',
  '<![CDATA[<&>]]>',
  '<![CDATA[a\r\nb]]>',
  '<![CDATA[ ]]>',
  ']] >',
  'e\u0301',
];
const values = [
  '',
  'v',
  ' v  w ',
  '&amp;',
  '&lt;',
  '&gt;',
  '>',
  '&quot;',
  '&apos;',
  '&#9;',
  '&#10;',
  '&#13;',
  '\t',
  '\n',
  '\r\n',
  '\u00fc',
  '\u{1f600}',
  '&#x1F680;',
  "'",
];

/** A document, the way to its apex, and a prefix list. */
function generate(roll) {
  const pick = (list) => list[roll(list.length)];
  const some = (most, make) => Array.from({ length: roll(most + 1) }, make).join('');
  function element(depth, scope) {
    const inside = new Map(scope);
    const declared = new Map();
    for (let n = roll(4) && roll(3); n > 0; n--) {
      const prefix = roll(4) ? pick(prefixes) : '';
      const uri = prefix || roll(3) ? pick(uris) : '';
      declared.set(prefix, uri);
    }
    for (const [prefix, uri] of declared) inside.set(prefix, uri);
    const bound = [...inside.keys()].filter((prefix) => prefix !== '' || inside.get('') !== undefined);
    const usable = bound.filter((prefix) => prefix !== '');
    const prefix = roll(3) && usable.length ? pick(usable) : '';
    const name = `${prefix ? `${prefix}:` : ''}${pick(locals)}`;
    const attributes = new Map();
    for (let n = roll(4); n > 0; n--) {
      const of = roll(2) && usable.length ? pick(usable) : '';
      const local = pick(['n1', 'n2', 'N3', 'm']);
      attributes.set(`${of ? inside.get(of) : ''} ${local}`, `${of ? `${of}:` : ''}${local}`);
    }
    if (!roll(8)) attributes.set('xml', 'xml:lang');
    const quoted = () =>
      roll(3) ? `"${some(3, () => pick(values))}"` : `'${some(3, () => pick(values.filter((v) => !v.includes("'"))))}'`;
    const parts = [
      ...[...declared].map(([p, uri]) => `xmlns${p ? `:${p}` : ''}="${uri}"`),
      ...[...attributes.values()].map((written) => `${written}=${quoted()}`),
    ];
    for (let at = parts.length - 1; at > 0; at--) {
      const other = roll(at + 1);
      [parts[at], parts[other]] = [parts[other], parts[at]];
    }
    const start = `<${[name, ...parts].join(roll(5) ? ' ' : '\n ')}`;
    const content = depth ? some(4, () => (roll(2) ? element(depth - 1, inside) : pick(texts))) : some(2, () => pick(texts));
    return content || roll(2) ? `${start}>${content}</${name}>` : `${start}/>`;
  }
  const xml = element(3, new Map());
  const path = [];
  for (let at = parse(xml).documentElement; roll(3);) {
    const children = Array.from(at.childNodes).filter((child) => child.nodeType === 1);
    if (children.length === 0) break;
    const index = roll(children.length);
    path.push(index);
    at = children[index];
  }
  const list = roll(3) ? [] : prefixes.filter(() => !roll(3));
  return { xml, path, list };
}

function at(xml, path) {
  return path.reduce(
    (node, index) => Array.from(node.childNodes).filter((child) => child.nodeType === 1)[index],
    parse(xml).documentElement,
  );
}

function isLeftOut(apex, list) {
  const own = Array.from(apex.attributes)
    .filter(({ prefix }) => prefix === 'xmlns')
    .map(({ localName }) => localName);
  const around = [];
  for (let up = apex.parentNode; up?.attributes; up = up.parentNode) {
    around.push(
      ...Array.from(up.attributes)
        .filter(({ prefix }) => prefix === 'xmlns')
        .map(({ localName }) => localName),
    );
  }
  return list.some((prefix) => own.includes(prefix) && around.includes(prefix));
}

const documents = [];
const seen = new Set();
for (let seed = 1; documents.length < COUNT; seed++) {
  const { xml, path, list } = generate(random(seed));
  const apex = at(xml, path);
  if (xml.length < 60 || xml.length > 700 || isLeftOut(apex, list) || seen.has(xml)) continue;
  seen.add(xml);
  documents.push([xml, path, list.join(' '), exclusive(apex, list)]);
}
data('c14n.json', { leftOut, documents });
