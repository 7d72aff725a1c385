import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const binary = fileURLToPath(new URL('../../../bin/crowd', import.meta.url));

/** What somebody does, as the program reads it. */
export interface Order {
  who: string;
  do: 'enter' | 'leave' | 'join' | 'on' | 'off' | 'bye';
  url?: string;
  consultation?: string;
  /** of enter: what the camera shows; its colour goes with it */
  number?: number;
  source?: 'microphone' | 'camera';
}

/** Times are Date.now() of this machine. */
export interface Answer {
  ref: number;
  /** just before the server was asked */
  begun: number;
  done: number;
  error?: string;
}

/** People made of Pion: each is a browser as far as the server can tell. */
export class Crowd {
  private readonly process: ChildProcess;
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private readonly ended: Promise<number | null>;
  private errors = '';
  private ref = 0;

  constructor() {
    this.process = spawn(binary, [], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.process.stderr?.on('data', (chunk: Buffer) => {
      this.errors = (this.errors + chunk.toString()).slice(-4000);
    });
    if (this.process.stdout)
      createInterface({ input: this.process.stdout }).on('line', (line) => {
        const answer = JSON.parse(line) as Answer;
        this.waiting.get(answer.ref)?.(answer);
        this.waiting.delete(answer.ref);
      });
    this.ended = new Promise((resolve, reject) => {
      this.process.on('error', reject);
      this.process.on('exit', resolve);
    });
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  /** Gives an order; the answer comes when it is done, and an error of it is thrown. */
  async order(order: Order): Promise<Answer> {
    this.ref += 1;
    const { ref } = this;
    const answered = new Promise<Answer>((resolve) => this.waiting.set(ref, resolve));
    this.process.stdin?.write(`${JSON.stringify({ ref, ...order })}\n`);
    const answer = await answered;
    if (answer.error) throw new Error(`${order.who} ${order.do}: ${answer.error}\n${this.errors}`);
    return answer;
  }

  async end(): Promise<void> {
    this.process.stdin?.end();
    await this.ended;
  }
}
