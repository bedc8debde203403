// The largest stable learning rate of a changed network, 2/sharpness, found between two pictures so
// that the page stays alive.

const SEARCH_SLICE = 6; // milliseconds of searching at a time
const REST = 500; // milliseconds between two searches for a network that learns

class StableRate {
  /** found(): after every search. */
  constructor(found) {
    this.found = found;
    this.forget();
  }

  forget() {
    /** 2/sharpness of the last network that was searched; infinite where nothing curves. */
    this.rate = NaN;
    this.known = null;
    this.finished = -Infinity;
    this.search = null;
    this.sought = null;
  }

  /**
   * See to it that the rate of this network becomes known. version: tells two networks, or two
   * choices of what learns, apart; patient: let a search for an older one come to its end.
   */
  want(version, network, points, layers, outputBias, patient = false) {
    if (version === this.known || version === this.sought) return;
    const isRecent = performance.now() < this.finished + REST;
    if (patient && (this.search || isRecent)) return;
    const waits = this.search === null;
    this.sought = version;
    this.search = sharpnessSearch(new Hessian(network.copy(), points, layers, outputBias));
    if (waits) setTimeout(() => this.workOn(), 0);
  }

  workOn() {
    this.work(SEARCH_SLICE);
    if (this.search) setTimeout(() => this.workOn(), 0);
  }

  /** Search for so many milliseconds; whether the rate that was wanted last is known. */
  work(milliseconds) {
    const stop = performance.now() + milliseconds;
    while (this.search) {
      const { done, value } = this.search.next();
      if (done) this.take(value);
      else if (performance.now() > stop) return false;
    }
    return true;
  }

  take(sharpness) {
    this.rate = sharpness > 0 ? 2 / sharpness : Infinity;
    if (Number.isNaN(sharpness)) this.rate = NaN;
    this.known = this.sought;
    this.finished = performance.now();
    this.search = null;
    this.sought = null;
    this.found();
  }
}

/** A rate with one digit, not above this one. */
function roundedBelow(rate) {
  if (!(rate > 0 && rate < Infinity)) return NaN;
  const decade = 10 ** Math.floor(Math.log10(rate));
  return Number((Math.floor(rate / decade) * decade).toPrecision(1));
}
