// The scripts of the page of a run travel packed, because the lab is among them. Each is unpacked
// and run; the policy of the page allows these texts and no others.

/** Run a script in the scope that all scripts of the page share. */
function runScript(text) {
  const script = make("script", {}, text);
  document.head.append(script);
  script.remove();
}

/** The program of the engine, which its workers run as well. */
const engineText = unpackedText(told.packed.engine);

runScript(engineText);
runScript(unpackedText(told.packed.script));
