"use strict";
// One question: the answer as it is typed, what was understood, the verdict, the hints.

class Card {
  // `say(key, fields)` gives a sentence; `moved()` is told when something was solved or shown.
  constructor(section, { lesson, question, progress, index, say, moved, next }) {
    Object.assign(this, { section, lesson, question, progress, index, say, moved, next });
    this.check = question.check;
    this.gap = section.querySelector(".gap");
    this.form = this.build();
    section.append(this.form);
    this.restore();
  }

  get item() {
    return this.progress.items[this.index];
  }

  element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  button(key, className, action) {
    const made = this.element("button", { type: "button", class: className }, this.say(`page.${key}`));
    made.addEventListener("click", action);
    return made;
  }

  build() {
    const id = `answer${this.index}`;
    const form = this.element("form", { class: "work", novalidate: "" });
    this.verdict = this.element("p", { class: "verdict", role: "status" });
    this.hintList = this.element("ol", { class: "hints", "aria-live": "polite" });
    const tell = this.element("button", { type: "submit", class: "main" }, this.say("page.check"));
    this.hintButton = this.button("hint", "quiet", () => this.hint());
    this.showButton = this.button("show", "quiet", () => this.show());
    this.nextButton = this.button("next", "main next", () => this.next());
    this.checkButton = tell;
    if (this.check.kind === "choice") this.radios(form);
    else this.typing(form, id);
    form.append(this.verdict, this.element("div", { class: "actions" }, tell, this.hintButton, this.showButton, this.nextButton), this.hintList);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.item.solved || this.item.shown) this.next();
      else this.submit();
    });
    return form;
  }

  radios(form) {
    this.choices = [...this.section.querySelectorAll("input[type=radio]")];
    for (const radio of this.choices) {
      radio.disabled = false;
      radio.addEventListener("change", () => {
        this.progress.change(this.index, { typed: radio.value });
        this.tell("", "");
      });
      radio.closest(".line").addEventListener("click", (event) => {
        if (event.target !== radio && !radio.disabled) radio.click();
      });
    }
  }

  typing(form, id) {
    this.input = this.element("input", {
      id, type: "text", autocomplete: "off", autocapitalize: "off", autocorrect: "off", spellcheck: "false",
      "aria-describedby": `${id}-verdict`, maxlength: "20000",
    });
    this.verdict.id = `${id}-verdict`;
    this.preview = this.element("div", { class: "preview" });
    form.append(this.element("label", { for: id }, this.say("page.answer")), this.input, this.keys(), this.preview);
    this.input.addEventListener("input", () => this.typed());
  }

  // Buttons for what is hard to type.
  keys() {
    const row = this.element("div", { class: "keys", role: "group", "aria-label": this.say("page.keys") });
    const add = (label, name, before, after = "") => {
      const key = this.element("button", { type: "button", class: "key", "aria-label": name, title: name });
      key.append(label);
      key.addEventListener("mousedown", (event) => event.preventDefault()); // the input keeps the focus
      key.addEventListener("click", () => this.insert(before, after));
      row.append(key);
    };
    const { kind, entry } = this.check;
    if (kind === "shape") {
      for (const size of this.lesson.names.sizes.slice(0, 8)) add(size.shown, size.shown, size.shown);
      add("×", "×", " × ");
      return row;
    }
    if (kind === "link") add("∂ ∕ ∂", this.say("page.derivative"), "∂", "/∂");
    else {
      if (!entry) {
        add("⊤", this.say("page.turned"), "ᵀ");
        add("⊙", this.say("page.hadamard"), " ⊙ ");
        add("@", this.say("page.product"), " @ ");
        add("∑", this.say("page.sum"), "sum(", ")");
      }
      add("a∕b", this.say("page.fraction"), "(", ")/()");
      const slope = Object.keys(this.lesson.written).find((op) => ["sigmoid", "tanh", "relu"].includes(op));
      if (slope) add(`${this.lesson.written[slope]}′`, this.say("page.slope"), `${this.lesson.written[slope]}′(`, ")");
    }
    if (this.lesson.names.list.length <= 20) {
      for (const name of this.lesson.names.list) {
        const math = document.createElement("template");
        math.innerHTML = `<math>${name.markup}</math>`;
        add(math.content.firstChild, name.shown, name.shown);
      }
    }
    return row;
  }

  insert(before, after) {
    const { input } = this;
    if (input.disabled) return;
    const [start, end] = [input.selectionStart, input.selectionEnd];
    const inside = input.value.slice(start, end);
    input.setRangeText(before + inside + after, start, end, "end");
    input.setSelectionRange(start + before.length + inside.length, start + before.length + inside.length);
    input.focus();
    this.typed();
  }

  judged() {
    return Judge.judge(this.lesson, this.check, this.input.value);
  }

  // While it is typed: what was understood, and whether it is right already.
  typed() {
    const { value } = this.input;
    this.progress.change(this.index, { typed: value.slice(0, 4000) });
    const verdict = this.judged();
    this.understood(verdict);
    if (verdict.state === "right") this.solve();
    else if (verdict.state === "unread" && verdict.key !== "ends" && verdict.key !== "open") this.trouble(verdict);
    else this.tell("", "");
  }

  understood(verdict) {
    this.preview.replaceChildren();
    if (!verdict.tree) return;
    const picture = Preview.math(verdict.tree, this.lesson);
    this.preview.append(this.element("span", { class: "label" }, this.say("page.understood")), picture);
  }

  submit() {
    if (this.choices) {
      const chosen = this.choices.find((r) => r.checked);
      if (!chosen) this.choices[0].focus();
      else if (Number(chosen.value) === this.check.line) this.solve();
      else this.tell("wrong", this.say("verdict.other line"));
      return;
    }
    const verdict = this.judged();
    this.understood(verdict);
    if (verdict.state === "empty") this.input.focus();
    else if (verdict.state === "right") this.solve();
    else this.trouble(verdict);
  }

  trouble({ state, key, fields, start, end }) {
    const reading = state === "unread" || key.startsWith("no ");
    this.tell(reading ? "unread" : state, this.say(`${reading ? "reading" : "verdict"}.${key}`, fields));
    if (start === undefined) return;
    const typed = this.input.value;
    const from = Math.max(0, start - 24);
    const mark = this.element("mark", {}, typed.slice(start, Math.min(end, start + 40)) || "\u2002");
    this.verdict.append(this.element("code", { class: "place" }, (from ? "…" : "") + typed.slice(from, start), mark, typed.slice(end, end + 16)));
  }

  tell(state, sentence) {
    this.verdict.className = `verdict ${state}`;
    this.verdict.textContent = sentence;
    this.input?.setAttribute("aria-invalid", String(state === "wrong" || state === "unread"));
  }

  solve() {
    const first = !this.item.solved;
    this.progress.change(this.index, { solved: true });
    this.finish();
    if (first) this.moved();
  }

  // The answer, after it was found or given up.
  finish() {
    const { solved } = this.item;
    this.section.dataset.state = solved ? "solved" : "shown";
    for (const control of [this.input, ...(this.choices ?? [])]) if (control) control.disabled = !solved || control !== this.input;
    if (this.input) this.input.readOnly = true;
    this.fill();
    this.tell(solved ? "right" : "shown", this.say(solved ? "verdict.right" : "page.shown"));
    this.hintButton.hidden = true;
    this.showButton.hidden = true;
    this.checkButton.hidden = true;
    this.nextButton.hidden = false;
    if (this.answer) return;
    this.answer = this.element("div", { class: "answer-is" }, this.element("h3", {}, this.say("page.answer is")));
    const key = document.createElement("template");
    key.innerHTML = this.question.key;
    this.answer.append(key.content);
    this.hintList.after(this.answer);
  }

  // The student's own answer in the gap.
  fill() {
    if (!this.gap || !this.item.solved) return;
    const { tree } = this.judged();
    if (tree) this.gap.replaceChildren(Preview.draw(tree, this.lesson));
  }

  hint() {
    const { hints } = this.item;
    if (hints >= this.question.hints.length) return;
    this.progress.change(this.index, { hints: hints + 1 });
    this.addHint(hints);
  }

  addHint(i) {
    const item = this.element("li");
    const hint = document.createElement("template");
    hint.innerHTML = this.question.hints[i];
    item.append(hint.content);
    this.hintList.append(item);
    const left = this.question.hints.length - i - 1;
    this.hintButton.textContent = this.say("page.next hint");
    this.hintButton.hidden = left === 0;
  }

  show() {
    this.progress.change(this.index, { shown: true });
    this.finish();
    this.moved();
    this.nextButton.focus();
  }

  restore() {
    const { typed, hints, solved, shown } = this.item;
    this.nextButton.hidden = true;
    for (let i = 0; i < Math.min(hints, this.question.hints.length); i++) this.addHint(i);
    if (this.choices) for (const radio of this.choices) radio.checked = radio.value === typed;
    else this.input.value = typed;
    if (solved || shown) this.finish();
    if (this.input && typed) this.understood(this.judged());
  }

  focus() {
    const target = this.item.solved || this.item.shown ? this.nextButton : this.input ?? this.choices[0];
    target.focus({ preventScroll: true });
  }
}
