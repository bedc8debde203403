// The page of a run begins, or the lab where the address holds an exercise.

const lab = asksForLab(window.location.hash) ? buildLab() : null;
const page = lab ? null : new Page();
window.addEventListener("hashchange", () => {
  // one of the two stays behind with all that listens to it, so the document begins anew
  if (asksForLab(window.location.hash) !== Boolean(lab)) window.location.reload();
});
