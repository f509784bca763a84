// As much of the browser's WebSocket as Eclipse Paho for JavaScript uses, over a plain TCP connection: the MQTT packets are the
// same, only the framing around them is left out.
import { connect } from 'node:net';

export class TcpWebSocket {
  constructor(url) {
    const { hostname, port } = new URL(url);
    this.socket = connect(Number(port), hostname);
    this.socket.on('connect', () => this.onopen?.());
    this.socket.on('data', bytes => this.onmessage?.({ data: new Uint8Array(bytes).buffer }));
    this.socket.on('error', error => this.onerror?.({ data: error.message }));
    this.socket.on('close', () => this.onclose?.());
  }

  send(buffer) {
    this.socket.write(new Uint8Array(buffer));
  }

  close() {
    this.socket.end();
  }
}
