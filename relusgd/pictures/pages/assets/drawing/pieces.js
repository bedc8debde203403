// What there is to say of the straight pieces of a function, and of units and their elbows.

function elbowsInside(network, low, high) {
  let count = 0;
  for (let j = 0; j < network.width; j++)
    if (network.elbow(j) >= low && network.elbow(j) <= high) count += 1;
  return count;
}

/** f(x) on pieces. */
function valueOn(pieces, x) {
  const i = clamp(countUpTo(pieces.x, x) - 1, 0, pieces.x.length - 2);
  const share = (x - pieces.x[i]) / (pieces.x[i + 1] - pieces.x[i]);
  return pieces.y[i] + share * (pieces.y[i + 1] - pieces.y[i]);
}

/** How many units are active at x. */
const activeOn = (pieces, x) =>
  pieces.active[clamp(countUpTo(pieces.x, x) - 1, 0, pieces.active.length - 1)];

/**
 * What there is to say of a first-layer unit, in original units; weight and change are nan in deep
 * networks.
 */
function unitFacts(network, points, unit) {
  const { xUnit, yUnit, toX, fromX, train } = points;
  const slope = network.slope[unit] / xUnit;
  const weight = network.deep ? NaN : network.outputWeight[unit] * yUnit;
  return {
    elbow: toX(network.elbow(unit)),
    slope,
    bias: network.bias[unit] + network.slope[unit] * fromX(0),
    weight,
    change: weight * Math.abs(slope),
    active: network.activePoints(unit, train.x),
  };
}

/** A row of a table whose rows stand one behind the other. */
const rowOf = (all, row, rows) =>
  all.subarray((row * all.length) / rows, ((row + 1) * all.length) / rows);

/**
 * Of a wide layer: how much the units whose elbows lie in equal parts of the domain bend the
 * function, up and down.
 */
function bendsOf(run, row, network, bars) {
  if (run.cells)
    return {
      up: rowOf(run.cells.up, row, run.length),
      down: rowOf(run.cells.down, row, run.length),
    };
  const up = new Float64Array(bars);
  const down = new Float64Array(bars);
  const [low, high] = run.points.inside;
  for (let j = 0; j < network.width; j++) {
    const bar = Math.floor(((network.elbow(j) - low) / (high - low)) * bars);
    if (bar >= 0 && bar < bars)
      (run.deep || network.outputWeight[j] > 0 ? up : down)[bar] += network.bending(j);
  }
  return { up, down };
}
