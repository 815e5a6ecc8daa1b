// Shows at once which questions of this page its other answers call for; the server decides it again. Without this
// script the page comes back with them. The rules stand in data attributes; surveys/logic/mirror.py says how to read them.
(() => {
  const form = document.getElementById("answers");
  const { first, total, count } = form.dataset;
  const parsed = (text) => (text ? JSON.parse(text) : null);
  const rules = [...form.querySelectorAll("[data-code]")].map((box) => ({
    box, code: box.dataset.code, when: parsed(box.dataset.when), then: parsed(box.dataset.then) ?? [],
    mark: box.querySelector(".count"),
  }));
  const counted = () => rules.filter((each) => each.mark && !each.box.hidden);
  const elsewhere = total - counted().length;

  const chosen = (name) => [...form.elements]
    .filter((each) => each.name === name && !each.matches(":disabled") && (!/radio|checkbox/.test(each.type) || each.checked))
    .map((each) => each.value.trim()).filter(Boolean);
  const fold = (words) => words.toUpperCase().toLowerCase().replaceAll("ς", "σ");

  const boxes = (values, ones, many, least, most, alone) => {
    const single = values.length < 2;
    const exclusive = values.some((each) => alone.includes(each));
    if (exclusive ? !single : values.length < least || values.length > most) return false;
    return single ? ones.includes(values[0]) : values.some((each) => many.includes(each));
  };

  const typed = (text, what, op, wanted, low, high, step) => {
    let value = what === "t" ? fold(text) : text;
    if (what === "n") {
      if (!/^[+-]?(\d{1,12}([.,]\d{0,6})?|[.,]\d{1,6})$/.test(text)) return false;
      value = +text.replace(",", ".");
      const steps = (value - (low ?? 0)) / step;
      if (Math.abs(steps - Math.round(steps)) > 1e-6) return false;
    }
    if (value === "" || (low !== null && value < low) || (high !== null && value > high)) return false;
    if (op === "?") return true;
    if (op === "=") return wanted.includes(value);
    if (op === "~") return wanted.some((each) => value.includes(each));
    return { "<": value < wanted, "<=": value <= wanted, ">": value > wanted, ">=": value >= wanted }[op];
  };

  const holds = (tree) => {
    if (tree === true || tree === null) return true;
    const [name, ...rest] = tree;
    if (name === "&") return rest.every(holds);
    if (name === "|") return rest.some(holds);
    if (name === "!") return !holds(rest[0]);
    const values = chosen(name);
    if (rest.length === 1) return rest[0].includes(values[0]);
    return rest.length === 5 ? boxes(values, ...rest) : typed(values[0] ?? "", ...rest);
  };

  const follow = () => {
    let target = "";
    for (const { box, code, when, then } of rules) {
      if (target === code) target = "";
      const shown = !target && holds(when);
      box.hidden = box.disabled = !shown;
      if (shown) target = then.find(([tree]) => holds(tree))?.[1] ?? "";
    }
    form.elements._page.value = rules.filter((each) => !each.box.hidden).map((each) => each.code).join(" ");
    const now = counted();
    now.forEach((each, at) => {
      each.mark.textContent = count.replace("{n}", +first + at).replace("{t}", elsewhere + now.length);
    });
  };

  for (const name of ["input", "change"]) form.addEventListener(name, follow);
  addEventListener("pageshow", follow);
  follow();
})();
