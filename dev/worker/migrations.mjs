// Applies migrations/*.sql to a D1 database, with the record that `wrangler d1 migrations apply` keeps,
// so that either may follow the other.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { unstable_splitSqlQuery as statementsOf } from 'wrangler';
import { migrationsFolder } from './options.mjs';

const RECORD = 'd1_migrations';

/** `[{ name, statements }]` in the order in which they apply. */
function migrations() {
  const names = readdirSync(migrationsFolder).filter((name) => name.endsWith('.sql')).sort();
  return names.map((name) => ({ name, statements: statementsOf(readFileSync(join(migrationsFolder, name), 'utf8')) }));
}

/** Applies what is not applied yet, each file in one transaction with its record. Resolves to the names applied. */
export async function applyMigrations(db) {
  await db
    .prepare(
      `CREATE TABLE IF NOT EXISTS ${RECORD} (
         id INTEGER PRIMARY KEY AUTOINCREMENT,
         name TEXT UNIQUE,
         applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
       )`,
    )
    .run();
  const { results } = await db.prepare(`SELECT name FROM ${RECORD}`).all();
  const done = new Set(results.map((row) => row.name));
  const pending = migrations().filter(({ name }) => !done.has(name));
  for (const { name, statements } of pending) {
    const record = db.prepare(`INSERT INTO ${RECORD} (name) VALUES (?)`).bind(name);
    await db.batch([...statements.map((sql) => db.prepare(sql)), record]);
  }
  return pending.map(({ name }) => name);
}
