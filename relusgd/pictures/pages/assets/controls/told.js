// What the page was told, as JSON in its markup.

const told = JSON.parse($("data").textContent);
