/**
 * The panel of a page: the network with its numbers, the decision surface, the loss, and fields for
 * everything that can be changed.
 *
 * `labels` has `words` (sentences), `names` (for each plain name its `html` and its `text`),
 * `network` and `upright` (the drawing, from left to right and from top to bottom), `forward` and
 * `backward` (formulas). Returns what puts an end to the panel, chooses a sample, and tells where
 * on the screen the point of a sample lies.
 */
function mountNumbers(element, numbers, labels) {
  const panel = new Panel(numbers, labels);
  element.replaceChildren(panel.element);
  panel.update();
  return {
    stop: () => panel.end(),
    choose: (sample) => panel.choose(sample),
    where: (sample) => panel.plane?.where(sample),
  };
}

const PACE = 60; // milliseconds from one step to the next
const AT_ONCE = 100; // steps at once for those who do not want to see things move

class Panel {
  constructor(numbers, labels) {
    this.numbers = numbers;
    this.labels = labels;
    this.words = labels.words;
    this.sample = 0;
    this.gradients = false;
    this.parts = [];
    this.element = node("div", { class: "numbers" });
    this.element.append(this.bar(), this.stage(), this.fields());
    this.unheard = numbers.onchange(() => this.later());
  }

  // -- the bar -----------------------------------------------------------------------------

  bar() {
    const { words, numbers } = this;
    this.playing = undefined;
    this.player = button(words.play, "▶", () => (this.playing ? this.pause() : this.play()));
    const rate = numberField(
      words.rate,
      () => numbers.rate,
      (x) => numbers.setRate(x),
    );
    this.parts.push(rate);
    this.status = node("p", { class: "numbers-status", role: "status" });
    this.alert = node("p", { class: "numbers-alert", role: "alert" });
    const buttons = node(
      "div",
      { class: "numbers-buttons" },
      button(words.restart, "⏮", () => this.still(() => numbers.restart())),
      button(words.step, "→", () => this.still(() => numbers.step())),
      button(words.steps, "⇉", () => this.still(() => numbers.step(10))),
      this.player,
      button(words.reset, "↺", () => this.still(() => numbers.reset())),
    );
    const label = node("label", { class: "numbers-rate" }, `${words.rate} `, rate.element);
    rate.element.removeAttribute("aria-label");
    return node("div", { class: "numbers-bar" }, buttons, label, this.status, this.alert);
  }

  still(action) {
    this.pause();
    action();
  }

  play() {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.numbers.step(AT_ONCE);
      return;
    }
    this.playing = setInterval(() => {
      this.numbers.step();
      if (!this.numbers.finite) {
        this.pause();
      }
    }, PACE);
    this.named();
  }

  pause() {
    clearInterval(this.playing);
    this.playing = undefined;
    this.named();
  }

  named() {
    const [icon, word] = this.player.children;
    this.status.setAttribute("aria-live", this.playing ? "off" : "polite");
    icon.textContent = this.playing ? "⏸" : "▶";
    word.textContent = this.playing ? this.words.pause : this.words.play;
  }

  // -- pictures ----------------------------------------------------------------------------

  stage() {
    const { words, numbers } = this;
    const stage = node("div", { class: "numbers-stage" });
    if (this.labels.network) {
      this.drawing = node("div", { class: "numbers-network", tabindex: "0", role: "group" });
      this.drawing.setAttribute("aria-label", words.network);
      this.narrow = matchMedia("(max-width: 40rem)");
      this.narrow.onchange = () => {
        this.draw();
        this.update();
      };
      this.draw();
      stage.append(node("figure", {}, this.modes(), this.drawing));
    }
    const side = node("div", { class: "numbers-side" });
    if (numbers.sample.surface) {
      this.plane = new Plane(
        numbers,
        (s) => this.choose(s),
        () => this.described(),
      );
      this.legend = node("figcaption", {});
      const plane = node("figure", { class: "numbers-plane" }, this.plane.canvas, this.legend);
      plane.prepend(...this.outputs());
      side.append(plane);
    }
    this.curve = new Curve(words);
    const caption = node("figcaption", {}, words.loss_over_steps);
    side.append(node("figure", {}, this.curve.element, caption));
    stage.append(side);
    this.work = new Work(numbers, this.labels);
    const worked = node("section", { class: "numbers-worked" }, node("h3", {}, words.work));
    worked.append(this.work.element, node("p", { class: "numbers-hint" }, words.pick));
    stage.append(worked);
    return stage;
  }

  /** The network, from left to right or, on a narrow screen, from top to bottom. */
  draw() {
    this.drawing.innerHTML = this.narrow.matches ? this.labels.upright : this.labels.network;
    const svg = this.drawing.querySelector("svg");
    this.network = new NetworkNumbers(svg, this.numbers, (entry) => this.pick(entry));
  }

  /** Where several outputs are predicted, a choice of the one that the plane shows. */
  outputs() {
    const { kind, output } = this.numbers.sample.surface;
    const count = this.plane.each(output)[0].length;
    if (kind === "classes" || count === 1) {
      return [];
    }
    const select = node("select", {});
    for (let k = 0; k < count; k++) {
      select.append(node("option", { value: k }, `${this.labels.names[output].text}, ${k + 1}`));
    }
    select.addEventListener("change", () => {
      this.plane.entry = Number(select.value);
      this.update();
    });
    return [node("label", {}, `${this.words.output} `, select)];
  }

  /** Whether values or gradients are shown in the network. */
  modes() {
    const group = node("fieldset", { class: "numbers-modes" });
    group.append(node("legend", { class: "visually-hidden" }, this.words.shown));
    const name = unique("numbers-mode");
    for (const gradients of [false, true]) {
      const radio = node("input", { type: "radio", name });
      radio.checked = gradients === this.gradients;
      radio.addEventListener("change", () => {
        this.gradients = gradients;
        this.update();
      });
      group.append(
        node("label", {}, radio, ` ${gradients ? this.words.gradients : this.words.values}`),
      );
    }
    this.whose = node("span", { class: "numbers-whose" });
    group.append(this.whose);
    return group;
  }

  /** What the colours of the plane mean. */
  explain() {
    const { kind, target, output } = this.numbers.sample.surface;
    const names = this.labels.names;
    let said;
    if (kind === "classes") {
      said = this.plane
        .each(target)[0]
        .map((_, k) => [k, filled(this.words.class, { number: k + 1 })]);
    } else if (kind === "value") {
      said = this.plane.range.map((x, k) => [k, `${names[output].text} = ${shown(x, 3)}`]);
    } else {
      const given = this.plane.points.map((_, sample) => [
        this.plane.shape(sample),
        `${names[target].text} = ${shown(this.plane.targetOf(sample), 3)}`,
      ]);
      said = [...new Map(given.map(([side, text]) => [text, [side, text]])).values()].sort();
    }
    const keys = said.slice(0, 4).map(([k, text]) => {
      const sign = node("span", {
        class: `numbers-key ${["low", "high", "third", "fourth"][k]}`,
        "aria-hidden": "true",
      });
      return node("span", {}, sign, ` ${text}`);
    });
    this.legend.replaceChildren(...keys, node("span", { class: "numbers-hint" }, this.words.drag));
  }

  described() {
    const { input, output } = this.numbers.sample.surface;
    const names = this.labels.names;
    return filled(this.words.plane, { input: names[input].text, output: names[output].text });
  }

  // -- fields ------------------------------------------------------------------------------

  fields() {
    const { numbers, labels, words } = this;
    const { axes, quantities } = numbers.sample;
    const fields = node("div", { class: "numbers-fields" });
    const data = Object.keys(numbers.data);
    const inputs = data
      .filter((plain) => !(plain in axes))
      .map((plain) => this.matrix(plain, true));
    if (inputs.length < data.length) {
      const table = sampleTable(numbers, labels, (s) => this.choose(s));
      this.parts.push(...table.parts);
      this.samples = table.element;
      inputs.unshift(table.element);
    }
    if (inputs.length > 0) {
      fields.append(this.section(words.samples, inputs));
    }
    const weights = Object.keys(numbers.parameters).map((plain) => this.matrix(plain, true));
    fields.append(this.section(words.weights, weights));
    fields.append(
      this.section(
        words.all,
        quantities.map((plain) => this.matrix(plain, false)),
      ),
    );
    return fields;
  }

  matrix(plain, editable) {
    const table = matrixTable(this.numbers, this.labels, plain, editable, (entry) =>
      this.pick(entry),
    );
    this.parts.push(...table.parts);
    return table.element;
  }

  section(title, tables) {
    const boxes = tables.map((table) =>
      node("div", { class: "numbers-box", tabindex: "0" }, table),
    );
    const row = node("div", { class: "numbers-row" }, ...boxes);
    return node("section", {}, node("h3", {}, title), row);
  }

  // -- keeping up --------------------------------------------------------------------------

  /** Nothing that changes concerns the panel any more. */
  end() {
    this.pause();
    this.unheard();
    this.plane?.end();
    if (this.narrow) {
      this.narrow.onchange = null;
    }
  }

  choose(sample) {
    this.sample = sample;
    const entry = this.work.entry;
    const axis = entry && this.numbers.sample.axes[entry.plain];
    if (axis !== undefined) {
      this.work.entry = { ...entry, [axis === 1 ? "column" : "row"]: sample };
    }
    this.update();
  }

  /** Show how an entry comes about. */
  pick(entry) {
    this.work.entry = entry;
    const axis = this.numbers.sample.axes[entry.plain];
    if (axis !== undefined) {
      this.sample = axis === 1 ? entry.column : entry.row;
    }
    this.later();
  }

  /** One update for all changes until the next picture. */
  later() {
    this.waiting ??= requestAnimationFrame(() => this.update());
  }

  update() {
    this.waiting = undefined;
    const { numbers, words } = this;
    for (const part of this.parts) {
      part.update();
    }
    this.status.textContent = filled(words.status, {
      step: numbers.steps,
      loss: shown(numbers.loss),
    });
    const missing = numbers.whole ? "" : words.undefined;
    this.alert.textContent = numbers.finite ? missing : words.not_finite;
    this.network?.show(this.sample, this.gradients);
    this.network && this.element.classList.toggle("numbers-backward", this.gradients);
    this.curve.show(numbers.history);
    this.work.show();
    if (this.plane) {
      this.plane.sample = this.sample;
      this.plane.draw();
      this.explain();
    }
    for (const part of this.element.querySelectorAll("[data-sample]")) {
      part.classList.toggle("chosen", part.dataset.sample === String(this.sample));
    }
    const { plain, row, column } = this.work.entry ?? {};
    for (const cell of this.element.querySelectorAll("[data-place]")) {
      cell.classList.toggle("picked", cell.dataset.place === `${plain} ${row} ${column}`);
    }
    const radio = this.samples?.querySelectorAll("input[type=radio]")[this.sample];
    if (radio) {
      radio.checked = true;
    }
    if (this.whose) {
      this.whose.textContent = this.samples ? filled(words.whose, { number: this.sample + 1 }) : "";
    }
  }
}
