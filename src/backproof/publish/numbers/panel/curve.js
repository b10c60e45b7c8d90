/** The loss over the steps, as a line. */
class Curve {
  constructor(words) {
    this.line = svgElement("path", { class: "numbers-line" });
    this.end = svgElement("path", { class: "numbers-dot" });
    this.svg = svgElement("svg", {
      viewBox: "0 0 100 100",
      preserveAspectRatio: "none",
      role: "img",
    });
    this.svg.append(this.line, this.end);
    this.top = node("span", { class: "numbers-top" });
    this.last = node("span", { class: "numbers-last" });
    this.element = node("div", { class: "numbers-curve" }, this.svg, this.top, this.last);
    this.words = words;
  }

  show(history) {
    const finite = history.filter(Number.isFinite);
    const [least, most] = [Math.min(0, ...finite), Math.max(1e-12, ...finite)];
    const width = Math.max(20, history.length - 1);
    const places = history.map((loss, i) => {
      const share = Number.isFinite(loss) ? (loss - least) / (most - least) : 1;
      return [(100 * i) / width, 96 - 92 * share].map((x) => x.toFixed(2)).join(" ");
    });
    this.line.setAttribute("d", `M${places.join("L")}`);
    this.end.setAttribute("d", `M${places.at(-1)}h0`);
    this.top.textContent = shown(most);
    this.last.textContent = shown(least);
    const fields = {
      steps: history.length - 1,
      from: shown(history[0]),
      to: shown(history.at(-1)),
    };
    this.svg.setAttribute("aria-label", filled(this.words.curve, fields));
  }
}
