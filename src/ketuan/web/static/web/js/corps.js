// How many are ticked, in the words of the button that takes them (data-ticked="导入勾选的 # 人").
(function () {
  "use strict";
  var told = document.querySelectorAll("[data-ticked]");
  function count() {
    var number = document.querySelectorAll("[data-tick]:checked").length;
    told.forEach(function (one) { one.textContent = one.getAttribute("data-ticked").replace("#", number); });
  }
  document.addEventListener("change", function (event) {
    if (!event.target.matches("[data-tick]")) { return; }
    count();
    var order = event.target.closest("tr").querySelector("input[name^='order-']");
    if (order && event.target.checked && !order.value) {
      var most = 0;
      document.querySelectorAll("input[name^='order-']").forEach(function (one) { most = Math.max(most, parseInt(one.value, 10) || 0); });
      order.value = most + 1;
    } else if (order && !event.target.checked) { order.value = ""; }
  });
}());
