// The fragment is the address of a view: `#/accounts/demo/users?email=ada`. Links and Back then work
// wherever the page is mounted, and the server sees none of it.

/** `path` is a list of segments. */
export function link(path, query = {}) {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value)).toString();
  return `#/${path.map(encodeURIComponent).join('/')}${search ? `?${search}` : ''}`;
}

export function address() {
  const [path, search = ''] = location.hash.replace(/^#\/?/, '').split('?', 2);
  return { path: path.split('/').map(decoded).filter(Boolean), query: Object.fromEntries(new URLSearchParams(search)) };
}

function decoded(segment) {
  // A dot segment would make another API path of the one that is meant.
  if (/^(\.|%2e){1,2}$/i.test(segment)) return '';
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** `routes` is a list of [pattern, view]; `:name` in a pattern matches one segment. */
export function match(routes, path) {
  for (const [pattern, view] of routes) {
    const wanted = pattern.split('/');
    if (wanted.length !== path.length) continue;
    if (!wanted.every((part, index) => part.startsWith(':') || part === path[index])) continue;
    const parameters = Object.fromEntries(
      wanted.flatMap((part, index) => (part.startsWith(':') ? [[part.slice(1), path[index]]] : [])),
    );
    return { view, parameters };
  }
  return null;
}
