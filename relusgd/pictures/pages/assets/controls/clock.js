// The clock: which moment is shown, and playing on from it.

const SECONDS = 10; // from start to end at speed 1

class Clock {
  /**
   * epochs: of the moments, with fractions within an epoch; time: their axis; changed(): after
   * every other moment, and when playing begins or ends.
   */
  constructor(epochs, time, changed) {
    this.epochs = epochs;
    this.time = time;
    this.changed = changed;
    this.index = epochs.length - 1;
    this.playing = false;
    this.speed = 1;
    // those who asked their system for less motion see at most four moments a second
    this.pause = window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 250 : 0;
  }

  get epoch() {
    return this.epochs[this.index];
  }

  go(index) {
    this.stop();
    this.set(clamp(index, 0, this.epochs.length - 1));
  }

  goToEpoch(epoch) {
    this.go(nearestIndex(this.epochs, epoch));
  }

  set(index) {
    if (index === this.index) return;
    this.index = index;
    this.changed();
  }

  toggle() {
    if (this.playing) return this.stop();
    if (this.index === this.epochs.length - 1) this.set(0);
    this.playing = true;
    this.place = this.time.place(this.epoch);
    this.before = performance.now();
    this.shown = 0;
    requestAnimationFrame((now) => this.tick(now));
    return this.changed();
  }

  /** Play from the start, unless the reader asked for less motion. */
  playOnce() {
    if (this.pause || this.epochs.length < 2) return;
    this.set(0);
    this.toggle();
  }

  stop() {
    if (!this.playing) return;
    this.playing = false;
    this.changed();
  }

  tick(now) {
    if (!this.playing) return;
    this.place += (Math.max(now - this.before, 0) / 1000 / SECONDS) * this.speed * this.time.length;
    this.before = Math.max(now, this.before);
    const last = this.epochs.length - 1;
    const ended = this.place >= this.time.place(this.epochs[last]);
    const index = ended
      ? last
      : Math.max(countUpTo(this.epochs, this.time.epochAt(this.place) + 1e-9) - 1, 0);
    if (ended || now - this.shown >= this.pause) {
      this.shown = now;
      this.set(index);
    }
    if (ended) this.stop();
    else requestAnimationFrame((next) => this.tick(next));
  }
}
