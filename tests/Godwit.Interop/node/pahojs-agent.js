// Drives Eclipse Paho for JavaScript, MQTT 3.1 and 3.1.1; see agent.js.
import { createRequire } from 'node:module';
import { run, say } from './agent.js';
import { TcpWebSocket } from './tcp-websocket.js';

globalThis.WebSocket = TcpWebSocket;
const { Client, Message } = createRequire(import.meta.url)('paho-mqtt');

class Connection {
  constructor(name) {
    this.name = name;
    this.delivered = new Map();
  }

  connect(request) {
    this.client = new Client(request.host, request.port, '/mqtt', request.clientId);
    this.client.onMessageArrived = message => this.onMessage(message);
    this.client.onMessageDelivered = message => this.delivered.get(message)?.();
    const options = {
      mqttVersion: request.version === '3.1' ? 3 : 4,
      mqttVersionExplicit: true,
      cleanSession: request.cleanStart,
      keepAliveInterval: 30,
      reconnect: false,
    };
    if (request.will) options.willMessage = message(request.will);
    return new Promise((resolve, reject) => {
      // Called after the CONNACK, which this library does not show; its Session Present stays unknown.
      options.onSuccess = () => resolve({});
      options.onFailure = reject;
      this.client.onConnectionLost = ({ errorCode }) => {
        if (errorCode === 0) this.left?.();
        else say({ event: 'closed', client: this.name });
      };
      this.client.connect(options);
    });
  }

  async subscribe({ filters, qos }) {
    const codes = [];
    for (const filter of filters) {
      codes.push(await new Promise((resolve, reject) => this.client.subscribe(filter, {
        qos,
        onSuccess: ({ grantedQos }) => resolve(grantedQos[0] ?? grantedQos),
        onFailure: reject,
      })));
    }
    return { codes };
  }

  unsubscribe({ filter }) {
    return new Promise((resolve, reject) => this.client.unsubscribe(filter, { onSuccess: () => resolve({ codes: [] }), onFailure: reject }));
  }

  publish(request) {
    return new Promise(resolve => {
      const sent = message(request);
      this.delivered.set(sent, () => resolve({}));
      this.client.send(sent);
    });
  }

  disconnect() {
    return new Promise(resolve => {
      this.left = () => resolve({});
      this.client.disconnect();
    });
  }

  onMessage({ destinationName, payloadBytes, qos, retained }) {
    say({
      event: 'message',
      client: this.name,
      topic: destinationName,
      payload: Buffer.from(payloadBytes).toString('base64'),
      qos,
      retain: retained,
    });
  }
}

function message({ topic, payload, qos, retain }) {
  const result = new Message(new Uint8Array(Buffer.from(payload, 'base64')));
  result.destinationName = topic;
  result.qos = qos;
  result.retained = retain;
  return result;
}

run(name => new Connection(name));
