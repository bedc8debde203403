// What never moves in the panel of a run: axes, data, truth.

/** panel: a CurvePanel, whose frames and scales are laid. */
function drawGround(panel, context, xTicks, yTicks) {
  const {
    frame,
    strip,
    look: { colours },
    run: { points },
    pixels,
  } = panel;
  const [xName, yName] = points.names;
  const { named } = panel.look;
  drawAxes(context, frame, colours, xTicks, yTicks, { xLabels: named && !strip, pixels });
  drawUpright(context, frame, yName, colours, pixels);
  if (strip)
    drawAxes(context, strip, colours, xTicks, panel.stripTicks, { xLabels: named, pixels });
  context.fillStyle = colours.ink;
  setFont(context, pixels);
  const lowest = strip || frame;
  if (named)
    context.fillText(
      fitting(context, xName, frame.width),
      frame.left + frame.width / 2,
      lowest.bottom + 2.15 * pixels + 5,
    );
  frame.clip(context);
  drawBaseline(panel, context);
  drawPoints(panel, context);
  if (points.truth) drawTruth(panel, context);
  context.restore();
}

/** The height from which the units' lines rise. */
function drawBaseline({ frame, look: { colours }, run: { points, hasUnits } }, context) {
  const [low, high] = frame.yLimits;
  if (!(points.baseline > low && points.baseline < high && hasUnits)) return;
  context.strokeStyle = colours.faint;
  context.lineWidth = 0.8;
  context.beginPath();
  line(context, frame.left, frame.y(points.baseline), frame.right, frame.y(points.baseline));
  context.stroke();
}

function drawPoints({ frame, weight, look: { colours }, run: { points } }, context) {
  const radius = clamp(3.1 * (200 / points.train.x.length) ** 0.25, 1.2, 4.5) * weight;
  const drawAll = ({ x, y }, draw) =>
    x.forEach((_, i) => draw(frame.x(points.toX(x[i])), frame.y(points.toY(y[i]))));
  if (points.testShown)
    drawAll(points.test, (x, y) => ring(context, x, y, radius, "transparent", colours.data, 1.2));
  context.globalAlpha = 0.85;
  context.fillStyle = colours.data;
  drawAll(points.train, (x, y) => dot(context, x, y, radius));
  context.globalAlpha = 1;
}

function drawTruth(
  {
    frame,
    weight,
    look: { colours },
    run: {
      points: {
        truth,
        domain: [low, high],
      },
    },
  },
  context,
) {
  context.strokeStyle = colours.truth;
  context.lineWidth = 1.7 * weight;
  context.setLineDash([6, 4]);
  trace(context, frame, {
    x: Float64Array.from(truth, (_, i) => low + ((high - low) * i) / (truth.length - 1)),
    y: truth,
  });
  context.stroke();
  context.setLineDash([]);
}
