// What the reader does: pointer, fingers, keyboard.

/** Pointing at a panel, and dragging elbows and output weights in it. */
class PanelReader {
  constructor(page, panel) {
    this.page = page;
    this.panel = panel;
    this.drag = null;
    const { canvas } = panel;
    const on = (name, act) => canvas.addEventListener(name, act);
    on("pointerdown", (event) => this.press(event));
    on("pointermove", (event) => this.move(event));
    on("pointerup", (event) => this.release(event));
    on("pointercancel", () => {
      this.drag = null;
    });
    on("pointerleave", (event) => this.leave(event));
    on("keydown", (event) => this.key(event));
    on("blur", () => page.setCursor(panel.run, null));
  }

  get edited() {
    return this.page.experiment.run === this.panel.run;
  }

  /** What can be dragged at a pixel: {kind: "weight" or "elbow", unit}, the nearer one, or null. */
  grip(x, y, reach) {
    const { panel, page } = this;
    const {
      shown: { handle, network },
      frame,
      run,
    } = panel;
    if (!network) return null;
    const { unit, distance } = panel.nearestElbow(network, x);
    const toElbow = Math.hypot(distance, y - frame.y(panel.zero));
    const toHandle = handle ? Math.hypot(frame.x(handle.x) - x, frame.y(handle.y) - y) : Infinity;
    if (Math.min(toElbow, toHandle) > 13 * reach) return null;
    return toHandle < toElbow
      ? { kind: "weight", unit: page.focusIn(run), ...handle }
      : { kind: "elbow", unit };
  }

  press(event) {
    const { offsetX: x, offsetY: y, pointerType, button } = event;
    const reach = pointerType === "touch" ? 2 : 1;
    if (button !== 0 || !this.panel.shown) return;
    // with a finger an elbow is only moved once an experiment is on, so that scrolling the page
    // moves none
    const grip = this.edited || pointerType === "mouse" ? this.grip(x, y, reach) : null;
    this.drag = { grip, x, y, moved: false };
    if (grip) this.panel.canvas.setPointerCapture(event.pointerId);
  }

  move(event) {
    const { offsetX: x, offsetY: y, pointerType } = event;
    const { drag } = this;
    if (!this.panel.shown) return;
    if (drag && drag.grip) this.pull(drag, x, y);
    else if (pointerType !== "touch" || this.edited)
      this.hover(x, y, pointerType === "touch" ? 2 : 1);
  }

  pull(drag, x, y) {
    const { page, panel } = this;
    const { grip } = drag;
    if (!drag.moved && Math.hypot(x - drag.x, y - drag.y) < 4) return;
    if (!drag.moved) {
      drag.moved = true;
      if (!this.edited) page.toggleExperiment(panel.run);
      page.pinUnit(panel.run, grip.unit);
      page.pointed = null;
    }
    if (grip.kind === "elbow")
      page.experiment.placeElbow(
        grip.unit,
        panel.frame.fromX(clamp(x, panel.frame.left, panel.frame.right)),
      );
    else {
      // what the unit adds there follows the pointer: the change of height over relu(w x + b) is
      // that of the weight
      const height = panel.frame.fromY(y) - panel.frame.fromY(drag.y);
      page.experiment.setWeight(grip.unit, (grip.height + height) / grip.lift);
    }
  }

  hover(x, y, reach) {
    const { page, panel } = this;
    const grip = this.grip(x, y, reach);
    const cursors = { elbow: "ew-resize", weight: "ns-resize" };
    panel.canvas.style.cursor = grip ? cursors[grip.kind] : "default";
    const unit = grip ? grip.unit : panel.unitNear(x, y, reach);
    if (unit !== null) page.point(panel.run, unit);
    else page.setCursor(panel.run, panel.frame.holds(x, y) ? panel.frame.fromX(x) : null);
  }

  release({ offsetX: x, offsetY: y, pointerType }) {
    const { drag, page, panel } = this;
    this.drag = null;
    if (!drag || drag.moved || Math.hypot(x - drag.x, y - drag.y) > 10) return;
    const unit = drag.grip
      ? drag.grip.unit
      : panel.unitNear(x, y, pointerType === "touch" ? 2.2 : 1);
    page.pointed = null;
    if (unit !== null) page.pin(panel.run, unit);
    else if (this.edited) page.choose(panel.run);
    else page.pinUnit(panel.run, null);
    if (unit === null && pointerType === "touch") page.setCursor(panel.run, panel.frame.fromX(x));
  }

  leave({ pointerType }) {
    if (this.drag || pointerType === "touch") return;
    this.page.point(this.panel.run, null);
    this.page.setCursor(this.panel.run, null);
  }

  /**
   * Left and right move along the curve; in an experiment Alt moves the chosen elbow, and up and
   * down its output weight.
   */
  key(event) {
    const {
      page,
      panel,
      panel: { run },
    } = this;
    const [low, high] = run.points.domain;
    const small = (high - low) / (event.shiftKey ? 20 : 100);
    const side = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1 }[event.key];
    const unit = page.focusIn(run);
    const upright = event.key === "ArrowUp" || event.key === "ArrowDown";
    if (event.key === "Home" || event.key === "End")
      page.setCursor(run, event.key === "Home" ? low : high);
    else if (side === undefined) return;
    else if (this.edited && unit !== null && (event.altKey || upright))
      this.nudge(unit, upright, side * small);
    else
      page.setCursor(
        run,
        (page.cursor && page.cursor.run === run ? page.cursor.x : (low + high) / 2) + side * small,
      );
    event.preventDefault();
    event.stopPropagation();
    fillReading(page, panel);
  }

  nudge(unit, upright, amount) {
    const {
      page: { experiment },
      panel: { run },
    } = this;
    const { elbow, weight } = run.unit(experiment.network, unit);
    const [low, high] = run.points.domain;
    if (!upright) experiment.placeElbow(unit, elbow + amount);
    else if (!run.deep)
      experiment.setWeight(
        unit,
        weight + (amount / (high - low)) * 10 * Math.max(Math.abs(weight), 0.1),
      );
  }
}

/**
 * Pointing at a panel along time: a press jumps there, dragging scrubs. unitNear(x, y): the unit
 * whose path is there, if any.
 */
function listenOnTime(page, panel, unitNear) {
  const { canvas } = panel;
  let pressed = false;
  const glance = ({ offsetX: x, offsetY: y }) => {
    page.glance = { epoch: panel.epochAt(x, y), at: { canvas, x, y } };
  };
  canvas.addEventListener("pointerdown", (event) => {
    pressed = event.button === 0;
    if (pressed) page.jump(panel.epochAt(event.offsetX, event.offsetY));
    if (pressed) canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (pressed) page.jump(panel.epochAt(event.offsetX, event.offsetY));
    const unit = unitNear && !pressed ? unitNear(event.offsetX, event.offsetY) : null;
    if (unitNear) page.point(page.current, unit);
    if (unit === null && event.pointerType === "mouse") glance(event);
    else page.glance = null;
    page.changed();
  });
  for (const name of ["pointerup", "pointercancel"])
    canvas.addEventListener(name, () => {
      pressed = false;
    });
  canvas.addEventListener("pointerleave", () => {
    page.glance = null;
    page.point(page.current, null);
    page.changed();
  });
}

/** Keys that work everywhere but where something is typed or chosen. */
function pressKey(page, event) {
  const { target, key } = event;
  const { clock } = page;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (key === "Escape") return page.letGo();
  if (
    target.matches("select, textarea, input:not([type=range])") ||
    (key === " " && target.matches("button"))
  )
    return;
  const far = event.shiftKey ? 10 : 1;
  const acts = {
    " ": () => clock.toggle(),
    ArrowLeft: () => clock.go(clock.index - far),
    ArrowRight: () => clock.go(clock.index + far),
    PageUp: () => clock.go(clock.index - 10),
    PageDown: () => clock.go(clock.index + 10),
    Home: () => clock.go(0),
    End: () => clock.go(clock.epochs.length - 1),
  };
  // the slider's own keys would move it by places, not by moments
  if (target.matches("input[type=range]"))
    Object.assign(acts, { ArrowUp: acts.ArrowRight, ArrowDown: acts.ArrowLeft });
  if (!acts[key]) return;
  page.touched = true;
  acts[key]();
  event.preventDefault();
}

function listenOn(page) {
  const { clock, time } = page;
  page.panels.forEach((panel) => new PanelReader(page, panel));
  listenOnTime(page, page.errorPanel, null);
  if (page.sharpnessPanel) listenOnTime(page, page.sharpnessPanel, null);
  listenOnTime(page, page.pathPanel, (x, y) => page.pathPanel.unitNear(x, y));
  const act = (id, name, does) =>
    $(id).addEventListener(name, () => {
      page.touched = true;
      does();
    });
  act("play", "click", () => clock.toggle());
  act("slider", "input", () =>
    clock.goToEpoch(time.epochAt(($("slider").value / 10000) * time.length)),
  );
  act("speed", "change", () => {
    clock.speed = Number($("speed").value);
    page.experiment.setSpeed(clock.speed);
  });
  act("scale", "change", () => page.scaleTime($("scale").value === "log"));
  act("copy", "click", () => copyAddress(clock.epoch));
  act("to-experiment", "click", () => {
    $("edit").focus({ preventScroll: true });
    $("experiment").scrollIntoView();
  });
  act("theme", "click", () => page.otherTheme());
  act("to-lab", "click", () => page.openLab());
  act("run", "change", () => page.choose(page.runs[Number($("run").value)]));
  page.darkSystem.addEventListener("change", () => page.restyle());
  window.addEventListener("hashchange", () => goToAddress(page));
  window.addEventListener("keydown", (event) => pressKey(page, event));
  new ResizeObserver(() => page.restyle()).observe($("figure"));
}
