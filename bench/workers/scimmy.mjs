// scimmy-routers on Express, with users and groups in memory. Prints the port that it listens on.
import { randomUUID } from 'node:crypto';
import express from 'express';
import SCIMMY from 'scimmy';
import SCIMMYRouters from 'scimmy-routers';

const { Resources, Types } = SCIMMY;

/** Handlers of one type of resource, of which `key` is unique whatever its case. */
function inMemory(Resource, key) {
  const [byId, byKey] = [new Map(), new Map()];
  const folded = (data) => data[key].toLowerCase();
  const found = (id) => {
    if (!byId.has(id)) throw new Types.Error(404, null, `Resource ${id} not found`);
    return byId.get(id);
  };
  Resources.declare(Resource)
    .ingress(({ id = randomUUID() }, data) => {
      const owner = byKey.get(folded(data));
      if (owner !== undefined && owner !== id) throw new Types.Error(409, 'uniqueness', `${key} is taken`);
      const previous = byId.get(id);
      if (previous) byKey.delete(folded(previous));
      const now = new Date();
      const made = { ...JSON.parse(JSON.stringify(data)), id, meta: { created: previous?.meta.created ?? now, lastModified: now } };
      byId.set(id, made);
      byKey.set(folded(made), id);
      return made;
    })
    .egress(({ id, filter }) => {
      if (id) return found(id);
      const all = [...byId.values()];
      return filter ? filter.match(all) : all;
    })
    .degress(({ id }) => {
      byKey.delete(folded(found(id)));
      byId.delete(id);
    });
}

inMemory(Resources.User, 'userName');
inMemory(Resources.Group, 'displayName');

const app = express();
app.use('/scim', new SCIMMYRouters({ type: 'bearer', handler: () => 'bench' }));
const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
