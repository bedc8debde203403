// Axes on a canvas: where values stand, and the grid, ticks and names around them.

/**
 * A canvas as large as its element on the page, sharp on every screen; scale: CSS pixels → pixels.
 */
class Sheet {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.fit();
  }

  /** Take the element's size; true when it changed. */
  fit() {
    const { clientWidth, clientHeight } = this.canvas;
    const ratio = Sheet.wantedRatio || Math.min(window.devicePixelRatio || 1, 3);
    const changed =
      clientWidth !== this.width || clientHeight !== this.height || ratio !== this.ratio;
    this.width = clientWidth;
    this.height = clientHeight;
    this.ratio = ratio;
    if (changed) {
      this.canvas.width = Math.max(1, Math.round(clientWidth * ratio));
      this.canvas.height = Math.max(1, Math.round(clientHeight * ratio));
    }
    return changed;
  }

  /** A picture of this size that is drawn once, by paint(context), and pasted often. */
  layer(paint) {
    const canvas = document.createElement("canvas");
    canvas.width = this.canvas.width;
    canvas.height = this.canvas.height;
    const context = canvas.getContext("2d");
    context.scale(this.ratio, this.ratio);
    paint(context);
    return canvas;
  }

  begin() {
    this.context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.context.globalAlpha = 1;
    this.context.clearRect(0, 0, this.width, this.height);
    return this.context;
  }

  /** Paste a layer, or only what lies left of x and above y. */
  paste(layer, right = this.width, bottom = this.height) {
    const columns = clamp(Math.round(right * this.ratio), 0, layer.width);
    const rows = clamp(Math.round(bottom * this.ratio), 0, layer.height);
    const [width, height] = [columns / this.ratio, rows / this.ratio];
    if (columns && rows) this.context.drawImage(layer, 0, 0, columns, rows, 0, 0, width, height);
  }
}

/** CSS pixels → pixels of all sheets; null is what the screen has. @type {number | null} */
Sheet.wantedRatio = null;

/** A rectangle on a sheet with axes: x and y give pixels, fromX and fromY values. */
class Frame {
  constructor(box, xLimits, yLimits) {
    this.left = box.left;
    this.top = box.top;
    this.width = box.width;
    this.height = box.height;
    this.xLimits = xLimits;
    this.yLimits = yLimits;
    this.right = box.left + box.width;
    this.bottom = box.top + box.height;
  }

  x(value) {
    return (
      this.left + ((value - this.xLimits[0]) / (this.xLimits[1] - this.xLimits[0])) * this.width
    );
  }

  /**
   * Heights far outside are drawn not quite as far, so that no number is too large for a canvas.
   */
  y(value) {
    return clamp(
      this.bottom - ((value - this.yLimits[0]) / (this.yLimits[1] - this.yLimits[0])) * this.height,
      -1e5,
      1e5,
    );
  }

  fromX(pixel) {
    return (
      this.xLimits[0] + ((pixel - this.left) / this.width) * (this.xLimits[1] - this.xLimits[0])
    );
  }
  fromY(pixel) {
    return (
      this.yLimits[0] + ((this.bottom - pixel) / this.height) * (this.yLimits[1] - this.yLimits[0])
    );
  }
  holds(x, y) {
    return x >= this.left - 8 && x <= this.right + 8 && y >= this.top && y <= this.bottom;
  }

  clip(context) {
    context.save();
    context.beginPath();
    context.rect(this.left, this.top, this.width, this.height);
    context.clip();
  }
}

const FONT = '"Helvetica Neue", Helvetica, Arial, "Liberation Sans", "DejaVu Sans", sans-serif';

function setFont(context, pixels, align = "center", baseline = "middle") {
  Object.assign(context, { font: `${pixels}px ${FONT}`, textAlign: align, textBaseline: baseline });
}

/** Grid, ticks and frame. xTicks: [{value, text}]; labels that would touch are left out. */
function drawAxes(context, frame, colours, xTicks, yTicks, { xLabels = true, pixels = 12 } = {}) {
  context.lineWidth = 1;
  context.strokeStyle = colours.grid;
  context.beginPath();
  for (const { value } of xTicks)
    line(
      context,
      Math.round(frame.x(value)) + 0.5,
      frame.top,
      Math.round(frame.x(value)) + 0.5,
      frame.bottom,
    );
  for (const { value } of yTicks)
    line(
      context,
      frame.left,
      Math.round(frame.y(value)) + 0.5,
      frame.right,
      Math.round(frame.y(value)) + 0.5,
    );
  context.stroke();
  context.strokeStyle = colours.faint;
  context.globalAlpha = 0.55;
  context.strokeRect(
    Math.round(frame.left) + 0.5,
    Math.round(frame.top) + 0.5,
    Math.round(frame.width) - 1,
    Math.round(frame.height),
  );
  context.globalAlpha = 1;
  context.fillStyle = colours.faint;
  setFont(context, pixels, "right");
  for (const { value, text } of yTicks) context.fillText(text, frame.left - 6, frame.y(value));
  if (xLabels) drawXLabels(context, frame, xTicks, pixels);
}

function drawXLabels(context, frame, ticks, pixels) {
  setFont(context, pixels);
  const taken = [];
  for (const { value, text } of ticks) {
    const half = context.measureText(text).width / 2 + 4;
    const at = clamp(frame.x(value), half, context.canvas.width);
    if (taken.some(([middle, other]) => Math.abs(middle - at) < half + other)) continue;
    taken.push([at, half]);
    context.fillText(text, at, frame.bottom + 0.6 * pixels + 5);
  }
}

/** A name beside an upright axis, cut where it would be longer than the axis. */
function drawUpright(context, frame, words, colours, pixels = 12) {
  context.save();
  context.translate(pixels * 0.75, frame.top + frame.height / 2);
  context.rotate(-Math.PI / 2);
  context.fillStyle = colours.ink;
  setFont(context, pixels);
  context.fillText(fitting(context, words, frame.height), 0, 0);
  context.restore();
}

/** The words, shortened with an ellipsis to so many pixels. */
function fitting(context, words, room) {
  if (context.measureText(words).width <= room) return words;
  const characters = Array.from(words);
  while (characters.length && context.measureText(`${characters.join("")}…`).width > room)
    characters.pop();
  return characters.length ? `${characters.join("")}…` : "";
}

/** Ticks along so many pixels whose texts stay apart. */
function fittingTicks(context, low, high, room, pixels) {
  setFont(context, pixels);
  for (let most = 10; most > 1; most--) {
    const ticks = evenTicks(low, high, most);
    const widest = Math.max(...ticks.map(({ text }) => context.measureText(text).width), 1);
    if ((widest + 14) * Math.max(ticks.length - 1, 1) <= room) return ticks;
  }
  return evenTicks(low, high, 1);
}

/** The room for these labels of an upright axis and for its name. */
function roomForLabels(context, ticks, pixels) {
  setFont(context, pixels);
  return Math.max(...ticks.map(({ text }) => context.measureText(text).width), 0) + 2 * pixels + 8;
}
