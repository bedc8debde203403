// The points that a network learns, and the way from network units to those of the data.

class Points {
  /**
   * told: {scaling, domain, names, test_shown; truth: the target at even places of the domain, or
   * null; points: {train, test}, each {x, y, of: how many there are where some are left out}}.
   */
  constructor(told) {
    const { train, test } = told.points;
    const { x_mean, x_deviation, y_mean, y_deviation } = told.scaling;
    this.toX = (x) => x * x_deviation + x_mean;
    this.toY = (y) => y * y_deviation + y_mean;
    this.fromX = (x) => (x - x_mean) / x_deviation;
    this.fromY = (y) => (y - y_mean) / y_deviation;
    this.xUnit = x_deviation;
    this.yUnit = y_deviation;
    this.baseline = y_mean;
    this.domain = told.domain;
    this.inside = told.domain.map(this.fromX);
    this.names = told.names;
    this.testShown = told.test_shown;
    this.truth = told.truth;
    this.train = doublesOfPoints(train);
    this.test = doublesOfPoints(test);
    /** Whether the page holds all points, and not some of very many. */
    this.areAll = [this.train, this.test].every(({ x, of }) => x.length === of);
  }

  /** The noise-free target at x in original units; nan where it is not known. */
  target(x) {
    const [low, high] = this.domain;
    if (!this.truth || x < low || x > high) return NaN;
    const place = ((x - low) / (high - low)) * (this.truth.length - 1);
    const left = Math.min(Math.floor(place), this.truth.length - 2);
    return this.truth[left] + (place - left) * (this.truth[left + 1] - this.truth[left]);
  }
}

function doublesOfPoints({ x, y, of }) {
  return { x: Float64Array.from(x), y: Float64Array.from(y), of };
}
