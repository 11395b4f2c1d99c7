// Applies the chosen theme before the first paint, so that the other one does not flash. Without a choice, the system's theme applies.
(() => {
  try {
    const theme = localStorage.getItem('theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {}
})();
