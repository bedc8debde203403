// The hand in a panel of the lab: dragging elbows, output weights and points, placing units and
// points; by pointer, by finger and by keyboard.

const HINTS = {
  move: "Drag an elbow, or the diamond of the chosen unit. Press a unit's line to choose it.",
  unit: "Press where the function shall bend, and drag to where its new piece shall lead.",
  point: "Press to add a point; press a point to take it away.",
};

class Hand {
  constructor(lab, panel) {
    this.lab = lab;
    this.panel = panel;
    this.drag = null;
    const { canvas } = panel;
    const on = (name, act) => canvas.addEventListener(name, act);
    on("pointerdown", (event) => this.press(event));
    on("pointermove", (event) => this.move(event));
    on("pointerup", (event) => this.release(event));
    on("pointercancel", () => this.cancel());
    on("pointerleave", () => this.leave());
    on("keydown", (event) => this.key(event));
    on("blur", () => lab.setCursor(null));
  }

  get course() {
    return this.panel.run;
  }

  /** Where a press is, in original units, within the panel. */
  placeOf({ offsetX, offsetY }) {
    const { frame } = this.panel;
    return {
      x: frame.fromX(clamp(offsetX, frame.left, frame.right)),
      y: frame.fromY(clamp(offsetY, frame.top, frame.bottom)),
    };
  }

  press(event) {
    if (event.button !== 0 || !this.panel.shown) return;
    const { lab } = this;
    const reach = event.pointerType === "touch" ? 2 : 1;
    this.panel.canvas.setPointerCapture(event.pointerId);
    lab.setCursor(null);
    const place = this.placeOf(event);
    if (lab.tool === "point") this.drag = this.pressPoint(event, place, reach);
    else if (lab.tool === "unit") this.drag = this.pressUnit(place);
    else this.drag = this.pressAny(event, reach);
  }

  pressPoint({ offsetX, offsetY }, place, reach) {
    const found = pointNear(this.panel, offsetX, offsetY, 9 * reach);
    if (found === null) this.lab.addPoint(place);
    else this.lab.removePoint(found);
    return null;
  }

  /** A new unit, whose line follows the pointer until it is let go. */
  pressUnit({ x }) {
    const { lab, course } = this;
    if (course.deep) {
      lab.say("units are placed in networks of one layer");
      return null;
    }
    lab.hold();
    const { points } = course;
    const start = points.fromX(x);
    const [low, high] = points.inside;
    const slope = start < (low + high) / 2 ? 1 : -1;
    lab.edit((network) => withUnit(network, { elbow: start, slope, weight: 0 }));
    const unit = course.width - 1;
    lab.choose(unit);
    return { kind: "new", unit, x };
  }

  pressAny({ offsetX: x, offsetY: y }, reach) {
    const grip = this.grip(x, y, reach);
    if (!grip) return { kind: "press", x, y };
    this.lab.hold();
    this.lab.choose(grip.unit);
    return { ...grip, x, y };
  }

  /** What can be dragged at a pixel, or null. */
  grip(x, y, reach) {
    const { panel, lab } = this;
    const {
      shown: { handle, network },
      frame,
    } = panel;
    const { unit, distance } = panel.nearestElbow(network, x);
    const toElbow = Math.hypot(distance, y - frame.y(panel.zero));
    const toHandle = handle ? Math.hypot(frame.x(handle.x) - x, frame.y(handle.y) - y) : Infinity;
    if (Math.min(toElbow, toHandle) > 13 * reach) return null;
    return toHandle < toElbow
      ? { kind: "weight", unit: lab.chosen, handle }
      : { kind: "elbow", unit };
  }

  move(event) {
    const { drag } = this;
    if (!this.panel.shown) return;
    if (!drag) this.hover(event);
    else if (drag.kind !== "press") this.pull(drag, event);
  }

  pull(drag, event) {
    const { lab, course, panel } = this;
    const { points } = course;
    const place = this.placeOf(event);
    if (drag.kind === "elbow")
      lab.edit((network) => network.placeElbow(drag.unit, points.fromX(place.x)));
    else if (drag.kind === "new") this.pullNew(drag, place);
    else {
      const height = place.y - panel.frame.fromY(drag.y);
      const weight = (drag.handle.height + height) / drag.handle.lift;
      lab.edit((network) => setWeight(network, drag.unit, weight / points.yUnit));
    }
  }

  /** The new unit's piece leads from the function at its elbow to the pointer. */
  pullNew({ unit, x }, place) {
    const { lab, course } = this;
    const { points } = course;
    if (place.x === x) return;
    lab.edit((network) => {
      const elbow = points.fromX(x);
      network.slope[unit] = Math.sign(place.x - x);
      network.placeElbow(unit, elbow);
      setWeight(network, unit, 0);
      const missing = points.fromY(place.y) - network.at(points.fromX(place.x));
      setWeight(network, unit, missing / Math.abs(points.fromX(place.x) - elbow));
    });
  }

  release({ offsetX: x, offsetY: y, pointerType }) {
    const { drag, lab, panel } = this;
    this.drag = null;
    if (!drag) return;
    if (drag.kind !== "press") {
      lab.letGo();
      return;
    }
    if (Math.hypot(x - drag.x, y - drag.y) > 10) return;
    lab.choose(panel.unitNear(x, y, pointerType === "touch" ? 2.2 : 1));
  }

  cancel() {
    if (this.drag && this.drag.kind !== "press") this.lab.letGo();
    this.drag = null;
  }

  hover({ offsetX: x, offsetY: y }) {
    const { lab, panel } = this;
    const cursors = { elbow: "ew-resize", weight: "ns-resize" };
    const grip = lab.tool === "move" ? this.grip(x, y, 1) : null;
    const usual = lab.tool === "move" ? "default" : "crosshair";
    panel.canvas.style.cursor = grip ? cursors[grip.kind] : usual;
    const isInside = panel.frame.holds(x, y);
    lab.setCursor(isInside && !grip ? panel.frame.fromX(x) : null, panel);
  }

  leave() {
    if (!this.drag) this.lab.setCursor(null);
  }

  /** Left and right read the curve; with Alt they move the elbow, up and down the weight. */
  key(event) {
    const { lab, course } = this;
    const side = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1 }[event.key];
    const [low, high] = course.points.domain;
    const small = (high - low) / (event.shiftKey ? 20 : 100);
    const isUpright = event.key === "ArrowUp" || event.key === "ArrowDown";
    if (event.key === "Enter") this.pressKey();
    else if (side === undefined) return;
    else if (lab.chosen !== null && (event.altKey || isUpright))
      this.nudge(lab.chosen, isUpright, side * small);
    else {
      const x = lab.cursor === null ? (low + high) / 2 : lab.cursor;
      lab.setCursor(clamp(x + side * small, low, high), this.panel);
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** Enter: what a press at the cursor would do, on the function. */
  pressKey() {
    const { lab, course } = this;
    const [low, high] = course.points.domain;
    const x = lab.cursor === null ? (low + high) / 2 : lab.cursor;
    const y = valueOn(course.pieces, x);
    if (lab.tool === "point") lab.addPoint({ x, y });
    else if (lab.tool === "unit") {
      if (this.pressUnit({ x })) lab.letGo();
    } else lab.choose(this.panel.nearestElbow(course.network, this.panel.frame.x(x)).unit);
  }

  nudge(unit, isUpright, amount) {
    const { lab, course } = this;
    const { points } = course;
    const { elbow, weight } = course.unit(course.network, unit);
    const [low, high] = points.domain;
    lab.hold();
    lab.edit((network) => {
      if (!isUpright) network.placeElbow(unit, points.fromX(elbow + amount));
      else if (!network.deep) {
        const more = (amount / (high - low)) * 10 * Math.max(Math.abs(weight), 0.1);
        setWeight(network, unit, (weight + more) / points.yUnit);
      }
    });
    lab.letGo();
  }
}

/** The training point near a pixel: its index, or null. */
function pointNear({ run: { points }, frame }, px, py, reach) {
  const { x, y } = points.train;
  let found = null;
  let nearest = reach;
  for (let i = 0; i < x.length; i++) {
    const away = Math.hypot(frame.x(points.toX(x[i])) - px, frame.y(points.toY(y[i])) - py);
    if (away < nearest) [found, nearest] = [i, away];
  }
  return found;
}

/** weight: of a unit in the output, in network units. */
function setWeight(network, unit, weight) {
  network.outputWeight[unit] = weight;
}

/** A network of one hidden layer with one unit more. */
function withUnit(network, { elbow, slope, weight }) {
  const longer = (values, value) => Float64Array.of(...values, value);
  return new Network(
    [network.width + 1],
    [longer(network.slope, slope), longer(network.outputWeight, weight)],
    [longer(network.bias, -elbow * slope), network.biases[1].slice()],
  );
}

/** A network of one hidden layer without a unit. */
function withoutUnit(network, unit) {
  const shorter = (values) => values.filter((_value, j) => j !== unit);
  return new Network(
    [network.width - 1],
    [shorter(network.slope), shorter(network.outputWeight)],
    [shorter(network.bias), network.biases[1].slice()],
  );
}
