// Drives MQTT.js; see agent.js.
import mqtt from 'mqtt';
import { run, say } from './agent.js';

const versions = {
  '3.1': { protocolId: 'MQIsdp', protocolVersion: 3 },
  '3.1.1': { protocolId: 'MQTT', protocolVersion: 4 },
  '5': { protocolId: 'MQTT', protocolVersion: 5 },
};

/** The fields that have a value: MQTT.js writes a property that is present and undefined. */
const present = fields => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

class Connection {
  constructor(name) {
    this.name = name;
    this.isConnected = false;
    this.isLeaving = false;
  }

  connect(request) {
    this.isV5 = request.version === '5';
    this.client = mqtt.connect({
      ...versions[request.version],
      protocol: 'mqtt',
      host: request.host,
      port: request.port,
      clientId: request.clientId,
      clean: request.cleanStart,
      keepalive: 30,
      reconnectPeriod: 1000,      // until it is connected: a bad link can lose CONNECT until the broker's patience is over
      will: request.will && this.will(request.will),
      properties: this.isV5
        ? present({
            sessionExpiryInterval: request.sessionExpiry,
            receiveMaximum: request.receiveMaximum,
            topicAliasMaximum: request.topicAliasMaximum,
          })
        : undefined,
    });
    this.client.on('message', (topic, payload, packet) => this.onMessage(topic, payload, packet));
    this.client.on('disconnect', packet => { this.reason = packet.reasonCode; });
    this.client.on('close', () => {
      if (this.isConnected && !this.isLeaving) say({ event: 'closed', client: this.name, reason: this.reason });
    });
    return new Promise((resolve, reject) => {
      this.client.once('connect', connack => {
        this.isConnected = true;
        this.client.options.reconnectPeriod = 0;
        resolve({
          sessionPresent: connack.sessionPresent,
          assignedClientId: connack.properties?.assignedClientIdentifier,
        });
      });
      this.client.on('error', error => {
        this.client.options.reconnectPeriod = 0;
        reject(error);
      });
    });
  }

  will({ topic, payload, qos, retain, delay }) {
    const will = { topic, payload: Buffer.from(payload, 'base64'), qos, retain };
    return this.isV5 ? { ...will, properties: { willDelayInterval: delay } } : will;
  }

  async subscribe({ filters, qos, noLocal, retainAsPublished, retainHandling, identifier }) {
    const options = this.isV5 ? { qos, nl: noLocal, rap: retainAsPublished, rh: retainHandling } : { qos };
    if (identifier !== undefined) options.properties = { subscriptionIdentifier: identifier };
    const granted = await this.client.subscribeAsync(Object.fromEntries(filters.map(filter => [filter, options])),
      identifier === undefined ? {} : { properties: options.properties });
    return { codes: granted.map(grant => grant.qos) };
  }

  async unsubscribe({ filter }) {
    const packet = await new Promise((resolve, reject) =>
      this.client.unsubscribe(filter, (error, unsuback) => error ? reject(error) : resolve(unsuback)));
    return { codes: this.isV5 ? packet.granted : [] };
  }

  async publish(request) {
    const { topic, payload, qos, retain } = request;
    const options = { qos, retain };
    if (this.isV5) options.properties = this.properties(request);
    await this.client.publishAsync(topic, Buffer.from(payload, 'base64'), options);
  }

  properties(request) {
    const user = {};
    for (const [name, value] of request.userProperties) (user[name] ??= []).push(value);
    return present({
      contentType: request.contentType,
      responseTopic: request.responseTopic,
      correlationData: request.correlationData && Buffer.from(request.correlationData),
      messageExpiryInterval: request.messageExpiry,
      payloadFormatIndicator: request.payloadFormat === undefined ? undefined : request.payloadFormat === 1,
      topicAlias: request.topicAlias,
      userProperties: request.userProperties.length > 0 ? user : undefined,
    });
  }

  async disconnect({ reason }) {
    this.isLeaving = true;
    await this.client.endAsync(false, reason === 0 ? {} : { reasonCode: reason });
  }

  onMessage(topic, payload, packet) {
    const properties = packet.properties ?? {};
    const identifiers = properties.subscriptionIdentifier;
    say({
      event: 'message',
      client: this.name,
      topic,
      payload: payload.toString('base64'),
      qos: packet.qos,
      retain: packet.retain,
      contentType: properties.contentType,
      responseTopic: properties.responseTopic,
      correlationData: properties.correlationData?.toString(),
      messageExpiry: properties.messageExpiryInterval,
      payloadFormat: properties.payloadFormatIndicator === undefined ? undefined : Number(properties.payloadFormatIndicator),
      identifiers: identifiers === undefined ? undefined : [identifiers].flat(),
      userProperties: Object.entries(properties.userProperties ?? {}).flatMap(([name, value]) => [value].flat().map(one => [name, one])),
    });
  }
}

run(name => new Connection(name));
