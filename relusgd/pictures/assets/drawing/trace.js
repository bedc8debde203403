// The trace that an experiment leaves: errors and elbows along its steps, thinned as it grows.

const MOST_ENTRIES = 500;

class Trace {
  constructor() {
    this.entries = [];
    this.spacing = 0;
  }

  /** entry: {epoch, errors: {train, test}, elbows in original units}; null: a gap follows. */
  add(entry) {
    const { entries } = this;
    const last = entries[entries.length - 1];
    if (entry === null ? last === null : last && entry.epoch - last.epoch < this.spacing) return;
    entries.push(entry);
    if (entries.length > MOST_ENTRIES) this.thin();
  }

  /** Keep every second entry, and all gaps. */
  thin() {
    this.entries = this.entries.filter((entry, i) => entry === null || i % 2 === 0);
    const known = this.entries.filter((entry) => entry !== null);
    const length = known[known.length - 1].epoch - known[0].epoch;
    this.spacing = (2 * length) / MOST_ENTRIES;
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
