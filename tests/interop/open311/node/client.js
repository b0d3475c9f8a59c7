// Reads and writes through the npm package `open311`; prints what came back as one JSON document.
const Open311 = require('open311');

const [base, apiKey, number] = process.argv.slice(2);
const client = new Open311({ endpoint: `${base}/open311/v2/`, discovery: `${base}/open311/discovery.json`, apiKey, jurisdiction: '127.0.0.1' });
const promised = (name, ...given) =>
  new Promise((resolve, reject) => client[name](...given, (error, data) => (error ? reject(new Error(data)) : resolve(data))));

async function main() {
  const found = {};
  found.discovery = await promised('serviceDiscovery', {});
  found.services = await promised('serviceList');
  found.definition = await promised('serviceDefinition', 'lights');
  found.request = await promised('serviceRequest', number, {});
  found.requests = await promised('serviceRequests', { status: 'open' });
  found.several = await promised('serviceRequests', [number], {});
  const sent = { service_code: 'lights', lat: 26.0745, long: 119.2965, description: '灯不亮', attributes: { pole: 'B-7', dark: 'yes' } };
  found.filed = await promised('submitRequest', sent);
  const quiet = await promised('submitRequest', { service_code: 'secrets', address_string: '1 Main Street', description: 'quiet' });
  found.token = await promised('token', quiet[0].token);
  found.refused = await promised('submitRequest', { service_code: 'lights', description: 'nowhere' }).catch((error) => error.message);
  process.stdout.write(JSON.stringify(found));
}

main().catch((error) => { process.stderr.write(`${error.stack}\n`); process.exit(1); });
