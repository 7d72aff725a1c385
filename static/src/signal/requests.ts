import { Refused, Unreachable } from '../protocol/failure';
import type { WireError } from '../protocol/types';

/** The frame of every message. */
export interface Message {
  type: string;
  ref?: number;
  body?: unknown;
}

interface Pending {
  resolve: (body: unknown) => void;
  reject: (reason: Error) => void;
  timer: ReturnType<typeof setTimeout>;
}

/**
 * Requests pairs each request with its one reply by ref. It belongs to one
 * socket: when that is gone, every pending request fails as unreachable and the
 * asker decides whether to ask again.
 */
export class Requests {
  private ref = 0;
  private readonly pending = new Map<number, Pending>();
  private readonly send: (message: Message) => void;

  constructor(send: (message: Message) => void) {
    this.send = send;
  }

  ask<T>(type: string, body: unknown, timeout: number): Promise<T> {
    this.ref += 1;
    const ref = this.ref;
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.pending.delete(ref);
        reject(new Unreachable(`no reply to ${type}`));
      }, timeout);
      this.pending.set(ref, { resolve: (answer) => resolve(answer as T), reject, timer });
      this.send({ type, ref, body });
    });
  }

  /** Takes a reply; false when the message is not one, or nobody waits for it any more. */
  settle(message: Message): boolean {
    if (!message.ref) return false;
    const waiting = this.pending.get(message.ref);
    if (!waiting) return true;
    this.pending.delete(message.ref);
    clearTimeout(waiting.timer);
    if (message.type === 'error') waiting.reject(new Refused(message.body as WireError));
    else waiting.resolve(message.body);
    return true;
  }

  failAll(reason: Error): void {
    const waiting = [...this.pending.values()];
    this.pending.clear();
    for (const p of waiting) {
      clearTimeout(p.timer);
      p.reject(reason);
    }
  }
}
