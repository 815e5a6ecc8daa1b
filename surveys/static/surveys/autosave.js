// Forms of the designer that store themselves as a field is left. Without script the same forms have their button.
//
// A form is never put in the place of one that somebody types in: values that others changed are taken over field by
// field, what was typed since stays and is sent next. Who leaves the page takes nothing unsaved along: it is sent first.
(() => {
  "use strict";

  const stored = new WeakMap(); // form: its fields as they are stored
  const sent = new WeakMap(); // form: its fields as they were sent, and on which state of the draft
  const refused = new WeakMap(); // form: fields that could not be stored; they do not hold anybody back again
  const held = new WeakMap(); // form: the state to go on from, where somebody else has changed what is being typed
  let next = null; // what the person wanted to do while something was not stored yet

  const OWN = ["base", "csrfmiddlewaretoken"];
  const state = () => document.getElementById("state");
  const forms = () => [...document.querySelectorAll("form[data-autosave]")];
  const fields = (form) => [...form.elements].filter((each) => each.name && each.type !== "submit" && !OWN.includes(each.name));
  const ticked = (field) => field.type === "checkbox" || field.type === "radio";
  const valueOf = (field) => (ticked(field) ? field.checked : field.value);
  const read = (form) => fields(form).map((each) => [each.name, ticked(each) ? each.value : "", valueOf(each)]);
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  const names = (rows) => rows.map(([name, value]) => [name, value]);
  const isOpen = (form) => stored.has(form) && !same(read(form), stored.get(form));
  const isRefused = (form) => refused.has(form) && same(read(form), refused.get(form));

  function say(words) {
    if (state() && words) state().textContent = words;
  }

  function begin() {
    forms().filter((form) => !stored.has(form)).forEach((form) => stored.set(form, read(form)));
    document.querySelectorAll("main input[name=base]").forEach((input) => { input.value = state()?.dataset.base ?? input.value; });
  }

  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (!state()) return;
    detail.parameters.base = held.get(detail.elt) ?? state().dataset.base;
    if (detail.elt.matches("form[data-autosave]")) sent.set(detail.elt, { fields: read(detail.elt), base: Number(detail.parameters.base) });
  });

  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const form = detail.elt;
    if (!form.matches("form[data-autosave]") || detail.xhr.status === 409) return;
    const page = new DOMParser().parseFromString(detail.xhr.responseText, "text/html");
    if (detail.xhr.status === 200 && page.getElementById("state")) takeOver(form, page);
    else notStored(form, detail.xhr.status, page);
    if (next && !forms().some((each) => isOpen(each))) go();
  });

  function takeOver(form, page) {
    const was = sent.get(form);
    const fresh = page.getElementById(form.id);
    stored.set(form, was.fields);
    refused.delete(form);
    held.delete(form);
    if (!fresh) return begin();
    const now = read(form), other = read(fresh);
    if (same(names(now), names(other))) {
      const typed = fields(form).filter((field, n) => !takeValue(field, fields(fresh)[n], was.fields[n]?.[2]));
      const alone = Number(page.getElementById("state").dataset.base) <= was.base + 1;
      if (typed.length && !alone) held.set(form, was.base);
      stored.set(form, other);
    } else if (same(now, was.fields)) {
      const focus = document.activeElement?.name;
      renew(form, fresh);
      form.elements.namedItem(focus ?? "")?.focus?.();
    }
    forms().filter((each) => each !== form && !isOpen(each) && !each.contains(document.activeElement)).forEach((each) => {
      const newest = page.getElementById(each.id);
      if (newest) renew(each, newest);
    });
    begin();
  }

  function renew(form, fresh) {
    form.replaceChildren(...fresh.childNodes);
    window.htmx.process(form);
    stored.set(form, read(form));
  }

  // True where the field has the fresh value now; false where something else was typed since it was sent.
  function takeValue(field, fresh, before) {
    if (valueOf(field) !== before && valueOf(field) !== valueOf(fresh)) return false;
    if (ticked(field)) field.checked = fresh.checked;
    else if (field.value !== fresh.value) field.value = fresh.value;
    return true;
  }

  function notStored(form, status, page) {
    next = null;
    if (status === 0) {
      say(state()?.dataset.offline);
      setTimeout(() => { if (form.isConnected && isOpen(form)) form.requestSubmit(); }, 5000);
      return;
    }
    refused.set(form, sent.get(form)?.fields);
    say(status === 422 ? state()?.dataset.open : state()?.dataset.refused);
    if (status === 422) page.getElementById("state") && begin();
  }

  function go() {
    const action = next;
    next = null;
    action();
  }

  // Whoever goes on to another page or presses another button has what is open stored first.
  function first(event, action) {
    const open = forms().filter((form) => isOpen(form) && !isRefused(form));
    if (!open.length || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    next = action;
    open.forEach((form) => form.requestSubmit());
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const target = link?.getAttribute("href") ?? "#";
    if (target.startsWith("#") || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    first(event, () => window.location.assign(new URL(target, window.location.href)));
  }, true);

  document.addEventListener("submit", (event) => {
    const { target, submitter } = event;
    if (!target.matches("form[data-autosave]")) first(event, () => press(target, submitter));
  }, true);

  // Storing may have put a new form in the place of the one that was pressed.
  function press(form, button) {
    const now = form.isConnected ? form : [...document.forms].find((each) => each.action === form.action);
    now?.requestSubmit([...now.elements].find((each) => each.name === button?.name && each.value === button?.value && each.type === "submit") ?? null);
  }

  window.addEventListener("beforeunload", (event) => {
    if (forms().some((form) => isOpen(form))) event.preventDefault();
  });

  document.addEventListener("htmx:afterSettle", begin);
  begin();
})();
