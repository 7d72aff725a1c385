// What the bed wants to know of every page, beside what is seen and heard. Runs before
// the page's own scripts, after the reader's. Times are Date.now().
(() => {
  const bed = { offers: 0, offered: [], made: [], connected: [], clicks: [], sockets: [], events: [] };
  window.__bed = bed;

  const known = new WeakSet();
  const createOffer = RTCPeerConnection.prototype.createOffer;
  RTCPeerConnection.prototype.createOffer = function (...args) {
    bed.offers += 1;
    bed.offered.push(Date.now());
    if (!known.has(this)) {
      known.add(this);
      bed.made.push(Date.now());
      this.addEventListener('connectionstatechange', () => {
        if (this.connectionState === 'connected') bed.connected.push(Date.now());
      });
    }
    return createOffer.apply(this, args);
  };
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...args) {
      super(...args);
      this.addEventListener('open', () => bed.sockets.push(Date.now()));
    }
  };
  const note = (what) => bed.events.push({ at: Date.now(), what });
  for (const hint of ['online', 'offline']) addEventListener(hint, () => note(hint));
  navigator.connection?.addEventListener('change', () => note('network'));
  const fetched = window.fetch;
  window.fetch = async (...args) => {
    const name = String(args[0]).replace(/.*[/]/, '');
    note(`${name} asked (${args[1]?.body?.length ?? 0})`);
    try {
      const response = await fetched(...args);
      note(`${name} answered`);
      return response;
    } catch (error) {
      note(`${name} failed`);
      throw error;
    }
  };
  addEventListener('click', () => bed.clicks.push(Date.now()), { capture: true });

  const until = (find, ms) =>
    new Promise((resolve, reject) => {
      const deadline = Date.now() + ms;
      const look = setInterval(() => {
        const found = find();
        if (!found && Date.now() < deadline) return;
        clearInterval(look);
        if (found) resolve(found);
        else reject(new Error(`nothing in ${ms} ms: ${find}`));
      }, 2);
    });
  /** When the first frame is shown in what a selector finds. */
  bed.first = async (selector, ms) => {
    const video = await until(() => document.querySelector(selector), ms);
    return new Promise((resolve) => {
      video.requestVideoFrameCallback((_, frame) => {
        resolve(performance.timeOrigin + (frame.presentationTime ?? performance.now()));
      });
    });
  };
  bed.press = async (selector) => {
    (await until(() => document.querySelector(selector), 20000)).click();
    return bed.clicks.at(-1);
  };
  /** Presses when the page has its socket, and not before. */
  bed.pressAtSocket = async (selector) => {
    await until(() => bed.sockets.length > 0, 20000);
    return bed.press(selector);
  };
})();
