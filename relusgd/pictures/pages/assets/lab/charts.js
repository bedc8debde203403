// The lab's panels along the steps: errors, and the paths of the elbows.

const FIRST_END = 100; // steps that an axis of time holds at least

/** Steps along an axis, which grows as a course goes on. */
class StepAxis extends TimeAxis {
  constructor() {
    super(0, FIRST_END, 1);
    this.softness = 10;
  }

  /** Let the axis hold so many steps, with room to go on; whether it has another end. */
  growTo(steps) {
    const before = this.end;
    if (steps > this.end) this.end = 1.5 * steps;
    if (steps < 0.2 * this.end) this.end = Math.max(FIRST_END, 1.5 * steps);
    this.last = this.end;
    return this.end !== before;
  }
}

/** The errors of the courses. */
class ErrorChart extends AlongX {
  /** courses: [{course, colours: {train, test}, dash}]. */
  lay(courses) {
    const { time, pixels } = this;
    this.limits = this.limitsOf(courses);
    const [low, high] = this.limits;
    this.layAxes(
      {
        limits: time.limits,
        ticks: (context, frame) => spread(context, frame, time.ticks(1), pixels),
        name: "step",
      },
      {
        limits: [low, high],
        ticks: () => logTicks(low, high, clamp(Math.round(this.sheet.height / 34), 2, 6)),
        name: "error",
      },
      pixels,
    );
    this.layer = new GrowingLayer(this.sheet);
  }

  /** The decades of all errors so far. */
  limitsOf(courses) {
    const traces = courses.map(({ course }) => course.trace);
    const low = Math.floor(Math.min(...traces.map((each) => each.low), -1));
    const most = Math.max(...traces.map((each) => each.high), low + 1);
    const high = Math.ceil(Math.min(most, 6));
    return [Math.max(low, -30), Math.max(high, low + 1)];
  }

  draw(courses) {
    const [low, high] = this.limitsOf(courses);
    if (low !== this.limits[0] || high !== this.limits[1]) this.lay(courses);
    this.grow(courses);
    const context = this.sheet.begin();
    this.sheet.paste(this.fixed);
    this.sheet.paste(this.layer.canvas);
    for (const item of courses) this.drawNow(context, item);
  }

  /** Draw what is new of the curves on their layer; dashes begin where a curve begins. */
  grow(courses) {
    const isDashed = courses.some(({ dash }) => dash.length);
    if (isDashed) this.layer.clear();
    const items = new Map(courses.map((item) => [item.course.trace, item]));
    this.layer.grow([...items.keys()], (context, curve, first) =>
      this.drawCurves(context, items.get(curve), first),
    );
  }

  x(steps) {
    return this.frame.x(this.time.place(steps));
  }

  y(error) {
    const [low, high] = this.limits;
    return error > 0 ? this.frame.y(clamp(Math.log10(error), low, high)) : NaN;
  }

  drawCurves(context, { course, colours, dash }, first) {
    this.frame.clip(context);
    context.setLineDash(dash);
    for (const [name, colour] of Object.entries(colours)) {
      Object.assign(context, { strokeStyle: colour, lineWidth: 2, lineJoin: "round" });
      const at = (entry) => [this.x(entry.step), this.y(entry.errors[name])];
      course.trace.draw(context, at, first);
    }
    context.restore();
  }

  /** Where a course stands. */
  drawNow(context, { course, colours }) {
    const { frame, look } = this;
    const now = this.x(course.steps);
    hairline(context, Math.round(now) + 0.5, frame.top, frame.bottom, look.colours.ink);
    for (const [name, colour] of Object.entries(colours)) {
      const here = this.y(course.errors[name]);
      if (Number.isFinite(here)) ring(context, now, here, 4, colour, look.colours.paper, 1);
    }
  }
}

/** The elbows of a course, on the axis of x of its function; time goes down. */
class PathChart extends Downward {
  lay(course, limits) {
    const { time, pixels } = this;
    const [early, late] = time.limits;
    this.layAxes(
      {
        limits,
        ticks: (context, frame) => fittingTicks(context, ...limits, frame.width, pixels),
        name: course.points.names[0],
      },
      {
        limits: [late, early],
        ticks: (_context, frame) => spreadDown(frame, time.ticks(1), pixels),
        name: "step",
      },
      pixels,
    );
    this.layer = new GrowingLayer(this.sheet);
    this.form = "";
  }

  /** Draw the paths up to now; unit: the one that stands out. */
  draw(course, unit, isRunning) {
    const { trace, width } = course;
    // in the colours of the present signs, once it stands still
    const form = `${unit} ${width} ${isRunning ? "running" : course.version}`;
    if (form !== this.form) this.layer.clear();
    this.form = form;
    this.layer.grow([trace], (context, _trace, first) =>
      this.drawPaths(context, course, unit, first),
    );
    const context = this.sheet.begin();
    const { frame, time, look } = this;
    this.sheet.paste(this.fixed);
    this.sheet.paste(this.layer.canvas);
    const now = Math.round(frame.y(time.place(course.steps))) + 0.5;
    Object.assign(context, { strokeStyle: look.colours.faint, lineWidth: 1 });
    context.beginPath();
    line(context, frame.left, now, frame.right, now);
    context.stroke();
  }

  drawPaths(context, course, chosen, first) {
    const {
      frame,
      time,
      look: { colours },
    } = this;
    const { network, trace, width } = course;
    frame.clip(context);
    for (let unit = 0; unit < width; unit++) {
      const isChosen = unit === chosen;
      Object.assign(context, { lineWidth: isChosen ? 2.6 : 1.4, lineJoin: "round" });
      context.globalAlpha = chosen === null || isChosen ? 0.85 : 0.3;
      context.strokeStyle = signColour(colours, network, unit);
      const at = (entry) => [frame.x(course.elbowAt(entry, unit)), frame.y(time.place(entry.step))];
      trace.draw(context, at, first);
    }
    context.restore();
  }
}
