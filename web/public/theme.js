// Runs before the first paint, so that a chosen theme does not flash. Only what the reader chose overrides the system.
(() => {
  try {
    const theme = localStorage.getItem('theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {}
})();
