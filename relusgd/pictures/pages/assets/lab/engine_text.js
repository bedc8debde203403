/** The program of the engine, which its workers run as well. */
const engineText = $("engine").textContent;
