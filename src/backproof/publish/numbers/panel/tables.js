/** Matrices as tables: numbers to be changed, numbers to be read, and the gradient below each. */

/** A name of the note as an element, with a small index where one is given. */
function nameOf(labels, plain, place = "") {
  const seen = node("span", { "aria-hidden": "true" });
  seen.innerHTML = labels.names[plain].html;
  if (place !== "") {
    seen.append(node("sub", {}, place));
  }
  const spoken = node("span", { class: "visually-hidden" }, `${labels.names[plain].text} ${place}`);
  return node("span", { class: "numbers-name" }, seen, spoken);
}

/** The number of a gradient: what its sign does to the weight is told by an arrow. */
function gradientCell(read) {
  const element = node("span", { class: "numbers-gradient" });
  const update = () => {
    const number = read();
    element.textContent = number === undefined ? "" : shown(number, 3);
    element.title = number === undefined ? "" : String(number);
    element.classList.toggle("positive", number > 0);
    element.classList.toggle("negative", number < 0);
  };
  return { element, update };
}

/** A number to be read, or to be picked if there is something to do with it. */
function valueCell(read, label, pick) {
  const element = node(pick ? "button" : "span", { class: "numbers-value" });
  if (pick) {
    element.type = "button";
    element.addEventListener("click", pick);
  }
  const update = () => {
    const number = read();
    element.textContent = shown(number);
    element.title = String(number);
    if (pick) {
      element.setAttribute("aria-label", `${label}: ${shown(number)}`);
    }
  };
  return { element, update };
}

/** What an entry of a matrix is called. */
function entryName(numbers, labels, plain, row, column) {
  const fields = { name: labels.names[plain].text, row: row + 1, column: column + 1 };
  const matrix = numbers.value(plain);
  const alone = matrix.length === 1 && matrix[0].length === 1;
  return alone ? fields.name : filled(labels.words.entry, fields);
}

/** A field for one entry of a matrix. */
function entryField(numbers, labels, plain, row, column) {
  const label = entryName(numbers, labels, plain, row, column);
  const read = () => numbers.value(plain)[row][column];
  return numberField(label, read, (x) => numbers.set(plain, row, column, x));
}

/**
 * A matrix with its name. `editable` gives fields, otherwise there are numbers to read; the
 * gradient stands below each. `pick` is called with the place of an entry that somebody goes to.
 * Returns the element and a list of what is to be updated.
 */
function matrixTable(numbers, labels, plain, editable, pick) {
  const matrix = numbers.value(plain);
  const parts = [];
  const axis = editable ? undefined : numbers.sample.axes[plain];
  const slope = (i, j) => () => numbers.gradient(plain)?.[i][j];
  const rows = matrix.map((line, i) => {
    const cells = line.map((_, j) => {
      const read = () => numbers.value(plain)[i][j];
      const go = () => pick({ plain, row: i, column: j });
      const value = editable
        ? entryField(numbers, labels, plain, i, j)
        : valueCell(read, entryName(numbers, labels, plain, i, j), go);
      if (editable) {
        value.element.addEventListener("focus", go);
      }
      const gradient = gradientCell(slope(i, j));
      parts.push(value, gradient);
      const cell = node(
        "td",
        { "data-sample": axis === 1 ? j : axis === 0 ? i : "", "data-place": `${plain} ${i} ${j}` },
        value.element,
      );
      if (numbers.gradient(plain) !== undefined) {
        cell.append(gradient.element);
      }
      return cell;
    });
    return node("tr", {}, ...cells);
  });
  const caption = node("caption", {}, nameOf(labels, plain));
  const table = node("table", { class: "numbers-matrix", "data-quantity": plain }, caption);
  table.append(node("tbody", {}, ...rows));
  return { element: table, parts };
}

/** The samples, one to a row: what goes in, what should come out, and what does. */
function sampleTable(numbers, labels, choose) {
  const { axes, surface } = numbers.sample;
  const given = Object.keys(numbers.data).filter((plain) => plain in axes);
  const output = surface?.output;
  const parts = [];
  const columns = [...given, ...(output in axes ? [output] : [])].flatMap((plain) => {
    const matrix = numbers.value(plain);
    const count = axes[plain] === 1 ? matrix.length : matrix[0].length;
    return Array.from({ length: count }, (_, k) => ({ plain, k, count }));
  });
  const first = numbers.value(given[0]);
  const samples = axes[given[0]] === 1 ? first[0].length : first.length;
  const head = columns.map(({ plain, k, count }) =>
    node("th", { scope: "col" }, nameOf(labels, plain, count > 1 ? String(k + 1) : "")),
  );
  const group = unique("numbers-sample");
  const rows = Array.from({ length: samples }, (_, s) => {
    const cells = columns.map(({ plain, k }) => {
      const [row, column] = axes[plain] === 1 ? [k, s] : [s, k];
      const read = () => numbers.value(plain)[row][column];
      const part =
        plain === output ? valueCell(read) : entryField(numbers, labels, plain, row, column);
      parts.push(part);
      return node("td", {}, part.element);
    });
    const radio = node("input", { type: "radio", name: group });
    radio.addEventListener("change", () => choose(s));
    const label = node("label", {}, radio, ` ${s + 1}`);
    label.prepend(node("span", { class: "visually-hidden" }, labels.words.sample));
    return node("tr", { "data-sample": s }, node("th", { scope: "row" }, label), ...cells);
  });
  const corner = node("th", { scope: "col" }, labels.words.number);
  const element = node("table", { class: "numbers-samples" });
  element.append(node("thead", {}, node("tr", {}, corner, ...head)), node("tbody", {}, ...rows));
  return { element, parts };
}
