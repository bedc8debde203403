// The page of a run begins, or the lab where the address holds an exercise.

const lab = asksForLab(window.location.hash) ? buildLab() : null;
const page = lab ? null : new Page();
window.addEventListener("hashchange", () => {
  if (asksForLab(window.location.hash) === Boolean(lab)) return;
  // one of the two stays behind with all that listens to it, so the document begins anew
  window.history.scrollRestoration = "manual";
  window.location.reload();
});
