// What workerd itself takes to start and to answer.
export default { fetch: () => new Response('ok') };
