// Comfort on answer pages; every page works without it. Keeps what is typed in this browser until it is stored, says
// when the connection is gone and sends again when it is back, and never sends one page twice.
(() => {
  const form = document.getElementById("answers");
  const stored = document.querySelector("[data-stored]");
  document.getElementById("errors")?.focus();
  if (!(form || stored) || !crypto.subtle) return;
  const place = location.pathname + (form ? form.elements._id?.value ?? "" : stored.dataset.stored);

  // The address opens the survey, so it is not what is kept: only a hash, which opens nothing.
  const hashed = async (text) => {
    const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
    return "cx." + Array.from(bytes.slice(0, 12), (each) => each.toString(16).padStart(2, "0")).join("");
  };

  hashed(place).then((name) => {
    if (!form) return localStorage.removeItem(name);
    const page = form.elements._page?.value ?? "";
    const fields = [...form.elements].filter((each) => each.name && !each.name.startsWith("_"));
    const ticks = (each) => /radio|checkbox/.test(each.type);
    const pages = () => JSON.parse(localStorage.getItem(name) ?? "{}");
    const keep = () => {
      const values = fields.map((each) => (ticks(each) ? each.checked : each.value));
      localStorage.setItem(name, JSON.stringify({ ...pages(), [page]: values }));
    };

    const values = pages()[page];
    const blank = !fields.some((each) => (ticks(each) ? each.checked : each.value));
    if (blank && values?.length === fields.length) {
      fields.forEach((each, at) => (ticks(each) ? (each.checked = values[at]) : (each.value = values[at])));
      form.dispatchEvent(new Event("change"));
    }
    form.addEventListener("input", keep);

    let sending = false;
    addEventListener("pageshow", () => (sending = false));
    form.addEventListener("submit", (event) => {
      const notice = document.getElementById("offline");
      if (navigator.onLine && !sending) {
        sending = true;
        setTimeout(() => (sending = false), 5000);
        return;
      }
      event.preventDefault();
      if (navigator.onLine) return;
      keep();
      notice.hidden = false;
      notice.focus();
      const button = event.submitter;
      addEventListener("online", () => { notice.hidden = true; form.requestSubmit(button); }, { once: true });
    });
  }).catch(() => {});  // no storage: nothing is lost that was not lost without this script
})();
