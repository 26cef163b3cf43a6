"use strict";
// The weeks: a picture for each answer, and the trends. Each comes as {key, traces, layout, headings, rows}: the rows are
// what the picture shows, for those who do not see it or want the numbers.

const WEEK_MS = 7 * 86400000;

function weekAxis(c) {
  const at = data.weeks.map((week) => Date.parse(week.monday));
  const first = at[0], last = at[at.length - 1];
  const every = Math.max(1, Math.ceil(((last - first) / WEEK_MS + 1) / 5));
  const tickvals = [];
  for (let tick = first; tick <= last; tick += every * WEEK_MS) tickvals.push(tick);
  return axis(c, {
    type: "date", range: [first - 0.8 * WEEK_MS, last + 1.0 * WEEK_MS], tickmode: "array", tickvals, showgrid: false,
    ticktext: tickvals.map((tick) => day(new Date(tick).toISOString().slice(0, 10), { day: "numeric", month: "short" })), fixedrange: true, tickangle: 0,
  });
}

function weekly(c, more) {
  return layout(c, { xaxis: weekAxis(c), hovermode: "closest", margin: { l: 44, r: 8, t: 12, b: 28 }, legend: { orientation: "h", y: -0.2, yanchor: "top", x: 0, traceorder: "normal" }, ...more });
}

function weekName(week) {
  return t("week_from", day(week.monday, { day: "numeric", month: "long" }));
}

// Mean and range of each week, as points with bars joined by a line. `of` gives { mean, low, high, n } or null.
function rangeTrace(name, of, show, colour, symbol) {
  const weeks = data.weeks.filter((week) => of(week));
  const values = weeks.map(of);
  return {
    type: "scatter", mode: "lines+markers", name, x: weeks.map((week) => week.monday), y: values.map((v) => v.mean),
    line: { color: colour, width: 2 }, marker: { color: colour, size: weeks.length > 30 ? 5 : 9, symbol },
    error_y: {
      type: "data", symmetric: false, array: values.map((v) => v.high - v.mean), arrayminus: values.map((v) => v.mean - v.low),
      color: faded(colour, 0.6), thickness: 1.2, width: 0,
    },
    text: weeks.map((week, i) => `${weekName(week)}<br>${name}: ${show(values[i].mean)}<br>${t("range")} ${show(values[i].low)}–${show(values[i].high)}, ${t("of_sessions", values[i].n)}`),
    hovertemplate: "%{text}<extra></extra>",
  };
}

function rangeRows(of, show) {
  return data.weeks.filter((week) => of(week)).map((week) => {
    const { mean, low, high, n } = of(week);
    return [day(week.monday), show(mean), `${show(low)}–${show(high)}`, number(n)];
  });
}

function practicePicture(c) {
  const bars = (name, of, colour, shape) => ({
    type: "bar", name, x: data.weeks.map((week) => week.monday), y: data.weeks.map(of), width: 0.7 * WEEK_MS, marker: { color: colour, pattern: { shape } },
    text: data.weeks.map((week) => `${weekName(week)}<br>${name}: ${clock(60 * of(week))} ${t("min")}`), textposition: "none", hovertemplate: "%{text}<extra></extra>",
  });
  return {
    key: "practice",
    traces: [
      bars(t("practice_other"), (week) => week.minutes - week.rest_minutes, c.blue, ""),
      bars(t("practice_rest"), (week) => week.rest_minutes, c.green, "/"),
    ],
    layout: weekly(c, { barmode: "stack", yaxis: axis(c, { rangemode: "tozero", title: { text: t("min") }, fixedrange: true }) }),
    headings: [t("week"), t("times"), t("minutes"), t("practice_rest")],
    rows: data.weeks.filter((week) => week.times).map((week) => [day(week.monday), number(week.times), clock(60 * week.minutes), clock(60 * week.rest_minutes)]),
  };
}

function settleSpread(week) {
  if (!known(week.settle_s)) return null;
  const low = Math.min(week.settle_low_s, week.settle_s), high = Math.max(week.settle_high_s, week.settle_s);
  return { mean: week.settle_s, low, high, n: week.settle_of };
}

// Marks at whole seconds or minutes up to `most` seconds, at most six.
function clockTicks(most) {
  const step = [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200].find((s) => most / s <= 6) ?? 14400;
  const tickvals = Array.from({ length: Math.floor(most / step) + 2 }, (_, i) => i * step);
  return { tickmode: "array", tickvals, ticktext: tickvals.map(clock), range: [0, most * 1.08 + 1] };
}

function settlePicture(c) {
  const most = Math.max(30, ...data.weeks.map((week) => settleSpread(week)?.high ?? 0));
  return {
    key: "settle",
    traces: [rangeTrace(t("settle_median"), settleSpread, clock, c.blue, "circle")],
    layout: weekly(c, { yaxis: axis(c, { ...clockTicks(most), title: { text: t("min_s") }, fixedrange: true }) }),
    headings: [t("week"), t("settle_median"), t("range"), t("settled_of")],
    rows: data.weeks.filter((week) => week.settle_of).map((week) => {
      const spread = settleSpread(week);
      return [day(week.monday), spread ? clock(spread.mean) : t("longer"), spread ? `${clock(spread.low)}–${clock(spread.high)}` : "–", t("of", week.settled, week.settle_of)];
    }),
  };
}

function trend(key, fields, { digits = 0, unit = "", scale = {}, artefacts } = {}) {
  return (c) => {
    const show = (value) => number(value, digits) + (unit && " " + t(unit));
    const looks = [[c.blue, "circle"], [c.plum, "diamond"]];
    const used = fields.filter((field) => data.weeks.some((week) => week[field]));
    const one = used.length === 1;
    return {
      key,
      traces: used.map((field, i) => rangeTrace(t(field), (week) => week[field], show, ...looks[i])),
      layout: weekly(c, { yaxis: axis(c, { title: { text: t(unit) }, fixedrange: true, ...scale }) }),
      headings: [...(one ? [] : [t("what")]), t("week"), t("mean"), t("range"), t("count"), ...(artefacts ? [t("artefacts")] : [])],
      rows: used.flatMap((field) => rangeRows((week) => week[field], (value) => number(value, digits)).map((row, i) => [
        ...(one ? [] : [t(field)]), ...row,
        ...(artefacts ? [artefactShare(data.weeks.filter((week) => week[field])[i][artefacts]?.mean)] : []),
      ])),
    };
  };
}

function artefactShare(share) {
  return number(share, 1) + " %";
}

function restPicture(c) {
  const rest = data.rest;
  const edge = { type: "scatter", mode: "lines", line: { width: 0 }, x: rest.day, hoverinfo: "skip" };
  const shown = trend("rest", ["rest_ln_rmssd"], { digits: 2, artefacts: "rest_artefact_pct" })(c);
  const hover = { hovertemplate: "%{x|%Y-%m-%d}: %{y:.2f} ln ms<extra></extra>" };
  return {
    ...shown,
    traces: [
      { ...edge, y: rest.low, showlegend: false },
      { ...edge, y: rest.high, name: t("rest_band"), fill: "tonexty", fillcolor: faded(c.green, 0.25) },
      dots(t("rest_day"), rest.day, rest.ln_rmssd, c.grey, "circle-open", hover),
      { type: "scatter", mode: "lines", name: t("rest_week"), x: rest.day, y: rest.week, line: { color: c.blue, width: 2.5 }, ...hover },
    ],
    layout: weekly(c, { yaxis: axis(c, { title: { text: "ln ms" }, fixedrange: true }) }),
  };
}

function morningsPicture(c) {
  const taken = data.mornings;
  const edge = { type: "scatter", mode: "lines", line: { width: 0 }, x: taken.day, hoverinfo: "skip" };
  const hover = { hovertemplate: "%{x|%Y-%m-%d}: %{y:.2f} ln ms<extra></extra>" };
  const shown = (value) => (known(value) ? number(value, 2) : "–");
  return {
    key: "mornings",
    traces: [
      { ...edge, y: taken.low, showlegend: false },
      { ...edge, y: taken.high, name: t("rest_band"), fill: "tonexty", fillcolor: faded(c.green, 0.25) },
      dots(t("mornings_day"), taken.day, taken.ln_rmssd, c.grey, "circle-open", hover),
      { type: "scatter", mode: "lines", name: t("mornings_mean"), x: taken.day, y: taken.mean, line: { color: c.blue, width: 2.5 }, ...hover },
    ],
    layout: weekly(c, { yaxis: axis(c, { title: { text: "ln ms" }, fixedrange: true }) }),
    headings: [t("mornings_day"), "ln ms", t("mornings_mean"), t("rest_band")],
    rows: taken.day.map((at, i) => [day(at), shown(taken.ln_rmssd[i]), shown(taken.mean[i]), known(taken.low[i]) ? `${shown(taken.low[i])}–${shown(taken.high[i])}` : "–"]),
  };
}

const FIVE = { range: [0.7, 5.3], dtick: 1 };
const ANSWERS = [practicePicture, settlePicture, trend("read", ["gap"], { digits: 1, scale: { range: [-0.1, 4.2], dtick: 1 } })];
const TRENDS = [
  restPicture,
  morningsPicture,
  trend("rest_bpm", ["rest_bpm"], { unit: "bpm", artefacts: "rest_artefact_pct" }),
  trend("coherence", ["guided_coherence"], { digits: 1, artefacts: "artefact_pct", scale: { rangemode: "tozero" } }),
  trend("calm", ["calm_pct"], { unit: "pct", scale: { range: [-4, 104] } }),
  trend("tension", ["tension_before", "tension_after"], { digits: 1, scale: FIVE }),
  trend("energy", ["energy_before"], { digits: 1, scale: FIVE }),
  trend("sleep", ["sleep_before"], { digits: 1, scale: FIVE }),
  trend("tolerance", ["tolerance_before"], { digits: 1, scale: FIVE }),
];
