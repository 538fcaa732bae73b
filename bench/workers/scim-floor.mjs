// The floors of SCIM: a worker that does nothing but one D1 read, or one D1 batch of the writes that a new user needs.
const HEADERS = { 'content-type': 'application/scim+json' };

export default {
  async fetch(request, env) {
    const { searchParams } = new URL(request.url);
    const name = searchParams.get('name');
    if (request.method === 'GET') {
      const select = env.DB.prepare(`SELECT * FROM users WHERE account_id = 'bench' AND user_name_folded = ?1`);
      const { results } = await select.bind(name.toLowerCase()).all();
      return Response.json({ totalResults: results.length, Resources: results }, { headers: HEADERS });
    }
    const document = await request.text();
    const [id, now] = [crypto.randomUUID(), Date.now()];
    await env.DB.batch([
      env.DB.prepare(
        `INSERT INTO provisioning_log (account_id, id, at, client, method, path, status, outcome, actor, resource, detail)
           VALUES ('bench', ?1, ?2, 'other', 'POST', '/Users', 201, 'done', 'service-account/bench', 'user/' || ?1, '{}')`,
      ).bind(id, now),
      env.DB.prepare(
        `INSERT INTO users (account_id, id, email, email_folded, active, managed_by, created_at, updated_at, version, user_name,
           user_name_folded, scim) VALUES ('bench', ?1, ?2, lower(?2), 1, 'scim', ?3, ?3, 1, ?2, lower(?2), ?4)`,
      ).bind(id, name, now, document),
      env.DB.prepare(
        `INSERT INTO changes (account_id, id, at, actor, action, resource, version, after)
           VALUES ('bench', ?1, ?2, 'service-account/bench', 'user.created', 'user/' || ?1, 1, ?3)`,
      ).bind(id, now, document),
    ]);
    return new Response(document, { status: 201, headers: HEADERS });
  },
};
