/** Small helpers for elements of a page. */

function node(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

function svgElement(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

/** A name that no other element of the page has. */
function unique(stem) {
  let count = 1;
  while (document.querySelector(`[name="${stem}-${count}"]`)) {
    count++;
  }
  return `${stem}-${count}`;
}

/** A sentence with its fields filled in: "step {count}". */
function filled(sentence, fields) {
  return sentence.replace(/\{(\w+)\}/g, (_, name) => fields[name]);
}

function button(words, icon, action) {
  const sign = node("span", { "aria-hidden": "true", class: "numbers-icon" }, icon);
  const label = node("span", {}, words);
  const element = node("button", { type: "button" }, sign, label);
  element.addEventListener("click", action);
  return element;
}

/**
 * A field for a number. `read` gives the number, `write` takes one and says whether it may be;
 * arrow keys change it a little, with Shift a lot.
 */
function numberField(label, read, write) {
  const element = node("input", {
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    "aria-label": label,
  });
  const offer = (number) => {
    element.setAttribute("aria-invalid", String(!write(number)));
  };
  const update = () => {
    if (document.activeElement !== element || element.dataset.typing !== "true") {
      const number = read();
      element.value = shown(number);
      element.title = String(number);
      element.setAttribute("aria-invalid", "false");
    }
  };
  element.addEventListener("input", () => {
    element.dataset.typing = "true";
    offer(typed(element.value));
  });
  element.addEventListener("blur", () => {
    delete element.dataset.typing;
    update();
  });
  element.addEventListener("keydown", (event) => {
    const way = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (way !== undefined) {
      event.preventDefault();
      delete element.dataset.typing;
      offer(Number((read() + way * (event.shiftKey ? 1 : 0.1)).toFixed(6)));
    }
  });
  return { element, update };
}
