"use strict";
// Texts, numbers and small pieces of the page.

const texts = JSON.parse(document.getElementById("texts").textContent);
const data = JSON.parse(document.getElementById("data").textContent);
let language = data.language;

function t(key, ...values) {
  return values.reduce((text, value) => text.replace("{}", value), texts[language][key] ?? key);
}

function known(value) {
  return value !== null && value !== undefined;
}

function number(value, digits = 0) {
  return known(value) ? value.toLocaleString(texts[language].locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }) : "–";
}

function signed(value) {
  return value.toLocaleString(texts[language].locale, { minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: "exceptZero" });
}

// 3:07, and 1:03:07 from an hour on.
function clock(seconds) {
  if (!known(seconds)) return "–";
  const whole = Math.round(seconds), two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

function day(iso, options = { day: "numeric", month: "long", year: "numeric" }) {
  return new Date(iso + "T00:00:00Z").toLocaleDateString(texts[language].locale, { timeZone: "UTC", ...options });
}

function element(tag, ...children) {
  const made = document.createElement(tag);
  made.append(...children);
  return made;
}

function classed(name, made) {
  made.className = name;
  return made;
}

// Rows of texts under a row of headings; the first of each row is its own heading.
function table(label, headings, rows) {
  const heading = (text, scope) => Object.assign(element("th", text), { scope });
  const made = element("table",
    element("thead", element("tr", ...headings.map((text) => heading(text, "col")))),
    element("tbody", ...rows.map(([first, ...rest]) => element("tr", heading(first, "row"), ...rest.map((text) => element("td", text))))));
  made.setAttribute("aria-label", label);
  return made;
}
