// Who pulls a unit: the training points by their shares in the next move of its elbow.

/**
 * How strongly every training point pulls the elbow e of a unit: with the residual r of an active
 * point, a step of gradient descent on all points moves e by η/w times the sum of
 * 2/n r v (1 + e x). In network units, to the right above 0; null where the elbow cannot move.
 * pieces: those of the function, in original units.
 */
function pullsOn(run, network, unit, pieces) {
  const { train } = run.points;
  const w = network.slope[unit];
  const elbow = network.elbow(unit);
  if (run.deep || run.start.training.layers === "output" || !Number.isFinite(elbow)) return null;
  const v = network.outputWeight[unit];
  const n = train.x.length;
  return Float64Array.from(train.x, (x, i) => {
    if (!(w * x + network.bias[unit] > 0)) return 0;
    const residual = run.points.fromY(valueOn(pieces, run.points.toX(x))) - train.y[i];
    return ((2 / n) * residual * v * (1 + elbow * x)) / w;
  });
}

/** Lines of a tip: how much of all pull goes to either side, and where most of it comes from. */
function pullPairs(run, network, unit, pieces) {
  const pulls = pullsOn(run, network, unit, pieces);
  if (!pulls) return [];
  const total = pulls.reduce((sum, pull) => sum + Math.abs(pull), 0);
  if (!(total > 0)) return [["pulled by", "no point"]];
  return [
    ["pulled right", pullText(run, pulls, 1, total)],
    ["pulled left", pullText(run, pulls, -1, total)],
  ].filter(([, words]) => words);
}

/** The share of the pull to one side, and the point that pulls most; empty where none does. */
function pullText(run, pulls, sign, total) {
  let whole = 0;
  let most = -1;
  pulls.forEach((pull, i) => {
    if (sign * pull > 0) whole += Math.abs(pull);
    if (sign * pull > 0 && (most < 0 || Math.abs(pull) > Math.abs(pulls[most]))) most = i;
  });
  if (most < 0) return "";
  const x = run.points.toX(run.points.train.x[most]);
  return `${Math.round((100 * whole) / total)} %, most from x = ${positionOf(run, x)}`;
}
