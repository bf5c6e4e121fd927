// Light or dark before the first paint; the switch in the top bar remembers the choice on this machine.
(function () {
  "use strict";
  var root = document.documentElement;
  var dark = document.getElementById("dark-css");
  var asked = window.matchMedia("(prefers-color-scheme: dark)");

  function kept() {
    try { return localStorage.getItem("ketuan-theme"); } catch (e) { return null; }
  }
  function show() {
    var theme = kept() || (asked.matches ? "dark" : "light");
    root.setAttribute("data-bs-theme", theme);
    if (dark) { dark.media = theme === "dark" ? "screen" : "not all"; }
  }
  show();
  if (asked.addEventListener) { asked.addEventListener("change", show); }

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-theme-switch]");
    if (!button) { return; }
    try { localStorage.setItem("ketuan-theme", root.getAttribute("data-bs-theme") === "dark" ? "light" : "dark"); } catch (e) { /* no store: this page only */ }
    show();
  });
}());
