// The lines of references in the panel of a run.

/** Draw lines of references in a panel. */
function drawReferences(panel, context, lines) {
  for (const { x, y, colour, dash } of lines) {
    trace(context, panel.frame, { x, y });
    Object.assign(context, { strokeStyle: colour, lineWidth: 1.9 * panel.weight });
    context.setLineDash(dash);
    context.stroke();
  }
  context.setLineDash([]);
}
