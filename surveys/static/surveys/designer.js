// Comfort for the designer: order by dragging, the preview after each change, undo by keyboard. All of it works without.
(() => {
  "use strict";

  const editor = () => document.getElementById("editor");

  // Every change says which state of the draft it was made on; parts of the page are swapped, so it is read late.
  document.addEventListener("htmx:configRequest", (event) => {
    const shown = document.querySelector("#list input[name=base]");
    if (shown) event.detail.parameters.base = shown.value;
  });

  // A clash (409) and a form that could not be stored (422) are pages to be seen, not failures of the network.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const status = event.detail.xhr.status;
    if (status === 422) event.detail.shouldSwap = true;
    if (status === 409) {
      event.detail.shouldSwap = true;
      event.detail.target = document.querySelector("main");
      event.detail.swapOverride = "outerHTML";
      event.detail.selectOverride = "main";
    }
  });

  document.addEventListener("htmx:sendError", () => say(editor()?.dataset.offline));
  document.addEventListener("htmx:afterSettle", () => {
    reload();
    sortable();
  });

  function say(words) {
    const state = document.getElementById("state");
    if (state && words) state.textContent = words;
  }

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
    form.submit();
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
