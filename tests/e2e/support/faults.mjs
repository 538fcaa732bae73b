// A D1 database that fails on demand and counts. The classes carry the names of the real ones: the worker's bindings
// look at the name before they believe that something is a database.

/**
 * Reads `before@2`, `after@1`, `before@1+`, or several of these with commas between them. Calls are numbered from 1
 * in each request. `before`: the call fails and did nothing. `after`: it took effect and fails all the same.
 * `+`: so does every later call.
 */
export function faultsFrom(text) {
  return (text ?? '')
    .split(',')
    .filter(Boolean)
    .map((part) => {
      const match = part.trim().match(/^(before|after)@(\d+)(\+?)$/);
      if (!match) throw new Error(`x-test-fault: cannot read "${part}"`);
      return { when: match[1], from: Number(match[2]), to: match[3] ? Infinity : Number(match[2]) };
    });
}

const waiting = new Map();

/** Reads `name@2`: before its second call the request waits for another one that is to meet it there. */
export function meetingFrom(text) {
  if (!text) return null;
  const at = text.lastIndexOf('@');
  return { name: text.slice(0, at), call: Number(text.slice(at + 1)) };
}

async function meet(name) {
  waiting.set(name, (waiting.get(name) ?? 0) + 1);
  // A promise that only the other request resolves looks to the runtime as if this one hung.
  for (let turn = 0; waiting.get(name) < 2; turn += 1) {
    if (turn > 10_000) throw new Error(`x-test-meet: nobody else came to ${name}`);
    await scheduler.wait(1);
  }
}

/**
 * `{ binding, calls, rowsRead }`: a stand-in for `real` that fails as `faults` say and waits as `meeting` says, how many
 * calls it has had, and how many rows these have read as D1 counts them.
 */
export function proxiedDatabase(real, faults, meeting = null) {
  let count = 0;
  let rowsRead = 0;
  async function call(work) {
    const number = ++count;
    if (meeting?.call === number) await meet(meeting.name);
    const fault = faults.find(({ from, to }) => from <= number && number <= to);
    // The shape and words in which D1 reports a lost connection.
    const lost = () => {
      const cause = new Error(`Network connection lost. (test fault ${fault.when} call ${number})`);
      return new Error(`D1_ERROR: ${cause.message}`, { cause });
    };
    if (fault?.when === 'before') throw lost();
    const result = await work();
    if (fault?.when === 'after') throw lost();
    return result;
  }

  async function batch(database, statements) {
    const results = await database.batch(statements.map((statement) => statement.real));
    for (const { meta } of results) rowsRead += meta.rows_read;
    return results;
  }

  async function all(statement) {
    const result = await statement.all();
    rowsRead += result.meta.rows_read;
    return result;
  }

  /** What D1 says of a statement it counts in `all` alone. */
  async function raw(statement, { columnNames = false } = {}) {
    const { results } = await all(statement);
    const names = columnNames && results.length > 0 ? [Object.keys(results[0])] : [];
    return [...names, ...results.map(Object.values)];
  }

  class D1PreparedStatement {
    constructor(statement) {
      this.real = statement;
    }
    bind(...values) {
      return new D1PreparedStatement(this.real.bind(...values));
    }
    first(...args) {
      return call(() => this.real.first(...args));
    }
    run() {
      return call(() => this.real.run());
    }
    all() {
      return call(() => all(this.real));
    }
    raw(options) {
      return call(() => raw(this.real, options));
    }
  }

  class D1DatabaseSession {
    constructor(target) {
      this.real = target;
    }
    prepare(sql) {
      return new D1PreparedStatement(this.real.prepare(sql));
    }
    batch(statements) {
      return call(() => batch(this.real, statements));
    }
    getBookmark() {
      return this.real.getBookmark();
    }
  }

  class D1Database {
    prepare(sql) {
      return new D1PreparedStatement(real.prepare(sql));
    }
    batch(statements) {
      return call(() => batch(real, statements));
    }
    exec(sql) {
      return call(() => real.exec(sql));
    }
    withSession(constraint) {
      return new D1DatabaseSession(real.withSession(constraint));
    }
  }

  return { binding: new D1Database(), calls: () => count, rowsRead: () => rowsRead };
}
