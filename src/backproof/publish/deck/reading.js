"use strict";
/* What the page was given, and how it is read.

   DATA.stories[language][detail] has `scenes` and `slides`. A slide is
   [scene, block, first, last, lit, factor]: the blocks of its scene up to `block` are seen, in the
   last one the lines up to `last`, of which those from `first` on are new. A block has `text`, or
   `head` and `rows`, or `lines`; a line is [left, right, reason, laws, status]. */

const DATA = JSON.parse(document.getElementById("deck").textContent);
const LANGUAGES = Object.keys(DATA.words);
const DETAILS = ["outline", "standard", "full"];

/* Where the reader is. `turn` in main.js is the only place that changes it. */
const here = { slide: 0, language: DATA.language, detail: DATA.detail, numbers: false };

/* Colours of the quantities that are used again, by plain name; of the derivatives that they are
   short for, by what is derived by; and the names of these by the same. */
const COLOURS = new Map(DATA.shared.map(([name], i) => [name, 1 + (i % 8)]));
const COLOURS_BY = new Map(DATA.shared.map(([, by], i) => [by, 1 + (i % 8)]));
const STANDS_BY = new Map(DATA.shared.map(([name, by]) => [name, by]));

/* A sentence of the page, its fields filled in. */
function say(key, fields = {}, language = here.language) {
  const sentence = DATA.words[language][key];
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in fields ? fields[name] : whole));
}

function story(language = here.language, detail = here.detail) {
  return DATA.stories[language][detail];
}

/* A slide, taken apart. */
function slideAt(number, told = story()) {
  const [scene, block, first, last, lit, factor] = told.slides[number];
  return { number, scene: told.scenes[scene], sceneNumber: scene, block, first, last, lit, factor };
}

/* The lines that are new on a slide. */
function newLines({ scene, block, first, last }) {
  const shown = scene.blocks[block];
  return shown && shown.lines ? shown.lines.slice(first, last + 1) : [];
}

/* An element with attributes and children; a child is an element or a text. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children.filter((child) => child !== undefined && child !== null));
  return element;
}
