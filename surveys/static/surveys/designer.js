// Comfort for the designer: order by dragging, the preview after each change, undo by keyboard. All of it works without.
(() => {
  "use strict";

  // A clash (409) and a form that could not be stored (422) are pages to be seen, not failures of the network.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.xhr.status === 422) detail.shouldSwap = true;
    if (detail.xhr.status === 409) Object.assign(detail, { shouldSwap: true, target: document.querySelector("main"), swapOverride: "outerHTML", selectOverride: "main" });
  });

  document.addEventListener("htmx:afterSettle", () => {
    reload();
    sortable();
  });

  function reload() {
    const frame = document.getElementById("preview");
    if (frame) frame.contentWindow.location.reload();
  }

  function sortable() {
    const list = document.getElementById("questions");
    if (!list || list.dataset.sortable || !window.Sortable || !list.querySelector(".move")) return;
    list.dataset.sortable = "yes";
    window.Sortable.create(list, { draggable: "li[data-code]", delayOnTouchOnly: true, delay: 150, onEnd: (event) => { if (event.oldIndex !== event.newIndex) order(list); } });
  }

  function order(list) {
    const values = new URLSearchParams();
    list.querySelectorAll("li[data-code]").forEach((item) => values.append("code", item.dataset.code));
    const form = document.createElement("form");
    form.method = "post";
    form.action = list.dataset.order;
    const here = new URLSearchParams(window.location.search);
    const fields = [...values, ["base", list.querySelector("input[name=base]").value], ["q", here.get("q") || ""], ["lang", here.get("lang") || ""]];
    fields.push(["csrfmiddlewaretoken", document.querySelector("input[name=csrfmiddlewaretoken]").value]);
    fields.forEach(([name, value]) => {
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = name;
      input.value = value;
      form.append(input);
    });
    document.body.append(form);
    form.requestSubmit();
  }

  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "z") return;
    if (event.target.closest("input, textarea, select")) return; // within a field it is the field's own
    const button = document.getElementById(event.shiftKey ? "redo" : "undo");
    if (!button || button.disabled) return;
    event.preventDefault();
    button.form.requestSubmit();
  });

  sortable();
})();
