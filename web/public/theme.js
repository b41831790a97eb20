// Before the first paint, so that a chosen theme does not flash. A file of its own: the page allows no inline script.
try {
  var chosen = localStorage.getItem('headroom.theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch {
  // storage is switched off: the system's theme it is
}
