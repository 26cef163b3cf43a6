"use strict";
// Puts texts and plots on the page. A session is drawn when it is first opened.

const texts = JSON.parse(document.getElementById("texts").textContent);
const data = JSON.parse(document.getElementById("data").textContent);
let language = data.language;

function t(key, ...values) {
  return values.reduce((text, value) => text.replace("{}", value), texts[language][key] ?? key);
}

function number(value, digits = 0) {
  return value === null || value === undefined ? "–" : value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function signed(value) {
  return value.toLocaleString(language, { minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: "exceptZero" });
}

function element(tag, ...children) {
  const made = document.createElement(tag);
  made.append(...children);
  return made;
}

function draw(place, [traces, layout]) {
  layout.separators = t("separators");
  const config = { displaylogo: false, responsive: true, locale: language, modeBarButtons: [["zoom2d", "pan2d", "autoScale2d", "toImage"]] };
  return Plotly.react(place, traces, layout, config);
}

// Plotly brings English only; the words for the rest are those of the page, and the calendar's the browser's.
function registerLanguage(code) {
  const names = (options, count, start) => Array.from({ length: count }, (_, i) =>
    new Intl.DateTimeFormat(code, { timeZone: "UTC", ...options }).format(start(i)));
  const month = (i) => Date.UTC(2026, i, 1), weekday = (i) => Date.UTC(2026, 0, 4 + i);
  Plotly.register({
    moduleType: "locale", name: code, dictionary: texts[code].plotly,
    format: {
      days: names({ weekday: "long" }, 7, weekday), shortDays: names({ weekday: "short" }, 7, weekday),
      months: names({ month: "long" }, 12, month), shortMonths: names({ month: "short" }, 12, month),
      date: texts[code].date, decimal: texts[code].separators[0], thousands: texts[code].separators[1], year: "%Y", month: "%b %Y", dayMonth: texts[code].day_month, dayMonthYear: `${texts[code].day_month} %Y`,
    },
  });
}

function writeWeeks() {
  const notes = [];
  if (data.weeks.rest.since_start !== null) notes.push(t("since_start", signed(data.weeks.rest.since_start)));
  if (data.sessions.some((session) => session.at === null)) notes.push(t("undated_note"));
  document.getElementById("weeks-note").textContent = notes.join(" ");
  const holder = document.getElementById("weeks");
  const plots = data.weeks.sessions.length ? weekPlots(data.weeks, t) : [];
  while (holder.children.length < plots.length) {
    holder.append(element("figure", element("figcaption"), Object.assign(element("div"), { className: "plot" })));
  }
  plots.forEach(([key, traces, layout], i) => {
    const [caption, plot] = holder.children[i].children;
    caption.replaceChildren(t(key + "_title"), element("small", t(key + "_note")));
    draw(plot, [traces, layout]);
  });
}

// A folder named by a clock that was wrong shows its number alone.
function undatedName(session) {
  return session.name.replace(/-\d{8}-\d{4}/, "");
}

function heading(session) {
  const when = session.at === null ? t("undated", undatedName(session)) : new Date(session.at).toLocaleString(language, { dateStyle: "long", timeStyle: "short" });
  const parts = [element("b", when)];
  if (session.minutes !== null) parts.push(element("span", t("row_minutes", number(session.minutes, 1))));
  // As on the device, what is nought is not held up to the wearer.
  if (session.calm_pct !== null && session.calm_pct >= 0.5) parts.push(element("span", t("row_calm", number(session.calm_pct))));
  if (session.settled_minutes !== null) parts.push(element("span", t("row_settled", number(session.settled_minutes, 1))));
  if (session.at !== null && session.minutes === null) parts.push(element("span", session.name));
  return parts;
}

function facts(session) {
  const hrv = session.hrv ?? {}, pulse = session.signal === "ppg";
  const pair = (guess, body) => number(guess) + " / " + number(body, 1);
  const rows = [
    ["fact_length", number(session.length_s / 60, 1) + " " + t("min")],
    ["fact_hr", number(hrv.mean_hr_bpm) + " " + t("bpm")],
    [pulse ? "fact_rmssd_ppi" : "fact_rmssd", number(hrv.rmssd_ms) + " ms"],
    [pulse ? "fact_sdnn_ppi" : "fact_sdnn", number(hrv.sdnn_ms) + " ms"],
    ["fact_contact", number(session.contact_pct) + " %"],
    ["fact_lost", number(session.lost_samples)],
  ];
  if (session.minutes !== null) {
    rows.push(["fact_rest", number(session.rest_minutes, 1) + " " + t("min")]);
    rows.push(["fact_guess", pair(session.on_guard_guess_before, session.body_before)]);
    rows.push(["fact_guess_after", pair(session.on_guard_guess_after, session.body_after)]);
  }
  const asked = [
    ["fact_energy", [session.energy_before, session.energy_after]],
    ["fact_tension", [session.tension_before, session.tension_after]],
    ["fact_sleep", [session.sleep_before]],
    ["fact_tolerance", [session.tolerance_before]],
  ];
  for (const [key, answers] of asked) {
    if (answers.some((answer) => answer !== null && answer !== undefined)) rows.push([key, answers.map((answer) => number(answer)).join(" / ")]);
  }
  return element("dl", ...rows.map(([key, value]) => element("div", element("dt", t(key)), element("dd", value))));
}

function notes(session) {
  const said = [];
  if (session.recovered) said.push(t("recovered"));
  if (session.irregular_s > 0) said.push(t("irregular", number(session.irregular_s / 60, 1)));
  return said.map((text) => Object.assign(element("p", text), { className: "note" }));
}

function writeSession(details, session) {
  details.querySelector("summary").replaceChildren(...heading(session));
  if (!details.open) return;
  let plot = details.querySelector(".plot");
  const body = details.querySelector(".body");
  body.replaceChildren(facts(session), ...notes(session));
  if (!plot) {
    plot = Object.assign(element("div"), { className: "plot" });
    details.append(plot);
  }
  draw(plot, sessionPlot(session, t));
}

function makeSession(session) {
  const details = element("details", element("summary"), Object.assign(element("div"), { className: "body" }));
  details.addEventListener("toggle", () => writeSession(details, session));
  writeSession(details, session);
  return details;
}

function show(chosen) {
  language = chosen;
  document.documentElement.lang = language;
  document.title = "Rolig";
  for (const place of document.querySelectorAll("[data-text]")) place.textContent = t(place.dataset.text);
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", button.dataset.language === language);
  }
  document.getElementById("unread").textContent = data.unread.length ? t("unread") + " " + data.unread.join(", ") : "";
  writeWeeks();
  const holder = document.getElementById("sessions");
  data.sessions.forEach((session, i) => writeSession(holder.children[i], session));
}

document.getElementById("sessions").append(...data.sessions.map(makeSession));
document.getElementById("languages").append(...Object.keys(texts).map((code) => {
  const button = Object.assign(element("button", texts[code].language), { type: "button", lang: code });
  button.dataset.language = code;
  button.addEventListener("click", () => show(code));
  return button;
}));
document.getElementById("print").addEventListener("click", () => window.print());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => show(language));
// Paper is light, whatever the screen is.
for (const [event, paper] of [["beforeprint", true], ["afterprint", false]]) {
  window.addEventListener(event, () => {
    document.documentElement.classList.toggle("paper", paper);
    show(language);
  });
}
Object.keys(texts).filter((code) => code !== "en").forEach(registerLanguage);
show(language);
if (data.sessions.length) document.querySelector("#sessions details").open = true;
