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
    this.most = clamp(Math.floor(MOST_TRACED / size), LEAST_ENTRIES, MOST_ENTRIES);
  }

  /** entry: {step, errors: {train, test}, row: all parameters}; null: a gap follows. */
  add(entry) {
    const last = this.last;
    if (entry === null ? last === null : last && entry.step - last.step < this.spacing) return;
    this.entries.push(entry);
    if (this.entries.length > this.most) this.thin();
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
    return past;
  }

  /** Keep every second entry, and all gaps. */
  thin() {
    this.entries = this.entries.filter((entry, i) => entry === null || i % 2 === 0);
    const known = this.entries.filter((entry) => entry !== null);
    const length = known[known.length - 1].step - known[0].step;
    this.spacing = (2 * length) / this.most;
  }

  /** Draw a value of the entries; at(entry) gives its pixel, and what is not finite is a gap. */
  draw(context, at) {
    context.beginPath();
    let begun = false;
    for (const entry of this.entries) {
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
