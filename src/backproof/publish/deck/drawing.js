"use strict";
/* One slide as an element. */

/* The slide with this number of a story, without its network. */
function drawSlide(number, told = story()) {
  const slide = slideAt(number, told);
  if (slide.block < 0) {
    return titleSlide(slide, told);
  }
  const section = make("section", {
    class: "slide",
    "aria-roledescription": say("slide"),
    "aria-label": say("slide of", { number: number + 1, count: told.slides.length }),
  });
  section.append(head(slide), work(slide));
  return section;
}

function titleSlide(slide, told) {
  const section = make("section", {
    class: "slide opening",
    "aria-roledescription": say("slide"),
    "aria-label": say("slide of", { number: 1, count: told.slides.length }),
  });
  const wanted = make("p", { class: "wanted" });
  const names = DATA.wanted;
  for (const name of names.length > 8 ? [...names.slice(0, 5), "", ...names.slice(-2)] : names) {
    wanted.append(name ? formula(DATA.quantities[name].gradient, true) : sign("⋯"));
  }
  section.append(
    make(
      "div",
      { class: "head" },
      make("p", { class: "file" }, DATA.file),
      make("h1", {}, ...said(slide.scene.title)),
    ),
    make("div", { class: "work" }, make("p", { class: "lead" }, say("wanted")), wanted),
  );
  return section;
}

function head({ scene, factor }) {
  const title = scene.subtitle.length ? scene.subtitle : scene.title;
  const made = make("div", { class: "head" }, make("h1", {}, ...said(title)));
  if (scene.strip) {
    made.append(strip(scene.strip, factor));
  }
  return made;
}

/* The chain of factors, the current one boxed. */
function strip([left, right], factor) {
  const chain = formula(right);
  if (factor.length === 2) {
    const [upper, lower] = factor.map((name) => CSS.escape(name));
    const found = chain.querySelector(`[data-upper="${upper}"][data-lower="${lower}"]`);
    found?.classList.add("current");
  }
  return make(
    "p",
    { class: "strip", "aria-label": say("chain"), role: "group" },
    formula(left),
    sign("="),
    chain,
  );
}

function work(slide) {
  const made = make("div", { class: "work" });
  const { scene, block } = slide;
  scene.blocks.slice(0, block + 1).forEach((content, i) => {
    const isNew = i === block;
    if (content.text) {
      // Words that lead up to something are quiet; those that stand alone are not.
      const leads = scene.blocks.slice(i + 1, block + 1).some((later) => !later.text);
      made.append(make("p", { class: leads ? "lead" : "said" }, ...said(content.text)));
    } else if (content.rows) {
      made.append(table(content));
    } else {
      made.append(lines(content, isNew ? slide : undefined, nextSource(slide, i)));
    }
  });
  return made;
}

/* The line of a block that the new line comes from, if it is the last one of an earlier block. */
function nextSource(slide, i) {
  const before = slide.scene.blocks[i];
  const starts = slide.first === 0 && i === slide.block - 1;
  const fresh = newLines(slide)[0];
  return starts && fresh && fresh[0] < 0 ? before.lines.length - 1 : -1;
}

/* A display; of the one that the slide is about only the lines so far. */
function lines(content, slide, source) {
  const framed = Boolean(content.framed);
  const made = make("div", { class: framed ? "lines framed" : "lines" });
  const last = slide ? slide.last : content.lines.length - 1;
  let start = -1; // the left side that lines without one go on from
  content.lines.slice(0, last + 1).forEach((line, i) => {
    const fresh = slide && i >= slide.first;
    const from = slide ? i === slide.first - 1 : i === source;
    const listed = slide && slide.last > slide.first;
    const shown = row(line, { fresh, from, listed });
    made.append(shown);
    start = line[0] < 0 ? start : line[0];
    if (fresh && line[2].length) {
      (listed ? shown.querySelector(".right") : made).append(reason(line));
    }
    if (fresh && !listed && showsNumbers()) {
      made.append(...(numbersOf(line, start) ?? []));
    }
  });
  return made;
}

function row(line, { fresh, from, listed }) {
  const [left, right] = line;
  const made = make("div", { class: "row" });
  made.classList.toggle("new", Boolean(fresh));
  made.classList.toggle("plain", Boolean(listed));
  made.classList.toggle("from", Boolean(from));
  const equals = make("span", { class: "equals" }, sign("="));
  equals.line = line;
  made.append(
    make("span", { class: "left" }, ...(left < 0 ? [] : [formula(left, true)])),
    equals,
    make("span", { class: "right" }, formula(right, true)),
  );
  return made;
}

function reason(line) {
  const made = make("p", { class: "reason", tabindex: 0 }, make("span", {}, ...said(line[2])));
  made.line = line;
  return made;
}

function table({ head: heads, rows }) {
  const cells = (tag, row, attributes) => row.map((text) => make(tag, attributes, ...said(text)));
  return make(
    "div",
    { class: "table" },
    make(
      "table",
      {},
      make("thead", {}, make("tr", {}, ...cells("th", heads, { scope: "col" }))),
      make("tbody", {}, ...rows.map((row) => make("tr", {}, ...cells("td", row, {})))),
    ),
  );
}
