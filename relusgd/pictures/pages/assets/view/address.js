// The page's address, whose fragment is the moment that is shown: #epoch=1200 or #step=6000. An
// epoch is its end; within one, a fragment has a fraction (#epoch=0.4).

/** What a fragment asks for: {kind: epoch or step, number}; null without one. */
function askedBy(fragment) {
  const found = /^#?(epoch|step)=(\d+(?:\.\d+)?)$/.exec(fragment);
  return found && { kind: found[1], number: Number(found[2]) };
}

/**
 * Go to the moment that the address asks for, and say which one is shown where it is not in the
 * page; whether it asks for one.
 */
function goToAddress(page) {
  const asked = askedBy(window.location.hash);
  const epoch = asked && epochOf(page, asked);
  if (epoch === null) return false;
  const { clock, runs, single } = page;
  clock.goToEpoch(epoch);
  const [run] = runs;
  const isStep = asked.kind === "step";
  let shown = clock.epoch;
  if (isStep) shown = single ? run.step[run.rowAt(clock.epoch)] : shown * told.steps_per_epoch;
  if (shown !== asked.number)
    page.tell(
      `This page has no ${asked.kind} ${momentText(asked.number)}; ` +
        `the nearest is ${momentText(shown)}.`,
    );
  return true;
}

const momentText = (number) =>
  Number.isInteger(number) ? wholeText(number) : String(Number(number.toFixed(4)));

/** An asked moment as an epoch; null where steps are not known. */
function epochOf({ runs: [run], single }, { kind, number }) {
  if (kind === "epoch") return number;
  if (single) return run.epoch[nearestIndex(run.step, number)];
  return told.steps_per_epoch ? number / told.steps_per_epoch : null;
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
