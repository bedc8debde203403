// What the reader does with the lab as a whole: buttons, sliders and keys.

/** Hear what the reader does with the player, the header and the panels along the steps. */
function listenOnLab(lab) {
  const on = (id, name, act) => $(id).addEventListener(name, act);
  on("train", "click", () => lab.toggleTraining());
  on("single", "click", () => lab.takeSingleStep());
  on("undo", "click", () => lab.undo());
  on("redo", "click", () => lab.redo());
  on("theme", "click", () => lab.otherTheme());
  on("slider", "input", () => lab.goTo(lab.stepAtSlider()));
  on("speed", "change", () => lab.isRunning && lab.runAll());
  on("scale", "change", () => {
    lab.time.logarithmic = $("scale").value === "log";
    lab.layTime();
    lab.changed();
  });
  for (const button of $("tools").children)
    button.addEventListener("click", () => lab.useTool(button.dataset.tool));
  on("errors", "pointerdown", (event) => {
    const steps = Math.round(lab.errorChart.epochAt(event.offsetX)) - lab.exercise.origin;
    lab.goTo(clamp(steps, 0, lab.head));
  });
  lab.darkSystem.addEventListener("change", () => lab.restyle());
  window.addEventListener("hashchange", () => lab.followAddress());
  window.addEventListener("keydown", (event) => pressLabKey(lab, event));
  new ResizeObserver(() => lab.relay()).observe($("figure"));
}

/** Keys that work everywhere but where something is typed or chosen. */
function pressLabKey(lab, event) {
  const { target, key } = event;
  if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "z") {
    if (target.matches("textarea, input:not([type=range])")) return;
    if (event.shiftKey) lab.redo();
    else lab.undo();
    event.preventDefault();
    return;
  }
  const isTyped = target.matches("select, textarea, input:not([type=range])");
  const isPressed = target.matches("button, summary, a");
  if (event.ctrlKey || event.metaKey || event.altKey || isTyped) return;
  const [course] = lab.courses;
  const far = event.shiftKey ? 10 : 1;
  const acts = {
    Escape: () => lab.choose(null),
    ArrowLeft: () => lab.goTo(clamp(course.step - far, 0, lab.head)),
    ArrowRight: () => (far > 1 ? lab.goTo(course.step + far) : lab.takeSingleStep()),
    Home: () => lab.goTo(0),
    End: () => lab.goTo(lab.head),
  };
  if (!isPressed) acts[" "] = () => lab.toggleTraining();
  if (key === "Delete") acts.Delete = () => lab.removeUnit();
  if (!acts[key]) return;
  acts[key]();
  event.preventDefault();
}
