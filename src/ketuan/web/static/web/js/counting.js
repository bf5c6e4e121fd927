// 字 while one types, by the same two ways as ketuan.forms.words (a test holds both to each other). The server's number,
// which comes with every saving, is the one that counts.
(function () {
  "use strict";
  var WIDE = "\\u1100-\\u115f\\u2e80-\\u2fff\\u3001-\\u303e\\u3041-\\ua4cf\\ua960-\\ua97c\\uac00-\\ud7a3\\uf900-\\ufaff\\ufe10-\\ufe19\\ufe30-\\ufe6f\\uff01-\\uff60\\uffe0-\\uffe6\\u{1b000}-\\u{1b2ff}\\u{1f200}-\\u{1f251}\\u{1f300}-\\u{1faff}\\u{20000}-\\u{3fffd}";
  var MARKS = "\\u00a7\\u00a8\\u00b0\\u00b1\\u00b7\\u00d7\\u00f7\\u2010\\u2013-\\u2016\\u2018\\u2019\\u201c\\u201d\\u2020-\\u2022\\u2024-\\u2027\\u2030\\u2032\\u2033\\u2035\\u203b\\u203e\\u20ac\\u2103\\u2105\\u2109\\u2113\\u2116\\u2121\\u2122\\u2150-\\u215f\\u2160-\\u217f\\u2190-\\u21ff\\u2200-\\u22ff\\u2312\\u2460-\\u24ff\\u2500-\\u27bf\\u2b1b\\u2b1c\\u2b50";
  var UNSEEN = "\\u00ad\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2064\\ufe00-\\ufe0f\\ufeff";
  var SPACE = "\\u0009-\\u000d\\u001c-\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
  var UNIT = new RegExp("[" + WIDE + MARKS + "]|[^" + SPACE + WIDE + MARKS + UNSEEN + "]+", "gu");
  var BLANK = new RegExp("[" + SPACE + UNSEEN + "]+", "gu");

  function words(text) { return (text.match(UNIT) || []).length; }
  function characters(text) { return Array.from(text.replace(BLANK, "")).length; }

  function show(control) {
    var counter = control.id && document.querySelector('[data-count][data-for="' + control.id + '"]');
    if (!counter) { return; }
    var form = control.closest("[data-count-by]");
    var way = form && form.getAttribute("data-count-by") === "characters" ? characters : words;
    var used = way(control.value.trim());
    counter.querySelector("b").textContent = used;
    counter.classList.toggle("over", used > Number(counter.getAttribute("data-limit")));
  }

  window.ketuanCount = { word: words, characters: characters, show: show };
  document.addEventListener("input", function (event) { show(event.target); });
}());
