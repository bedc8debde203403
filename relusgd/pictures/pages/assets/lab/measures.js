// How large the panels of functions are, in the units of the data.

/** Limits of the panels, from the points and the target. */
function measuresOf(points, { kind, names }) {
  const { train, test, toY, truth, domain, xUnit, yUnit } = points;
  const isByHand = kind === "points" && !names;
  const heights = [...Array.from(train.y, toY), ...Array.from(test.y, toY), ...(truth || [])];
  const known = [...heights.filter(Number.isFinite), ...(isByHand ? [-1, 1] : [])];
  const low = Math.min(...known);
  const high = Math.max(...known, low + 1e-9);
  const room = 0.16 * (high - low);
  // In network units, as the strengths of units and kinks are.
  const steep = ((high - low) * xUnit) / ((domain[1] - domain[0]) * yUnit);
  return {
    limits: { x: domain, y: [low - room, high + room] },
    scales: { unit: Math.max(2 * steep, 1e-9), kink: 4 * steep },
    sizes: { bars: 60, units: MOST_UNITS },
  };
}
