/** Browsers know codec or do not. */
interface Parameters extends RTCRtpSendParameters {
  encodings: (RTCRtpEncodingParameters & { codec?: RTCRtpCodec })[];
}

/** What is used of a sender. */
export interface Encoder {
  getParameters(): Parameters;
  setParameters(parameters: RTCRtpSendParameters): Promise<void>;
}

/**
 * Encodings is the one hand on a sender's parameters: two that write them at a time would undo each other's. What a
 * browser does not take stays as it is: everything is sent then, in the codec of the answer, and nothing is wrong.
 */
export class Encodings {
  private readonly sender: Encoder;
  private active: ReadonlySet<string> | null = null;
  private mime: string | null = null;
  private turn: Promise<void> = Promise.resolve();

  constructor(sender: Encoder) {
    this.sender = sender;
  }

  /** These layers are to be sent, and no others. */
  layers(rids: readonly string[]): Promise<void> {
    this.active = new Set(rids);
    return this.next(() => this.writeActive());
  }

  /** The codec to encode in, by its MIME type; null is the answer's first. */
  codec(mime: string | null): Promise<void> {
    this.mime = mime;
    return this.next(() => this.writeCodec());
  }

  /** One after the other, and each writes what is wanted when its turn has come. */
  private next(write: () => Promise<void>): Promise<void> {
    this.turn = this.turn.then(write).catch(() => undefined);
    return this.turn;
  }

  private async writeActive(): Promise<void> {
    const { active } = this;
    const parameters = this.sender.getParameters();
    let changed = false;
    for (const encoding of parameters.encodings) {
      if (!active || encoding.rid === undefined) continue;
      const on = active.has(encoding.rid);
      // Absent means active.
      if ((encoding.active ?? true) !== on) {
        encoding.active = on;
        changed = true;
      }
    }
    // A camera none of whose layers were sent would look like one that failed.
    const sends = parameters.encodings.some((encoding) => encoding.active ?? true);
    if (changed && sends) await this.sender.setParameters(parameters);
  }

  private async writeCodec(): Promise<void> {
    const parameters = this.sender.getParameters();
    const wanted = this.mime?.toLowerCase();
    const codec = parameters.codecs.find(({ mimeType }) => mimeType.toLowerCase() === wanted);
    let changed = false;
    for (const encoding of parameters.encodings) {
      const before = encoding.codec?.mimeType.toLowerCase();
      if (before === codec?.mimeType.toLowerCase()) continue;
      changed = true;
      if (codec) encoding.codec = codec;
      else delete encoding.codec;
    }
    if (changed) await this.sender.setParameters(parameters);
  }
}
