// The reader in the page (see package truth). It runs before the page's own scripts, sends nothing, and keeps what it
// saw and heard until report() is called. All times are milliseconds of the wall clock, which every page of this machine shares.
(() => {
  if (window.__truth) return;

  const loop = 10_000; // ms
  const shelf = 100_000; // entries that one stream keeps: an hour of film
  const now = () => performance.timeOrigin + performance.now();
  const streams = [];
  const stats = [];
  const connections = []; // {number, pc}
  const local = []; // {track, clone}
  const faults = [];
  const fault = (error) => {
    if (faults.length < 20) faults.push(String(error));
  };

  // ---- the picture's code: two rows of ten dots (package picture) ----

  const canvas = document.createElement('canvas');
  canvas.width = 40;
  canvas.height = 8;
  const brush = canvas.getContext('2d', { willReadFrequently: true });

  /** The sender and the number of a frame; null when it carries no code. */
  function seen(source, width, height) {
    brush.drawImage(source, 0, 0, width, Math.min(height, width / 5), 0, 0, 40, 8);
    const { data } = brush.getImageData(0, 0, 40, 8);
    const dots = [];
    for (let i = 0; i < 20; i++) {
      const at = (4 * Math.floor(i / 10) + 1) * 40 + 4 * (i % 10) + 1;
      let sum = 0;
      for (const p of [at, at + 1, at + 40, at + 41]) sum += data[4 * p] + data[4 * p + 1] + data[4 * p + 2];
      dots.push(sum);
    }
    if (dots[0] - dots[1] < 500) return null; // of 3060: no light and dark
    const threshold = (dots[0] + dots[1]) / 2;
    const bits = (from, count) => {
      let v = 0;
      for (let i = from; i < from + count; i++) v = 2 * v + (dots[i] > threshold ? 1 : 0);
      return v;
    };
    const frame = bits(2, 8);
    const sender = bits(10, 4);
    return bits(14, 6) === (frame * 29 + sender * 47 + 21) % 61 ? { frame, sender } : null;
  }

  function newStream(kind, track, own, label, role, participant = '') {
    const stream = { kind, track: track.id, own, label, role, participant, begun: now(), frames: [], runs: [] };
    streams.push(stream);
    return stream;
  }

  function frameOf(stream, at, code) {
    if (stream.frames.length >= shelf) stream.frames.shift();
    stream.frames.push(code ? [at, code.frame, code.sender] : [at, -1, -1]);
  }

  // ---- the sound's code: three tones (sound.go) ----

  const size = 1024; // 21 ms
  const hann = Float64Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));
  const cosines = Float64Array.from({ length: size / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / size));
  const sines = Float64Array.from({ length: size / 2 }, (_, i) => Math.sin((2 * Math.PI * i) / size));
  const re = new Float64Array(size);
  const im = new Float64Array(size);

  function transform() {
    for (let i = 1, j = 0; i < size; i++) {
      let bit = size >> 1;
      for (; j & bit; bit >>= 1) j ^= bit;
      j ^= bit;
      if (i < j) {
        [re[i], re[j]] = [re[j], re[i]];
        [im[i], im[j]] = [im[j], im[i]];
      }
    }
    for (let half = 1; half < size; half *= 2) {
      const step = size / (2 * half);
      for (let i = 0; i < size; i += 2 * half) {
        for (let k = 0; k < half; k++) {
          const a = i + k;
          const b = a + half;
          const x = re[b] * cosines[k * step] + im[b] * sines[k * step];
          const y = im[b] * cosines[k * step] - re[b] * sines[k * step];
          re[b] = re[a] - x;
          im[b] = im[a] - y;
          re[a] += x;
          im[a] += y;
        }
      }
    }
  }

  /** a - b, on a circle. */
  const between = (a, b, round) => ((((a - b + round / 2) % round) + round) % round) - round / 2;

  /** Hears one track: windows of 21 ms, one every 10 ms, become runs of sound in which the code goes on as time does. */
  class Ear {
    constructor(stream, rate) {
      this.stream = stream;
      this.rate = rate;
      this.ring = new Float64Array(size);
      this.at = 0;
      this.fresh = 0;
      this.run = null; // {t0, t1, offset, sender, votes}
      this.strange = []; // windows that do not go on with the run
    }

    /** Takes samples of which the last was heard at `end`. */
    take(samples, end, audible) {
      const hop = Math.round(this.rate / 100);
      for (let i = 0; i < samples.length; i++) {
        this.ring[this.at] = samples[i];
        this.at = (this.at + 1) % size;
        if (++this.fresh >= hop) {
          this.fresh = 0;
          const centre = end - ((samples.length - 1 - i + size / 2) / this.rate) * 1000;
          this.window(centre, audible ? this.listen(centre) : null);
        }
      }
    }

    peak(low, high) {
      const bin = this.rate / size;
      let best = 0;
      for (let i = Math.round(low / bin); i <= Math.round(high / bin); i++) if (this.power[i] > this.power[best] || !best) best = i;
      const [a, b, c] = [this.power[best - 1], this.power[best], this.power[best + 1]].map((p) => Math.log(p + 1e-20));
      const shift = a - 2 * b + c === 0 ? 0 : (0.5 * (a - c)) / (a - 2 * b + c);
      let energy = 0;
      for (let i = best - 2; i <= best + 2; i++) energy += this.power[i];
      return { hertz: (best + shift) * bin, energy };
    }

    /** The second, the milliseconds within it, and the sender; null when this is no code. */
    listen(centre) {
      let energy = 0;
      for (let i = 0; i < size; i++) {
        const v = this.ring[(this.at + i) % size];
        energy += v * v;
        re[i] = v * hann[i];
        im[i] = 0;
      }
      if (energy / size < 1e-5) return null; // below -50 dBFS
      transform();
      this.power ??= new Float64Array(size / 2);
      for (let i = 0; i < size / 2; i++) this.power[i] = re[i] * re[i] + im[i] * im[i];
      const bin = this.rate / size;
      let total = 0;
      for (let i = Math.round(300 / bin); i < Math.round(4100 / bin); i++) total += this.power[i];
      const who = this.peak(1880, 2420);
      const second = this.peak(2570, 3170);
      const glide = this.peak(370, 1630);
      // Concealment and noise spread over the bands. Where the glide leaps back two tones share its window.
      if (who.energy + glide.energy + second.energy < 0.6 * total) return null;
      if (Math.min(who.energy, glide.energy) < 0.03 * total) return null;
      const sender = Math.round((who.hertz - 1850) / 60);
      if (sender < 1 || sender > 9) return null;
      return { within: ((glide.hertz - 400) / 1200) * 1000, second: Math.round((second.hertz - 2600) / 60), sender };
    }

    window(at, heard) {
      const run = this.run;
      if (run && heard && heard.sender === run.sender) {
        const off = between(at - heard.within, run.offset, 1000);
        // Concealment drones on for a moment: the code stands while time goes on.
        const former = run.recent.find((w) => at - w.at >= 50 && at - w.at < 80);
        if (former && between(run.offset + off, former.offset, 1000) > 0.8 * (at - former.at)) {
          run.t1 = former.at;
          this.close();
          this.run = null;
          return;
        }
        if (Math.abs(off) < 25 && at - run.t1 < 45) {
          // A jitter buffer stretches sound by up to a half, in leaps of 15 ms.
          run.recent = [{ at, offset: run.offset + off }, ...run.recent.slice(0, 7)];
          const [x, y, z] = run.recent.map((w) => w.offset);
          run.offset = z === undefined ? run.offset : Math.max(Math.min(x, y), Math.min(Math.max(x, y), z));
          run.t1 = at;
          this.vote(at, heard);
          this.strange = [];
          if (at - run.t0 >= 250) {
            this.close();
            this.next();
          }
          return;
        }
      }
      if (run && at - run.t1 >= 45) {
        this.close();
        this.run = null;
      }
      if (!heard) {
        this.strange = [];
        return;
      }
      // Three windows that agree make a run.
      const last = this.strange[this.strange.length - 1];
      if (last && (last.sender !== heard.sender || Math.abs(between(at - heard.within, last.at - last.within, 1000)) > 7)) this.strange = [];
      this.strange.push({ at, ...heard });
      if (this.strange.length < 3) return;
      if (this.run) this.close();
      const first = this.strange[0];
      const offset = first.at - first.within + this.strange.reduce((sum, s) => sum + between(s.at - s.within, first.at - first.within, 1000), 0) / 3;
      this.run = { t0: first.at, t1: at, offset, sender: heard.sender, votes: new Array(10).fill(0), recent: [] };
      for (const s of this.strange) this.vote(s.at, s);
      this.strange = [];
    }

    /** One window's opinion on which second of the loop this is. Where the glide leaps it has none. */
    vote(at, { within, second }) {
      if (within < 30 || within > 970) return;
      const ahead = Math.round((second * 1000 + within - (at - this.run.offset)) / 1000);
      this.run.votes[((ahead % 10) + 10) % 10]++;
    }

    next() {
      const { t1, offset, sender, recent } = this.run;
      this.run = { t0: t1, t1, offset, sender, recent, votes: new Array(10).fill(0) };
    }

    close() {
      const { t0, t1, sender, votes } = this.run;
      const ahead = votes.indexOf(Math.max(...votes));
      // A run that begins where the glide leaps has no opinion yet.
      if (votes[ahead] > 2 * votes[0]) {
        this.run.offset -= 1000 * ahead;
        for (const w of this.run.recent) w.offset -= 1000 * ahead;
      }
      const { offset } = this.run;
      const code = (t) => round((((t - offset) % loop) + loop) % loop);
      const round = (v) => Math.round(10 * v) / 10;
      if (this.stream.runs.length >= shelf) this.stream.runs.shift();
      this.stream.runs.push([round(t0), code(t0), round(t1), code(t1), sender]);
    }

    /** What is known now; the run goes on. */
    flush() {
      if (!this.run || this.run.t1 - this.run.t0 < 10) return;
      this.close();
      this.next();
    }
  }

  const ears = [];
  const audibleAs = new Map(); // track id → is an element playing it

  /** Feeds an Ear from a track. The processor's queue outlasts a page that is busy; its time stamps say when sound was, the queue when it came. */
  async function hear(track, stream, audible) {
    let ear = null;
    // The least that arrival lags behind the stamp, of this and of the former five seconds.
    let lag = [Infinity, Infinity];
    let since = now();
    const take = (samples, rate, end) => {
      if (!ear) ears.push((ear = new Ear(stream, rate)));
      ear.take(samples, end, audible());
    };
    if (!window.MediaStreamTrackProcessor) return hearSlowly(track, take);
    const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 500 }).readable.getReader();
    let plane = new Float32Array(0);
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const end = value.timestamp / 1000 + (value.numberOfFrames / value.sampleRate) * 1000;
      const at = now();
      if (at - since > 5000) {
        lag = [Infinity, lag[0]];
        since = at;
      }
      lag[0] = Math.min(lag[0], at - end);
      if (plane.length !== value.numberOfFrames) plane = new Float32Array(value.numberOfFrames);
      value.copyTo(plane, { planeIndex: 0, format: 'f32-planar' });
      take(plane, value.sampleRate, end + Math.min(...lag));
      value.close();
    }
  }

  /** Where a page cannot read a track itself (Firefox) Web Audio does it, some 20 ms later. */
  function hearSlowly(track, take) {
    const context = new AudioContext();
    const node = context.createScriptProcessor(1024, 1, 1);
    node.onaudioprocess = (event) => take(event.inputBuffer.getChannelData(0), context.sampleRate, now());
    context.createMediaStreamSource(new MediaStream([track])).connect(node);
    node.connect(context.destination);
    context.resume();
    track.addEventListener('ended', () => context.close());
    hearSlowly.kept = [...(hearSlowly.kept ?? []), node]; // or else it is collected
  }

  // ---- the page's own camera and microphone: when everything was captured ----

  function follow(track) {
    const clone = track.clone(); // goes on while the page is mute
    local.push({ track, clone });
    const stream = newStream(track.kind, track, true, '', '');
    if (track.kind === 'audio') {
      hear(clone, stream, () => true).catch(fault);
    } else if (window.MediaStreamTrackProcessor) {
      watchOwn(clone, stream).catch(fault);
    }
  }

  async function watchOwn(track, stream) {
    const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 4 }).readable.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const at = now();
      frameOf(stream, at, seen(value, value.displayWidth, value.displayHeight));
      value.close();
    }
  }

  const devices = navigator.mediaDevices;
  if (devices?.getUserMedia) {
    const getUserMedia = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (wish) => {
      // Tones are noise to a suppressor and echo to a canceller.
      const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
      const audio = wish?.audio && { ...(wish.audio === true ? {} : wish.audio), ...raw };
      const stream = await getUserMedia({ ...wish, ...(audio ? { audio } : {}) });
      for (const track of stream.getTracks()) follow(track);
      return stream;
    };
  }

  // ---- what the page shows and plays ----

  const watched = new WeakSet();
  const heardTracks = new WeakSet();
  const foreign = (track) =>
    connections.some(({ pc }) => pc.signalingState !== 'closed' && pc.getReceivers().some((r) => r.track === track));

  function watch(video) {
    let current = null; // stream of what the element shows now
    const step = (_, { presentationTime, width, height }) => {
      video.requestVideoFrameCallback(step);
      const track = video.srcObject?.getVideoTracks?.()[0];
      if (!track || !width || !foreign(track) || video.dataset.shown === 'false') return;
      const tile = video.closest('[data-role]');
      const label = video.getAttribute('aria-label') ?? video.id;
      const role = tile?.dataset.role ?? '';
      const participant = tile?.dataset.participant ?? '';
      if (current?.track !== track.id || current.label !== label || current.role !== role || current.participant !== participant) {
        current = newStream('video', track, false, label, role, participant);
      }
      try {
        frameOf(current, performance.timeOrigin + presentationTime, seen(video, width, height));
      } catch (error) {
        fault(error);
      }
    };
    video.requestVideoFrameCallback(step);
  }

  function look() {
    audibleAs.clear();
    for (const element of document.querySelectorAll('video, audio')) {
      const source = element.srcObject;
      if (!source?.getTracks) continue;
      if (element.tagName === 'VIDEO' && !watched.has(element)) {
        watched.add(element);
        watch(element);
      }
      for (const track of source.getAudioTracks()) {
        if (!element.paused && !element.muted && element.volume > 0) audibleAs.set(track.id, true);
        if (heardTracks.has(track) || !foreign(track)) continue;
        heardTracks.add(track);
        hear(track, newStream('audio', track, false, element.getAttribute('aria-label') ?? element.id, ''), () => audibleAs.get(track.id) === true).catch(fault);
      }
    }
    for (const { track, clone } of local) if (track.readyState === 'ended') clone.stop();
  }
  setInterval(look, 100);

  // ---- statistics, once a second ----

  const Native = window.RTCPeerConnection;
  if (Native) {
    window.RTCPeerConnection = class RTCPeerConnection extends Native {
      constructor(...args) {
        super(...args);
        connections.push({ number: connections.length, pc: this });
      }
    };
  }

  const pick = (from, names) => Object.fromEntries(names.filter((n) => from[n] !== undefined).map((n) => [n, from[n]]));
  const inbound = [
    'kind', 'mid', 'packetsReceived', 'packetsLost', 'bytesReceived', 'totalSamplesReceived', 'concealedSamples', 'silentConcealedSamples', 'concealmentEvents', 'insertedSamplesForDeceleration', 'removedSamplesForAcceleration',
    'jitterBufferDelay', 'jitterBufferEmittedCount', 'framesDecoded', 'framesDropped', 'keyFramesDecoded', 'freezeCount', 'totalFreezesDuration',
    'frameWidth', 'pliCount', 'nackCount', 'retransmittedPacketsReceived', 'fecPacketsReceived',
  ];
  const outbound = [
    'kind', 'mid', 'rid', 'active', 'packetsSent', 'bytesSent', 'framesEncoded', 'keyFramesEncoded', 'frameWidth', 'framesPerSecond', 'targetBitrate',
    'qualityLimitationReason', 'qualityLimitationDurations', 'pliCount', 'nackCount', 'retransmittedPacketsSent',
  ];

  async function count() {
    for (const { number, pc } of connections) {
      if (pc.signalingState === 'closed') continue;
      const report = await pc.getStats();
      const entry = { at: now(), pc: number, state: pc.connectionState, inbound: [], outbound: [], pair: null };
      for (const s of report.values()) {
        if (s.type === 'inbound-rtp' && s.packetsReceived > 0) entry.inbound.push(pick(s, inbound));
        if (s.type === 'outbound-rtp' && s.packetsSent > 0) entry.outbound.push(pick(s, outbound));
        const chosen = s.type === 'transport' ? report.get(s.selectedCandidatePairId) : s.type === 'candidate-pair' && s.selected ? s : null;
        if (chosen) {
          const ours = report.get(chosen.localCandidateId);
          const theirs = report.get(chosen.remoteCandidateId);
          entry.pair = {
            ...pick(chosen, ['currentRoundTripTime', 'availableOutgoingBitrate', 'bytesSent', 'bytesReceived']),
            local: ours?.candidateType ?? '', protocol: ours?.protocol ?? '', relayProtocol: ours?.relayProtocol ?? '',
            remote: theirs?.candidateType ?? '', remotePort: theirs?.port ?? 0,
          };
        }
      }
      if (stats.length >= 3600) stats.shift();
      stats.push(entry);
    }
  }
  let counting = Promise.resolve();
  const recount = () => (counting = counting.then(count).catch(fault));
  setInterval(recount, 1000);

  window.__truth = {
    /** Frames that the tiles of a role have shown so far. */
    shown: (role) => streams.reduce((sum, s) => sum + (s.kind === 'video' && !s.own && s.role === role ? s.frames.length : 0), 0),
    async report() {
      look();
      await recount();
      for (const ear of ears) ear.flush();
      return { now: now(), agent: navigator.userAgent, streams, stats, faults };
    },
  };
})();
