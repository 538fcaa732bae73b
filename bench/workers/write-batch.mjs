// The floor of a sign-in: a worker that does nothing but one D1 batch of the same writes to the same tables.
const random = () => crypto.randomUUID();

export default {
  async fetch(request, env) {
    await request.arrayBuffer();
    const user = new URL(request.url).searchParams.get('user');
    const now = Date.now();
    const provider = 'provider';
    const email = `${user}@example.com`;
    await env.DB.batch([
      env.DB.prepare(
        `INSERT INTO sign_ins (account_id, id, at, outcome, initiated_by, provider_id, provider_name, user_id, email, name_id,
           decision, trace) VALUES ('bench', ?1, ?2, 'signed_in', 'idp', ?3, 'Bench', ?4, ?5, ?5, 'existing_user', '[]')`,
      ).bind(random(), now, provider, user, email),
      env.DB.prepare(`INSERT INTO spent (account_id, kind, id, expires_at) VALUES ('bench', 'assertion', ?1, ?2)`).bind(random(), now),
      env.DB.prepare(`UPDATE users SET last_sign_in_at = ?2 WHERE account_id = 'bench' AND id = ?1`).bind(user, now),
      env.DB.prepare(
        `INSERT INTO sessions (account_id, digest, id, user_id, provider_id, name_id, created_at, seen_at, expires_at)
           VALUES ('bench', ?1, ?2, ?3, ?4, ?5, ?6, ?6, ?6)`,
      ).bind(random(), random(), user, provider, email, now),
    ]);
    return new Response(null, { status: 303, headers: { location: '/' } });
  },
};
