import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pause } from './browser';

const top = fileURLToPath(new URL('../../..', import.meta.url));
const binary = join(top, 'bin', 'sangdam');

/** Where media may travel: not 127.0.0.1, which Firefox never pairs. */
const mediaAddress = process.env.SANGDAM_E2E_ADDRESS ?? '127.0.0.1';

/** The last port that was given out: below those that outgoing connections get, any of which may take one at once. */
let port = 20_000 + (process.pid % 1000) * 10;

async function freePort(): Promise<number> {
  for (;;) {
    port += 1;
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, () => resolve(true));
    });
    if (!free) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

/** A program that the test started, its output, and its end. */
class Program {
  output = '';
  private readonly process: ChildProcess;
  /** the exit code, once it has ended */
  readonly ended: Promise<number | null>;
  /** the exit code, once all of its output was read */
  readonly closed: Promise<number | null>;

  constructor(file: string, args: string[], env: Record<string, string> = {}) {
    this.process = spawn(file, args, {
      cwd: top,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (chunk: Buffer) => {
      this.output = (this.output + chunk.toString()).slice(-200_000);
    };
    this.process.stdout?.on('data', keep);
    this.process.stderr?.on('data', keep);
    this.ended = new Promise((resolve, reject) => {
      this.process.on('error', reject);
      this.process.on('exit', resolve);
    });
    this.closed = new Promise((resolve) => this.process.on('close', resolve));
  }

  /** for what the system counts of it; 0 when it did not start */
  get pid(): number {
    return this.process.pid ?? 0;
  }

  async says(what: RegExp, ms = 15_000): Promise<void> {
    const deadline = Date.now() + ms;
    while (!what.test(this.output)) {
      if (this.process.exitCode !== null || Date.now() > deadline) {
        throw new Error(`waited for ${what}; exit code ${this.process.exitCode}; it said:\n${this.output}`);
      }
      await pause(20);
    }
  }

  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.process.exitCode === null) this.process.kill(signal);
    return this.ended;
  }
}

/** The links that a server told its operator, by whom they are for. */
export type Links = Map<string, string>;

/** Reads the lines `  whom   http://…` of a server's own output. */
function readLinks(output: string): Links {
  const links: Links = new Map();
  for (const [, whom, url] of output.matchAll(/^ {2}(\S.*?) {1,}(https?:\/\/\S+)$/gm)) {
    if (whom && url) links.set(whom, url);
  }
  return links;
}

export interface Fair {
  /** the URL of a link; fails when the server told none */
  link(whom: string): string;
  /** the consultation that is open now */
  open: { id: string; booth: string; interpreter: boolean };
  log(): string;
  end(): Promise<void>;
}

/** What `make demo` starts, its URLs read from its own output. */
export async function startDemo(): Promise<Fair> {
  const port = await freePort();
  const program = new Program(binary, [
    'demo',
    '--listen',
    `127.0.0.1:${port}`,
    '--media-advertise',
    mediaAddress,
  ]);
  await program.says(/To stop: Ctrl-C/);
  const links = readLinks(program.output);
  const open = /^Open now, .*: (\S+), .* in (.+)\.$/m.exec(program.output);
  if (!open?.[1] || !open[2]) throw new Error(`the demo does not say what is open:\n${program.output}`);
  return {
    link: (whom) => need(links, whom, program.output),
    open: { id: open[1], booth: open[2], interpreter: links.has('interpreter') },
    log: () => program.output,
    end: async () => {
      await program.end();
    },
  };
}

function need(links: Links, whom: string, output: string): string {
  const url = links.get(whom);
  if (!url) throw new Error(`no link for ${whom} in:\n${output}`);
  return url;
}

/** What a test changes of a stored event; durations are nanoseconds. */
export interface StoredEvent {
  policy: Record<string, number | number[]>;
  consultations: { id: string; start: string; end: string }[];
}

/** A real redis-server with an append-only file in a folder of its own. */
export class Redis {
  private constructor(
    private readonly program: Program,
    private readonly folder: string,
    readonly url: string,
  ) {}

  static async start(): Promise<Redis> {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'sangdam-e2e-redis-'));
    const program = new Program('redis-server', [
      ...['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder],
      ...['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''],
    ]);
    await program.says(/Ready to accept connections/);
    return new Redis(program, folder, `redis://127.0.0.1:${port}/0`);
  }

  /** Changes an event behind the server's back, while none runs: times to the second are not for a table. */
  async change(event: string, how: (event: StoredEvent) => void): Promise<void> {
    const key = `sangdam:{${event}}:event`;
    const stored = JSON.parse(await this.ask('GET', key)) as StoredEvent;
    how(stored);
    stored.consultations.sort((a, b) => Date.parse(a.start) - Date.parse(b.start) || (a.id < b.id ? -1 : 1));
    const told = await this.ask('SET', key, JSON.stringify(stored));
    if (told.trim() !== 'OK') throw new Error(`redis: ${told}`);
  }

  private async ask(...words: string[]): Promise<string> {
    const program = new Program('redis-cli', ['-u', this.url, '--raw', ...words]);
    const code = await program.closed;
    if (code !== 0) throw new Error(`redis-cli: ${program.output}`);
    return program.output;
  }

  async end(): Promise<void> {
    await this.program.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** `sangdam serve` on a real Redis; it can be killed and started again. */
export class Server {
  private program: Program | null = null;
  private links: Links = new Map();
  private readonly data = mkdtempSync(join(tmpdir(), 'sangdam-e2e-data-'));

  private constructor(
    private readonly redis: Redis,
    private readonly port: number,
    private readonly media: number,
    /** the UDP port of its relay; null: pages are not served by TLS, and nobody needs a relay */
    private readonly relay: number | null,
  ) {}

  /** `secret`: with TLS at an address of the network's, and with a relay by UDP, too. */
  static async create(redis: Redis, { secret = false } = {}): Promise<Server> {
    return new Server(redis, await freePort(), await freePort(), secret ? await freePort() : null);
  }

  get origin(): string {
    return this.relay === null ? `http://127.0.0.1:${this.port}` : `https://${mediaAddress}:${this.port}`;
  }

  /** Imports a timetable as a coordinator would; links are read from the output. */
  async import(event: string, file: string): Promise<string> {
    const told = await this.command(
      'import',
      '--redis',
      this.redis.url,
      '--public-url',
      this.origin,
      '--data',
      this.data,
      '--event',
      event,
      file,
    );
    if (told.code !== 0) throw new Error(`import: ${told.output}`);
    for (const [whom, url] of readLinks(told.output)) this.links.set(whom, url);
    return told.output;
  }

  /** The links of an event, as they are printed again later. */
  async again(event: string): Promise<string[]> {
    const told = await this.command(
      ...['links', '--redis', this.redis.url, '--public-url', this.origin, '--data', this.data, event],
    );
    if (told.code !== 0) throw new Error(`links: ${told.output}`);
    return [...told.output.matchAll(/https?:\/\/\S+/g)].map(([url]) => url).sort();
  }

  async start(...more: string[]): Promise<void> {
    this.program = new Program(binary, [
      ...[
        'serve',
        '--listen',
        new URL(this.origin).host,
        '--public-url',
        this.origin,
        '--redis',
        this.redis.url,
      ],
      ...(this.relay === null ? [] : ['--tls-self-signed', '--turn-udp', `${mediaAddress}:${this.relay}`]),
      ...['--data', this.data, '--media-udp', `:${this.media}`, '--media-tcp', `:${this.media}`],
      ...['--media-advertise', mediaAddress],
      ...more,
    ]);
    await this.program.says(/Sangdam serves http/);
  }

  /** As a power cut would: no goodbye to anybody. */
  async kill(): Promise<void> {
    await this.program?.end('SIGKILL');
    this.program = null;
  }

  /** Makes an account of the staff; its passphrase is read from the output. */
  async account(login: string, right: string): Promise<string> {
    const told = await this.command(
      ...['account', 'add', '--redis', this.redis.url, '--right', right, login],
    );
    const passphrase = /^Passphrase, told this once: (\S+)$/m.exec(told.output)?.[1];
    if (told.code !== 0 || !passphrase) throw new Error(`account add: ${told.output}`);
    return passphrase;
  }

  /** Runs another subcommand to its end. */
  async command(...args: string[]): Promise<{ code: number | null; output: string }> {
    const program = new Program(binary, args);
    const deadline = setTimeout(() => void program.end('SIGKILL'), 20_000);
    const [code] = await Promise.all([program.closed, program.ended]);
    clearTimeout(deadline);
    return { code, output: program.output };
  }

  verify(): Promise<{ code: number | null; output: string }> {
    return this.command('verify', '--redis', this.redis.url);
  }

  link(whom: string): string {
    return need(this.links, whom, [...this.links.keys()].join(', '));
  }

  log(): string {
    return this.program?.output ?? '';
  }

  /** of the process that runs now, 0 when none does */
  get pid(): number {
    return this.program?.pid ?? 0;
  }

  async end(): Promise<void> {
    await this.program?.end();
    rmSync(this.data, { recursive: true, force: true });
  }
}
