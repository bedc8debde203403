// The handle of a unit's line, at which its output weight is dragged.

/**
 * Where it is: a quarter of the domain beyond the elbow, or nearer where the line leaves the panel
 * between low and high; in original units. lift: relu(w x + b) there. null where there is none.
 */
function handleOf(network, points, unit, [low, high]) {
  const { inside, toX, yUnit, baseline } = points;
  const w = network.slope[unit];
  if (network.deep || w === 0) return null;
  const elbow = network.elbow(unit);
  const away = 0.25 * (inside[1] - inside[0]);
  const farthest = clamp(elbow + Math.sign(w) * away, ...inside);
  const mostLift = w * farthest + network.bias[unit];
  if (!(mostLift > 0)) return null;
  const weight = network.outputWeight[unit] * yUnit;
  const margin = 0.04 * (high - low);
  const room = weight > 0 ? high - margin - baseline : baseline - low - margin;
  const lift = Math.min(mostLift, Math.max(room, 0) / Math.abs(weight));
  if (!(lift > 0)) return null;
  const height = weight * lift;
  return { x: toX(elbow + lift / w), y: baseline + height, lift, height };
}
