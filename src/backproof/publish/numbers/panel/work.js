/** How the number that was picked comes about: its formula, and the formula with numbers put in. */
class Work {
  constructor(numbers, labels) {
    this.numbers = numbers;
    this.labels = labels;
    this.entry = this.first();
    this.element = node("div", { class: "numbers-work", tabindex: "0" });
  }

  /** The first entry of the first quantity that has a formula. */
  first() {
    const plain = this.numbers.sample.quantities.find((name) => this.labels.forward[name]);
    return plain === undefined ? undefined : { plain, row: 0, column: 0 };
  }

  /** Show an entry: the value first, then the derivative of the loss by it. */
  show() {
    const { plain, row, column } = this.entry ?? {};
    const parts = [];
    for (const [found, read] of [
      [this.labels.forward, (name) => this.numbers.value(name)],
      [this.labels.backward, (name) => this.numbers.gradient(name)],
    ]) {
      if (plain !== undefined && found[plain]) {
        parts.push(this.lines(found[plain], { j: row, s: column }, read(plain)[row][column]));
      }
    }
    this.element.replaceChildren(...parts);
  }

  lines([left, right], at, result) {
    const formula = parsed(right);
    const worked = substituted(formula, this.numbers, at);
    const rows = [[located(parsed(left), at), located(formula, at)]];
    if (worked.querySelector(".put-in") || worked.classList.contains("put-in")) {
      rows.push([math("mrow"), worked]);
    }
    const digits = math("mn", shown(result).replace("−", ""));
    const sign = result < 0 ? [math("mo", "−")] : [];
    rows.push([math("mrow"), math("mrow", ...sign, digits)]);
    const table = math("mtable");
    for (const [before, after] of rows) {
      table.append(
        math("mtr", math("mtd", before), math("mtd", math("mo", "=")), math("mtd", after)),
      );
    }
    const whole = math("math", table);
    whole.setAttribute("display", "block");
    return whole;
  }
}

/** Markup of MathML as an element. */
function parsed(markup) {
  const holder = document.createElement("template");
  holder.innerHTML = `<math>${markup}</math>`;
  const row = document.importNode(holder.content.firstElementChild, true);
  return row.children.length === 1 ? row.firstElementChild : math("mrow", ...row.childNodes);
}

/** A copy of a formula in which indices that are known are numbers. */
function located(formula, at) {
  const copy = formula.cloneNode(true);
  for (const element of [copy, ...copy.querySelectorAll("[data-entry]")]) {
    const script = element.dataset.entry === undefined ? undefined : element.children[1];
    for (const letter of script ? [script, ...script.querySelectorAll("mi")] : []) {
      if (letter.localName === "mi" && letter.textContent in at) {
        letter.replaceWith(math("mn", String(at[letter.textContent] + 1)));
      }
    }
  }
  return copy;
}
