import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pause } from './browser';

/**
 * Debian 12's simple-whip-client is linked with libsoup 2, and its libnice brings in libsoup 3 by a library
 * for UPnP; the two end the program when they meet. No test opens a port by UPnP, so that an empty library
 * stands in that one's place.
 */
function withoutUpnp(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sangdam-encoder-'));
  const source = join(folder, 'upnp.c');
  const name = 'libgupnp-igd-1.0.so.4';
  writeFileSync(
    source,
    `void gupnp_simple_igd_add_port(void) {}
     void gupnp_simple_igd_remove_port_local(void) {}
     unsigned long gupnp_simple_igd_get_type(void) { return 0; }
     void *gupnp_simple_igd_thread_new(void) { return 0; }`,
  );
  execFileSync('gcc', ['-shared', '-fPIC', `-Wl,-soname,${name}`, '-o', join(folder, name), source]);
  return folder;
}

/** An encoder that is not ours, GStreamer, with a picture of one colour and a tone of 440 Hz. */
export class Encoder {
  private readonly folder = withoutUpnp();
  private readonly process: ChildProcess;
  said = '';
  ended = false;

  constructor(url: string, token: string, colour: readonly number[]) {
    const argb = `0xff${colour.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
    const picture = [
      `videotestsrc is-live=true pattern=solid-color foreground-color=${argb}`,
      'video/x-raw,width=640,height=360,framerate=15/1',
      'videoconvert',
      'vp8enc deadline=1 target-bitrate=500000 keyframe-max-dist=600',
      'rtpvp8pay pt=96 ssrc=2 picture-id-mode=2',
      'queue',
      'application/x-rtp,media=video,encoding-name=VP8,payload=96',
    ];
    const sound = [
      'audiotestsrc is-live=true wave=sine freq=440',
      'audioconvert',
      'audioresample',
      'queue',
      'opusenc perfect-timestamp=true',
      'rtpopuspay pt=100 ssrc=1',
      'queue',
      'application/x-rtp,media=audio,encoding-name=OPUS,payload=100',
    ];
    this.process = spawn(
      'whip-client',
      [
        ...['--url', url, '--token', token, '--disable-colors'],
        ...['--video', picture.join(' ! '), '--audio', sound.join(' ! ')],
      ],
      { env: { ...process.env, LD_LIBRARY_PATH: this.folder } },
    );
    for (const out of [this.process.stdout, this.process.stderr])
      out?.on('data', (text) => {
        this.said += text;
      });
    this.process.on('exit', () => {
      this.ended = true;
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  /** As with Ctrl-C: it says so by DELETE. */
  stop(): void {
    this.process.kill('SIGINT');
  }

  async gone(ms = 20_000): Promise<void> {
    const deadline = Date.now() + ms;
    while (!this.ended) {
      if (Date.now() > deadline) throw new Error(`the encoder goes on and said:\n${this.said}`);
      await pause(50);
    }
  }

  async end(): Promise<void> {
    if (!this.ended) this.process.kill('SIGKILL');
    await this.gone();
  }
}
