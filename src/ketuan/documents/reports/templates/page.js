/* A help, not a need: without it every part can still be opened by hand. */
(function () {
  "use strict";
  function show() {
    var goal = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    var lid = goal && goal.closest("details");
    if (lid && !lid.open) { lid.open = true; goal.scrollIntoView(); }
  }
  var shut = [];
  addEventListener("hashchange", show);
  addEventListener("beforeprint", function () {
    shut = Array.prototype.slice.call(document.querySelectorAll("details.card:not([open]), details.pair:not([open]), details.rest:not([open])"));
    shut.forEach(function (lid) { lid.open = true; });
  });
  addEventListener("afterprint", function () {
    shut.forEach(function (lid) { lid.open = false; });
  });
  show();
})();
