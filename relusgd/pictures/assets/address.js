// The page's address, whose fragment is the moment that is shown: #epoch=1200 or #step=6000. An
// epoch is its end; within one, a fragment has a fraction (#epoch=0.4).

/** The moment that a fragment asks for, as an epoch; null without one. */
function epochOfFragment(fragment, stepToEpoch) {
  const found = /^#?(epoch|step)=(\d+(?:\.\d+)?)$/.exec(fragment);
  if (!found) return null;
  return found[1] === "epoch" ? Number(found[2]) : stepToEpoch(Number(found[2]));
}

function goToAddress({ runs: [run], single, clock }) {
  const epoch = epochOfFragment(window.location.hash, (step) => {
    if (single) return run.epoch[nearestIndex(run.step, step)];
    return told.steps_per_epoch ? step / told.steps_per_epoch : null;
  });
  if (epoch !== null) clock.goToEpoch(epoch);
}

function writeAddress(epoch) {
  try {
    window.history.replaceState(null, "", `#epoch=${epoch}`);
  } catch {
    // a page inside a page has no address of its own
  }
}

async function copyAddress(epoch) {
  writeAddress(epoch);
  const link = `${window.location.href.split("#")[0]}#epoch=${epoch}`;
  flash($("copy"), (await copyText(link)) ? "Copied" : "Not allowed here");
}
