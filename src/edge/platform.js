// What the module asks of the platform in one piece, as text where it is more than one thing. To cross from WebAssembly to JavaScript
// costs at each string, and a closure made for a single promise costs more than that.

/** A request as JSON: its method, its URL and the values of header fields, null for one that is not there. */
export function sent(request, names) {
  const { headers } = request;
  return JSON.stringify([request.method, request.url, names.map((name) => headers.get(name))]);
}

/** A Response. `fields` are the names and values of header fields as JSON; `body` is copied, for it is the module's memory. */
export function response(status, fields, body) {
  const headers = JSON.parse(fields);
  // An object is read faster than a list, which is needed where a field is there twice.
  const byName = Object.fromEntries(headers);
  return new Response(body?.slice(), { status, headers: Object.keys(byName).length === headers.length ? byName : headers });
}

/**
 * What the database of an environment answers to statements, as JSON: of each its columns and its rows. `statements` is their SQL with
 * a NUL between each two, `parameters` a list for each as JSON.
 */
export async function ask({ DB: database }, statements, parameters) {
  if (!database) throw new Error('The Worker has no D1 database bound as DB');
  const values = JSON.parse(parameters);
  const prepared = statements.split('\0').map((sql, at) => database.prepare(sql).bind(...values[at]));
  if (prepared.length === 1) {
    // One alone needs no batch, which D1 takes longer for.
    const [columns = [], ...rows] = await prepared[0].raw({ columnNames: true });
    return JSON.stringify([{ columns, rows }]);
  }
  const answers = await database.batch(prepared);
  return JSON.stringify(answers.map(({ results }) => ({ columns: Object.keys(results[0] ?? {}), rows: results.map(Object.values) })));
}

/** Tells what becomes of a promise: its number, whether it is kept, and its value or error. */
export function tell(promise, number, settled) {
  promise.then(
    (value) => settled(number, true, value),
    (error) => settled(number, false, error),
  );
}
