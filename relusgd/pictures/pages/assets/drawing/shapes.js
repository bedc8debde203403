// Lines, paths, dots and rings on a canvas, and how far a pixel is from a line.

function line(context, x0, y0, x1, y1) {
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
}

/** A pale upright line from top to bottom. */
function hairline(context, x, top, bottom, colour) {
  Object.assign(context, { strokeStyle: colour, globalAlpha: 0.35, lineWidth: 1 });
  context.beginPath();
  line(context, x, top, x, bottom);
  context.stroke();
  context.globalAlpha = 1;
}

/** A path through the points (x, y) of a frame, with a gap where y is not finite. */
function trace(context, frame, { x, y }) {
  context.beginPath();
  let begun = false;
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(y[i])) begun = false;
    else if (begun) context.lineTo(frame.x(x[i]), frame.y(y[i]));
    else {
      context.moveTo(frame.x(x[i]), frame.y(y[i]));
      begun = true;
    }
  }
}

/** A strength as a share of the one that is drawn full. */
const relative = (strength, full) => (Number.isNaN(strength) ? 0 : Math.min(strength / full, 1));

/** The colour of a unit: by the sign of its output weight, which only one hidden layer has. */
function signColour(colours, network, unit) {
  if (network.deep) return colours.neutral;
  return network.outputWeight[unit] > 0 ? colours.positive : colours.negative;
}

function dot(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

function ring(context, x, y, radius, fill, stroke, width) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  Object.assign(context, { fillStyle: fill, strokeStyle: stroke, lineWidth: width });
  context.fill();
  context.stroke();
}

/** A square that stands on a corner. */
function diamond(context, x, y, radius, fill, stroke) {
  context.beginPath();
  context.moveTo(x, y - radius);
  context.lineTo(x + radius, y);
  context.lineTo(x, y + radius);
  context.lineTo(x - radius, y);
  context.closePath();
  Object.assign(context, { fillStyle: fill, strokeStyle: stroke, lineWidth: 1.4 });
  context.fill();
  context.stroke();
}

/** From a pixel to the line between two others. */
function distanceTo(px, py, x0, y0, x1, y1) {
  const dx = x1 - x0;
  const dy = y1 - y0;
  const share = clamp(((px - x0) * dx + (py - y0) * dy) / (dx * dx + dy * dy || 1), 0, 1);
  return Math.hypot(px - x0 - share * dx, py - y0 - share * dy);
}
