// A client on u8-mqtt (3.1.1 and 5.0) that publishes each message it gets, at the QoS it was told, on another topic.
//
//   node u8-echo.js HOST PORT VERSION CLIENT-ID CLEAN FILTER TOPIC QOS
//
// VERSION is 3.1.1 or 5, CLEAN true or false. Prints "ready" after the SUBACK. Its will, on the same topic, is "gone". Ends by
// SIGKILL, or cleanly after a message "leave".
import { mqtt_v4, mqtt_v5 } from 'u8-mqtt';

const [host, port, version, clientId, clean, filter, topic, qos] = process.argv.slice(2);
const client = (version === '5' ? mqtt_v5() : mqtt_v4()).with({ log_conn() {} }).with_tcp(Number(port), host);

client.on_topic('*', async packet => {
  if (packet.utf8() === 'leave') {
    await client.disconnect();
    process.exit(0);
  }
  await client.pub({ topic, payload: packet.payload, qos: Number(qos) });
});

await client.connect({
  client_id: clientId,
  keep_alive: 30,
  flags: { clean_start: clean === 'true' },
  will: { topic, payload: new TextEncoder().encode('gone'), qos: 1, props: version === '5' ? {} : undefined },
  props: version === '5' ? { session_expiry_interval: clean === 'true' ? 0 : 3600 } : undefined,
});
await client.subscribe({ topics: [{ topic: filter, opts: { qos: 1 } }] });
console.log('ready');
