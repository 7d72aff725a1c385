import { Unreachable } from '../protocol/failure';
import type { ClientType, WireError } from '../protocol/types';
import { type Message, Requests } from './requests';

/** Why a socket is no more. `error` is the server's last word, null when the network took it. */
export interface SocketEnd {
  closeCode: number;
  error: WireError | null;
}

export interface SocketEvents {
  /** everything that is not a reply */
  message(message: Message): void;
  /** every message, replies too, before anybody else sees it */
  received(message: Message): void;
  ended(end: SocketEnd): void;
}

export const subprotocol = 'sangdam.v1';

/** Socket is one WebSocket from its opening to its end, which is told exactly once. */
export class Socket {
  private readonly ws: WebSocket;
  private readonly requests: Requests;
  private readonly events: SocketEvents;
  private lastWord: WireError | null = null;
  private over = false;

  private constructor(ws: WebSocket, events: SocketEvents) {
    this.ws = ws;
    this.events = events;
    this.requests = new Requests((message) => this.write(message));
    ws.onmessage = (event) => this.read(event.data);
    ws.onclose = (event) => this.end(event.code);
  }

  /** `patience`: how long it may take to open, in milliseconds */
  static open(url: string, patience: number, events: SocketEvents): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const ws = new WebSocket(url, subprotocol);
      const giveUp = (why: string) => {
        clearTimeout(timer);
        ws.onopen = ws.onclose = null;
        ws.close();
        reject(new Unreachable(why));
      };
      const timer = setTimeout(() => giveUp('the socket did not open in time'), patience);
      ws.onclose = () => giveUp('the socket did not open');
      ws.onopen = () => {
        clearTimeout(timer);
        ws.onopen = null;
        resolve(new Socket(ws, events));
      };
    });
  }

  ask<T>(type: ClientType, body: unknown, timeout: number): Promise<T> {
    if (this.over) return Promise.reject(new Unreachable('the socket is closed'));
    return this.requests.ask<T>(type, body, timeout);
  }

  tell(type: ClientType): void {
    this.write({ type });
  }

  /**
   * Ends it now. A close handshake on a dead network takes minutes, so nobody
   * waits for it.
   */
  drop(): void {
    this.ws.onmessage = this.ws.onclose = null;
    this.ws.close();
    this.end(1006);
  }

  private write(message: Message): void {
    if (this.ws.readyState === WebSocket.OPEN) this.ws.send(JSON.stringify(message));
  }

  private read(data: unknown): void {
    if (typeof data !== 'string') return;
    const message = JSON.parse(data) as Message;
    this.events.received(message);
    if (this.requests.settle(message)) return;
    if (message.type === 'error') {
      this.lastWord = message.body as WireError;
      return;
    }
    this.events.message(message);
  }

  private end(closeCode: number): void {
    if (this.over) return;
    this.over = true;
    this.requests.failAll(new Unreachable('the socket closed'));
    this.events.ended({ closeCode, error: this.lastWord });
  }
}
