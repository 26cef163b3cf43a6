"use strict";
// Puts texts and pictures on the page.

// A picture for the eye, with what it says as its name; `dragmode` false and fixed axes leave a finger's swipe to the page.
function draw(place, [traces, layout]) {
  layout.separators = t("separators");
  place.setAttribute("role", "img");
  return Plotly.newPlot(place, traces, layout, { displayModeBar: false, displaylogo: false, responsive: true, locale: language, scrollZoom: false });
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

// What a picture means and its table, closed until asked for.
function behind(picture, name, ...more) {
  return element("details", element("summary", t("details")), classed("text", element("p", t(picture.key + "_note"))), ...more, table(name, picture.headings, picture.rows));
}

// Opened details stay open when the page is written again.
function refill(holder, made) {
  const open = [...holder.querySelectorAll("details")].map((details) => details.open);
  holder.replaceChildren(...made);
  [...holder.querySelectorAll("details")].forEach((details, i) => { details.open = open[i] ?? false; });
}

function calibrationText() {
  const known = data.calibration;
  if (!known) return [];
  const interval = ([low, high]) => `${signed(low)} ${t("to")} ${signed(high)}`;
  const text = t("calibration", known.sessions, signed(known.bias), interval(known.bias_interval), number(known.spread, 2), known.spread_interval.map((v) => number(v, 2)).join(` ${t("to")} `));
  return [classed("text", element("p", text))];
}

function writeAnswers() {
  const c = colours();
  const plots = [];
  refill(document.getElementById("answers"), ANSWERS.map((picture, i) => {
    const [question, answer] = data.answers[language][i];
    const card = element("article", element("h2", question), classed("answer", element("p", answer)));
    const shown = data.weeks.length ? picture(c) : { rows: [] };
    if (!shown.rows.length) return card;
    const plot = classed("plot", element("div"));
    plot.setAttribute("aria-label", `${t(shown.key + "_title")}. ${answer}`);
    plots.push([plot, shown]);
    card.append(element("figure", element("figcaption", t(shown.key + "_title")), plot), behind(shown, question, ...(shown.key === "read" ? calibrationText() : [])));
    return card;
  }));
  for (const [plot, shown] of plots) draw(plot, [shown.traces, shown.layout]);
}

// What the wearer found out for themselves: words, and behind them how it was found.
function writeOwn() {
  refill(document.getElementById("own"), data.own[language].map((card) => {
    const how = element("details", element("summary", t("own_how")), classed("text", element("p", card.definition)), ...(card.rows.length ? [table(card.title, card.headings, card.rows)] : []));
    return element("article", element("h2", card.title), classed("answer", element("p", card.answer)), how);
  }));
}

function writeTrends() {
  const trends = document.getElementById("trends");
  trends.hidden = !data.weeks.length;
  if (!trends.open || trends.hidden) return;
  const c = colours();
  const shown = TRENDS.map((picture) => picture(c)).filter((picture) => picture.rows.length);
  refill(trends.querySelector(".grid"), shown.map((picture) => {
    const plot = classed("plot", element("div"));
    plot.setAttribute("aria-label", `${t(picture.key + "_title")}. ${t(picture.key + "_note")}`);
    return element("figure", element("figcaption", t(picture.key + "_title")), plot, behind(picture, t(picture.key + "_title")));
  }));
  trends.querySelectorAll(".plot").forEach((plot, i) => draw(plot, [shown[i].traces, shown[i].layout]));
}

function writeAside() {
  const said = [];
  if (data.rest.since_start !== null) said.push(t("since_start", signed(data.rest.since_start)));
  document.querySelector("#trends > p").textContent = [t("trends_note"), ...said].join(" ");
  const aside = [];
  if (data.sessions.some((session) => session.at === null)) aside.push(t("undated_note"));
  if (data.ahead.length) aside.push(t("ahead") + " " + data.ahead.join(", ") + ".");
  if (data.unread.length) aside.push(t("unread") + " " + data.unread.join(", ") + ".");
  document.getElementById("aside").textContent = aside.join(" ");
}

function show(chosen) {
  language = chosen;
  document.documentElement.lang = language;
  for (const place of document.querySelectorAll("[data-text]")) place.textContent = t(place.dataset.text);
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", button.dataset.language === language);
  }
  document.getElementById("nav").setAttribute("aria-label", t("page"));
  writeAnswers();
  writeOwn();
  writeTrends();
  writeAside();
  if (document.querySelector("#sessions .week")) writeWeekList();
  else listSessions();
}

document.getElementById("languages").append(...Object.keys(texts).map((code) => {
  const button = Object.assign(element("button", texts[code].language), { type: "button", lang: code });
  button.dataset.language = code;
  button.addEventListener("click", () => show(code));
  return button;
}));
document.getElementById("print").addEventListener("click", () => window.print());
document.getElementById("trends").addEventListener("toggle", writeTrends);
document.getElementById("filter").addEventListener("input", listSessions);
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
