// The trace that a course leaves: errors and parameters along its steps, thinned as it grows.

const MOST_ENTRIES = 500;
const LEAST_ENTRIES = 50;
const MOST_TRACED = 2e7; // numbers in all entries

class Trace {
  /** size: how many parameters an entry has. */
  constructor(size = 1) {
    this.size = size;
    this.entries = [];
    this.spacing = 0;
    this.thinnings = 0;
    /** The logarithms of the least and the largest error so far. */
    this.low = Infinity;
    this.high = -Infinity;
    this.most = clamp(Math.floor(MOST_TRACED / size), LEAST_ENTRIES, MOST_ENTRIES);
  }

  /** entry: {step, errors: {train, test}, row: all parameters}; null: a gap follows. */
  add(entry) {
    const last = this.last;
    if (entry === null ? last === null : last && entry.step - last.step < this.spacing) return;
    this.entries.push(entry);
    if (entry !== null && entry.errors) this.reach(entry.errors);
    if (this.entries.length > this.most) this.thin();
  }

  reach({ train, test }) {
    for (const error of [train, test]) {
      if (!(error > 0 && error < 1e300)) continue;
      this.low = Math.min(this.low, Math.log10(error));
      this.high = Math.max(this.high, Math.log10(error));
    }
  }

  /** The last entry; null after a gap, undefined before the first. */
  get last() {
    return this.entries[this.entries.length - 1];
  }

  /** The trace up to a step, with another size of what follows. */
  until(step, size) {
    const past = new Trace(size);
    past.entries = this.entries.filter((entry) => entry === null || entry.step <= step);
    past.spacing = this.spacing;
    for (const entry of past.entries) if (entry !== null) past.reach(entry.errors);
    return past;
  }

  /** Keep every second entry, and all gaps. */
  thin() {
    this.thinnings += 1;
    this.entries = this.entries.filter((entry, i) => entry === null || i % 2 === 0);
    const known = this.entries.filter((entry) => entry !== null);
    const length = known[known.length - 1].step - known[0].step;
    this.spacing = (2 * length) / this.most;
  }

  /**
   * Draw a value of the entries; at(entry) gives its pixel, and what is not finite is a gap. first:
   * the index of the first entry that is drawn, from the one before on.
   */
  draw(context, at, first = 0) {
    context.beginPath();
    let begun = false;
    for (let i = Math.max(first - 1, 0); i < this.entries.length; i++) {
      const entry = this.entries[i];
      const [x, y] = entry === null ? [NaN, NaN] : at(entry);
      if (!Number.isFinite(x + y)) begun = false;
      else if (begun) context.lineTo(x, y);
      else {
        context.moveTo(x, y);
        begun = true;
      }
    }
    context.stroke();
  }
}
