// What there is to say of the straight pieces of a function and of elbows.

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
