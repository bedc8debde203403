// The panel of a run: data, truth, the learned function through its corners, the units that it is
// made of, how many are active.

const MOST_KINKS = 400; // where a function bends more often, its bends are not marked
const TALLEST = 0.2; // the height of a full bar of bends, as a share of the panel

/** The ends of the axis of x: somewhat beyond those of the data. */
function limitsOfX({
  limits: {
    x: [low, high],
  },
}) {
  const margin = 0.015 * (high - low);
  return [low - margin, high + margin];
}

class CurvePanel {
  /**
   * told: limits, scales and sizes for all runs; look: {colours, colour of the function, strip:
   * whether active units are shown, left: least room for labels, named: whether the axis of x has
   * its name and numbers here}.
   */
  constructor(canvas, run, told, look) {
    this.sheet = new Sheet(canvas);
    this.canvas = canvas;
    this.run = run;
    this.told = told;
    this.look = look;
  }

  /** Boxes, and the layer of all that never moves, for the present size and colours. */
  lay() {
    const { sheet, told, look } = this;
    const { context } = sheet;
    this.pixels = sheet.width < 480 ? 11 : 12;
    this.weight = clamp(sheet.width / 800, 0.75, 1.15);
    const yTicks = evenTicks(...told.limits.y, clamp(Math.round(sheet.height / 52), 3, 8));
    const left = Math.max(roomForLabels(context, yTicks, this.pixels), look.left);
    const width = Math.max(sheet.width - left - 10, 20);
    const strip = look.strip ? 34 : 0;
    const bottom = look.named ? 2.9 * this.pixels + 6 : 4;
    const xLimits = limitsOfX(told);
    const height = Math.max(sheet.height - 8 - bottom - strip, 20);
    this.frame = new Frame(
      { left, top: 8, width, height: height - (strip ? 5 : 0) },
      xLimits,
      told.limits.y,
    );
    this.strip = look.strip
      ? new Frame({ left, top: 8 + height, width, height: strip }, xLimits, [0, 1.06 * this.units])
      : null;
    const xTicks = fittingTicks(context, ...xLimits, width, this.pixels);
    const inset = (this.wide ? TALLEST : 0.02) * (told.limits.y[1] - told.limits.y[0]);
    this.zero = clamp(this.run.points.baseline, told.limits.y[0] + inset, told.limits.y[1] - inset);
    this.fixed = sheet.layer((layer) => drawGround(this, layer, xTicks, yTicks));
  }

  /** How many units could be active. */
  get units() {
    return this.run.hidden.reduce((sum, n) => sum + n, 0);
  }

  /** The label of the strip of active units. */
  get stripTicks() {
    return this.look.strip ? [{ value: this.units, text: wholeText(this.units) }] : [];
  }

  get wide() {
    return this.run.width > this.told.sizes.units;
  }

  /**
   * Draw a snapshot. shown: {row; network: the one drawn (recorded, or changed by hand), null for a
   * very wide one; pieces; reference: pieces of the recorded function beside a changed one;
   * references: lines to compare with; unit: the one that stands out; x: of the cursor; handle}.
   */
  draw(shown) {
    const context = this.sheet.begin();
    const { frame } = this;
    this.shown = shown;
    this.sheet.paste(this.fixed);
    frame.clip(context);
    if (this.wide) this.drawBends(context, shown);
    else if (shown.network) this.drawUnits(context, shown);
    if (shown.unit !== null && shown.network && this.wide) this.drawOutstanding(context, shown);
    if (shown.references) drawReferences(this, context, shown.references);
    if (shown.reference) this.drawReference(context, shown.reference);
    this.drawFunction(context, shown.pieces);
    context.restore();
    this.drawKinks(context, shown.pieces);
    if (shown.handle) this.drawHandle(context, shown);
    if (this.strip) this.drawActive(context, shown.pieces);
    if (shown.x !== null) this.drawCursor(context, shown);
  }

  drawUnits(context, { network, unit, reference }) {
    const { told, run, frame, weight } = this;
    const H = network.width;
    const crowd = Math.min(1, Math.sqrt(60 / H));
    const strength = Float64Array.from({ length: H }, (_, j) =>
      relative(network.bending(j), told.scales.unit),
    );
    const order = Array.from({ length: H }, (_, j) => j).sort((i, j) => strength[i] - strength[j]);
    let others = 1;
    // in an experiment the others are wanted too
    if (unit !== null) others = reference ? 0.5 : 0.22;
    for (const j of order) {
      const ends = this.unitLine(network, j);
      if (!ends || j === unit) continue;
      context.globalAlpha = others * crowd * (0.25 + 0.6 * strength[j]);
      context.lineWidth = weight * (0.8 + 2.4 * crowd * strength[j]);
      context.strokeStyle = this.signColour(network, j);
      context.beginPath();
      line(context, ...ends);
      context.stroke();
    }
    const y = frame.y(this.zero);
    const edge = this.look.colours.paper;
    if (!network.deep) this.drawLevel(context, network.outputBias);
    for (const j of order) {
      const elbow = run.points.toX(network.elbow(j));
      if (j === unit || !(elbow >= run.points.domain[0] && elbow <= run.points.domain[1])) continue;
      context.globalAlpha = Math.min(1, 1.8 * others);
      ring(
        context,
        frame.x(elbow),
        y,
        weight * (2 + 3.5 * strength[j]),
        this.signColour(network, j),
        edge,
        0.8,
      );
    }
    context.globalAlpha = 1;
    if (unit !== null) this.drawOutstanding(context, { network, unit });
  }

  /** The height of the output bias, to which the units' lines add up to the function. */
  drawLevel(context, outputBias) {
    const { frame, run, weight, look } = this;
    const y = frame.y(run.points.toY(outputBias));
    const ends = run.points.domain.map((x) => frame.x(x));
    Object.assign(context, { strokeStyle: look.colours.ink, globalAlpha: 0.6 });
    context.lineWidth = 1.2 * weight;
    context.setLineDash([2, 4]);
    context.beginPath();
    line(context, ends[0], y, ends[1], y);
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  /** The unit that is pointed at. */
  drawOutstanding(context, { network, unit }) {
    const {
      frame,
      run,
      weight,
      look: { colours },
    } = this;
    const ends = this.unitLine(network, unit);
    const elbow = run.points.toX(network.elbow(unit));
    if (ends) {
      context.strokeStyle = this.signColour(network, unit);
      context.lineWidth = 3.2 * weight;
      context.beginPath();
      line(context, ...ends);
      context.stroke();
    }
    if (Number.isFinite(elbow)) {
      hairline(context, frame.x(elbow), frame.top, frame.bottom, colours.ink);
      ring(
        context,
        frame.x(elbow),
        frame.y(this.zero),
        6.5 * weight,
        this.signColour(network, unit),
        colours.ink,
        1.8,
      );
    }
  }

  /**
   * The ends in pixels of a unit's active side, mean + deviation · v·relu(w x + b), without v in
   * deep networks; null where it is active nowhere.
   */
  unitLine(network, unit) {
    const { points } = this.run;
    const [low, high] = points.inside;
    const w = network.slope[unit];
    const b = network.bias[unit];
    const elbow = network.elbow(unit);
    const start = w > 0 ? Math.max(elbow, low) : low;
    const stop = w < 0 ? Math.min(elbow, high) : high;
    const first = Math.max(w * start + b, 0);
    const last = Math.max(w * stop + b, 0);
    if (!(start < stop && Math.max(first, last) > 0)) return null;
    const v = network.deep ? 1 : network.outputWeight[unit];
    return [
      this.frame.x(points.toX(start)),
      this.frame.y(points.toY(v * first)),
      this.frame.x(points.toX(stop)),
      this.frame.y(points.toY(v * last)),
    ];
  }

  signColour(network, unit) {
    return signColour(this.look.colours, network, unit);
  }

  drawBends(context, { row, network }) {
    const {
      frame,
      told,
      run,
      look: { colours },
    } = this;
    const bars = told.sizes.bars;
    const { up, down } = bendsOf(run, row, network, bars);
    const [low, high] = run.points.domain;
    const base = frame.y(this.zero);
    const tallest = TALLEST * frame.height;
    context.globalAlpha = 0.5;
    [
      [up, -1, run.deep ? colours.neutral : colours.positive],
      [down, 1, colours.negative],
    ].forEach(([amounts, side, colour]) => {
      context.fillStyle = colour;
      context.beginPath();
      for (let i = 0; i < bars; i++) {
        const height = tallest * relative(amounts[i], told.scales.bend);
        const x = frame.x(low + ((high - low) * i) / bars);
        const next = frame.x(low + ((high - low) * (i + 1)) / bars);
        if (height > 0) context.rect(x, side < 0 ? base - height : base, next - x, height);
      }
      context.fill();
    });
    context.globalAlpha = 1;
  }

  drawFunction(context, pieces) {
    const {
      frame,
      weight,
      look: { colours, colour },
    } = this;
    const width = 3.2 * weight;
    context.lineJoin = pieces.x.length > MOST_KINKS ? "bevel" : "round";
    trace(context, frame, pieces);
    Object.assign(context, {
      strokeStyle: colours.paper,
      lineWidth: width + 2.4,
      globalAlpha: 0.75,
    });
    context.stroke();
    Object.assign(context, { strokeStyle: colour, lineWidth: width, globalAlpha: 1 });
    context.stroke();
  }

  drawReference(context, pieces) {
    trace(context, this.frame, pieces);
    Object.assign(context, { strokeStyle: this.look.colours.faint, lineWidth: 1.8 * this.weight });
    context.setLineDash([2, 3]);
    context.stroke();
    context.setLineDash([]);
  }

  drawKinks(context, { x, y, kink, layer }) {
    if (x.length > MOST_KINKS + 2) return;
    const {
      frame,
      run,
      weight,
      look: { colours, colour },
    } = this;
    for (let i = 1; i + 1 < x.length; i++) {
      const strength = relative(kink[i], this.told.scales.kink);
      const top = frame.y(y[i]);
      if (!(strength > 0.04) || !(top >= frame.top && top <= frame.bottom)) continue;
      const paint = run.deep
        ? colours.layers[Math.min(layer[i], colours.layers.length) - 1]
        : colours.paper;
      const radius = weight * (run.deep ? 2.3 + 2.5 * strength : 1.5 + 2.5 * strength);
      ring(
        context,
        frame.x(x[i]),
        top,
        radius,
        paint,
        run.deep ? colours.paper : colour,
        run.deep ? 1 : 1.6,
      );
    }
  }

  drawActive(context, { x, active }) {
    const {
      strip,
      look: { colours },
    } = this;
    strip.clip(context);
    context.fillStyle = colours.active;
    context.strokeStyle = colours.faint;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(strip.x(x[0]), strip.bottom);
    for (let i = 0; i < active.length; i++) {
      context.lineTo(strip.x(x[i]), strip.y(active[i]));
      context.lineTo(strip.x(x[i + 1]), strip.y(active[i]));
    }
    context.lineTo(strip.x(x[x.length - 1]), strip.bottom);
    context.fill();
    context.stroke();
    context.restore();
    context.fillStyle = colours.faint;
    setFont(context, this.pixels - 1, "left", "top");
    context.fillText("active units", strip.left + 6, strip.top + 4);
  }

  drawCursor(context, { pieces, x }) {
    const {
      frame,
      look: { colours, colour },
    } = this;
    const y = clamp(frame.y(valueOn(pieces, x)), frame.top, frame.bottom);
    hairline(context, frame.x(x), frame.top, (this.strip || frame).bottom, colours.ink);
    ring(context, frame.x(x), y, 5, colour, colours.paper, 1.6);
  }

  /** The diamond on the chosen unit's line, at which its output weight is dragged. */
  drawHandle(context, { network, unit, handle }) {
    const { frame, look } = this;
    const fill = this.signColour(network, unit);
    diamond(context, frame.x(handle.x), frame.y(handle.y), 8, fill, look.colours.ink);
  }

  /** The unit whose elbow or line is near a pixel, or null. reach: how near, larger for fingers. */
  unitNear(px, py, reach = 1) {
    const { network, pieces } = this.shown;
    const { frame, run } = this;
    if (!network || !frame.holds(px, py)) return null;
    const nearZero = Math.abs(py - frame.y(this.zero));
    const dots = this.nearestElbow(network, px);
    if (nearZero <= 11 * reach && dots.distance <= (this.wide ? 5 : 11) * reach) return dots.unit;
    const curve = frame.y(valueOn(pieces, clamp(frame.fromX(px), ...run.points.domain)));
    if (this.wide || Math.abs(py - curve) <= 9 * reach) return null;
    let found = null;
    let nearest = 6 * reach;
    for (let j = 0; j < network.width; j++) {
      const ends = this.unitLine(network, j);
      const distance = ends ? distanceTo(px, py, ...ends) : Infinity;
      if (distance < nearest) [found, nearest] = [j, distance];
    }
    return found;
  }

  nearestElbow(network, px) {
    let unit = null;
    let distance = Infinity;
    for (let j = 0; j < network.width; j++) {
      const away = Math.abs(this.frame.x(this.run.points.toX(network.elbow(j))) - px);
      if (away < distance) [unit, distance] = [j, away];
    }
    return { unit, distance };
  }
}
