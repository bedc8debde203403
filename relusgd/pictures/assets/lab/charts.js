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
  }

  /** The decades of all errors so far. */
  limitsOf(courses) {
    const errors = courses
      .flatMap(({ course }) => course.trace.entries)
      .filter((entry) => entry !== null)
      .flatMap(({ errors: { train, test } }) => [train, test])
      .filter((error) => error > 0 && error < 1e300)
      .map(Math.log10);
    const low = Math.floor(Math.min(...errors, -1));
    const high = Math.ceil(Math.min(Math.max(...errors, low + 1), 6));
    return [Math.max(low, -30), Math.max(high, low + 1)];
  }

  draw(courses) {
    const [low, high] = this.limitsOf(courses);
    if (low !== this.limits[0] || high !== this.limits[1]) this.lay(courses);
    const context = this.sheet.begin();
    this.sheet.paste(this.fixed);
    for (const item of courses) this.drawCourse(context, item);
  }

  drawCourse(context, { course, colours, dash }) {
    const { frame, time, look } = this;
    const [low, high] = this.limits;
    const x = (steps) => frame.x(time.place(steps));
    const y = (error) => (error > 0 ? frame.y(clamp(Math.log10(error), low, high)) : NaN);
    const now = Math.round(x(course.steps)) + 0.5;
    hairline(context, now, frame.top, frame.bottom, look.colours.ink);
    for (const [name, colour] of Object.entries(colours)) {
      frame.clip(context);
      Object.assign(context, { strokeStyle: colour, lineWidth: 2, lineJoin: "round" });
      context.setLineDash(dash);
      course.trace.draw(context, (entry) => [x(entry.step), y(entry.errors[name])]);
      context.setLineDash([]);
      context.restore();
      const here = y(course.errors[name]);
      if (Number.isFinite(here))
        ring(context, x(course.steps), here, 4, colour, look.colours.paper, 1);
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
    this.drawn = null;
  }

  /** Draw the paths up to now; unit: the one that stands out. */
  draw(course, unit, isQuick) {
    const key = `${course.number} ${course.trace.entries.length} ${unit}`;
    const isDue = !isQuick || performance.now() > this.drawnAt + 200;
    if (this.drawn === null || (key !== this.drawn && isDue)) {
      this.strong = this.sheet.layer((context) => this.drawPaths(context, course, unit));
      this.drawn = key;
      this.drawnAt = performance.now();
    }
    const context = this.sheet.begin();
    const { frame, time, look } = this;
    this.sheet.paste(this.fixed);
    this.sheet.paste(this.strong);
    const now = Math.round(frame.y(time.place(course.steps))) + 0.5;
    Object.assign(context, { strokeStyle: look.colours.faint, lineWidth: 1 });
    context.beginPath();
    line(context, frame.left, now, frame.right, now);
    context.stroke();
  }

  drawPaths(context, course, chosen) {
    const {
      frame,
      time,
      look: { colours },
    } = this;
    const { network, trace } = course;
    const H = network.width;
    frame.clip(context);
    for (let unit = 0; unit < H; unit++) {
      const isChosen = unit === chosen;
      Object.assign(context, { lineWidth: isChosen ? 2.6 : 1.4, lineJoin: "round" });
      context.globalAlpha = chosen === null || isChosen ? 0.85 : 0.3;
      context.strokeStyle = signColour(colours, network, unit);
      trace.draw(context, (entry) => [
        frame.x(course.elbowAt(entry, unit)),
        frame.y(time.place(entry.step)),
      ]);
    }
    context.restore();
  }
}
