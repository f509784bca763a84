// The line protocol of a script that drives a client library: one JSON request per line on standard input, one JSON answer or
// event per line on standard output. The fields are those of AgentMessages.cs. Ends with its standard input.
import { createInterface } from 'node:readline';

export function say(fields) {
  process.stdout.write(JSON.stringify(fields) + '\n');
}

/**
 * @param {(name: string) => object} createClient makes a connection: an object with a method per operation, each taking
 *   the request and returning (a promise of) the fields of the answer
 */
export function run(createClient) {
  const clients = new Map();

  createInterface({ input: process.stdin }).on('line', async line => {
    const request = JSON.parse(line);
    try {
      if (request.op === 'connect') clients.set(request.client, createClient(request.client));
      const answer = await clients.get(request.client)[request.op](request);
      say({ ...answer, id: request.id });
    } catch (error) {
      say({ id: request.id, error: String(error?.message ?? error.errorMessage ?? error) });
    }
  }).on('close', () => process.exit(0));

  say({ event: 'ready' });
}
