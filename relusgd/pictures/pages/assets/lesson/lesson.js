// The page of a lesson: commands are copied, and all answers opened at once.

/** Copy the command that stands beside a button. */
async function copyCommand(button) {
  const copied = await copyText(button.parentElement.querySelector("code").textContent);
  flash(button, copied ? "Copied" : "Select it and copy");
}

const answers = [...document.querySelectorAll("details")];

/** Open all answers, or fold them all where all are open. */
function toggleAnswers() {
  const open = !areAllOpen();
  for (const answer of answers) answer.open = open;
}

const areAllOpen = () => answers.every((answer) => answer.open);

function nameToggle() {
  setText($("all-answers"), areAllOpen() ? "Fold all answers" : "Open all answers");
}

for (const button of document.querySelectorAll(".copy"))
  button.addEventListener("click", () => copyCommand(button));
$("all-answers").hidden = !answers.length;
$("all-answers").addEventListener("click", toggleAnswers);
for (const answer of answers) answer.addEventListener("toggle", nameToggle);
nameToggle();
