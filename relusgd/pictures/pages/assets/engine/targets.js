// Targets: the noise-free functions to learn, given by a name, an expression in x, or knots.

/** u in [0, 1) of a wave of period ½. */
const phaseOf = (x) => 2 * x - Math.floor(2 * x);

const NAMED_TARGETS = {
  /** Linear between the knots k/10, where it is sin(12345 k). */
  piecewise_linear: (x) => {
    const k = Math.floor(10 * x);
    const u = 10 * x - k;
    return (1 - u) * Math.sin(12345 * k) + u * Math.sin(12345 * (k + 1));
  },
  sin20x: (x) => Math.sin(20 * x),
  step: (x) => heaviside(x - 0.5),
  square: (x) => (phaseOf(x) < 0.25 || phaseOf(x) >= 0.75 ? 1 : -1),
  sawtooth: (x) => (phaseOf(x) < 0.5 ? 2 * phaseOf(x) : 2 * phaseOf(x) - 2),
};

/**
 * The function of a target: a name, an expression, or {x, y} of knots. Throws an Error whose
 * message is for the reader.
 */
function targetFunction(target) {
  if (typeof target !== "string") return knotsFunction(target);
  const name = target.trim();
  return has(NAMED_TARGETS, name) ? NAMED_TARGETS[name] : parsedExpression(name);
}

/** Linear between knots, constant beyond the ends. */
function knotsFunction({ x, y }) {
  if (x.length < 2 || x.length !== y.length) throw new Error("a target needs at least two knots");
  if (x.some((value, i) => i > 0 && !(value > x[i - 1])))
    throw new Error("the x of knots must increase");
  return (at) => {
    if (at <= x[0]) return y[0];
    if (at >= x[x.length - 1]) return y[y.length - 1];
    const i = countUpTo(x, at) - 1;
    const slope = (y[i + 1] - y[i]) / (x[i + 1] - x[i]);
    return slope * (at - x[i]) + y[i];
  };
}
