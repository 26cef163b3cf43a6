"use strict";
// How things are drawn with Plotly, and the picture of one session. `t` gives a text in the language shown.

const STATE_ORDER = ["calm", "settling", "neutral", "alarm", "unsure"];
const LABELLED = ["rest", "guided", "resonance", "recheck", "sitting", "transfer", "free", "quiet", "help", "evening", "morning"];

function colours() {
  const style = getComputedStyle(document.documentElement);
  const names = ["ground", "card", "ink", "soft", "line", "blue", "green", "sand", "plum", "grey"];
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue("--" + name).trim()]));
}

function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

function axis(c, more) {
  return { gridcolor: c.line, zerolinecolor: c.line, linecolor: c.line, automargin: true, ...more };
}

function layout(c, more) {
  return {
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { color: c.ink, size: 12 }, hovermode: "x unified", dragmode: false,
    hoverlabel: { bgcolor: c.card, bordercolor: c.line, font: { color: c.ink } },
    margin: { l: 48, r: 12, t: 28, b: 32 }, legend: { orientation: "h", y: -0.34, yanchor: "top", x: 0 }, ...more,
  };
}

function dots(name, x, y, colour, symbol, more) {
  return { type: "scatter", mode: "markers", name, x, y, marker: { color: colour, size: 7, symbol }, ...more };
}

function faded(colour, alpha) {
  return colour + Math.round(alpha * 255).toString(16).padStart(2, "0");
}

// The line goes through neighbouring normal intervals that are well timed, and breaks at every other. Those are marked,
// poorly timed ones by a mark of their own, where they lie, or at the edge if they lie beyond the range shown first; the text always tells what was measured.
function tachogram(session, t) {
  const time = unpacked(session.rr_t), rr = unpacked(session.rr_ms);
  const number = unpacked(session.rr_number), kind = unpacked(session.rr_kind);
  const timed = unpacked(session.rr_timed);
  const line = { x: [], y: [] };
  const marked = { x: [], y: [], text: [] }, untimed = { x: [], y: [], text: [] };
  const counts = (i) => kind[i] === 0 && timed[i] === 1;
  const range = usualRange(rr.filter((_, i) => counts(i)));
  for (let i = 0; i < rr.length; i++) {
    if (i > 0 && number[i] !== number[i - 1] + 1) { line.x.push(1000 * time[i]); line.y.push(null); }
    line.x.push(1000 * time[i]); line.y.push(counts(i) ? rr[i] : null);
    if (counts(i)) continue;
    const marks = kind[i] === 0 ? untimed : marked;
    marks.x.push(1000 * time[i]);
    marks.y.push(range ? Math.min(Math.max(rr[i], range[0]), range[1]) : rr[i]);
    marks.text.push(rr[i].toFixed(0) + " ms, " + t(kind[i] === 0 ? "untimed" : session.kinds[kind[i]]));
  }
  return { line, marked, untimed, range };
}

function usualRange(values) {
  if (values.length < 10) return undefined;
  const sorted = Float32Array.from(values).sort();
  const low = sorted[Math.floor(0.005 * sorted.length)], high = sorted[Math.floor(0.995 * (sorted.length - 1))];
  const margin = Math.max(20, 0.15 * (high - low));
  return [low - margin, high + margin];
}

function seconds(session, field) {
  return Array.from(unpacked(session[field]), (value) => (Number.isNaN(value) ? null : value));
}

function paceLine(session) {
  const x = [], y = [];
  const all = [...session.paces, [session.length_s, null]];
  for (let i = 0; i + 1 < all.length; i++) {
    x.push(1000 * all[i][0], 1000 * all[i + 1][0]); y.push(all[i][1], all[i][1]);
  }
  return { x, y };
}

// Runs of one state, as bands behind the tachogram; the lane below tells the same without colour.
function stateBands(states, step, c) {
  const tint = { calm: c.green, settling: c.green, alarm: c.sand, unsure: c.grey };
  const depth = { calm: 0.22, settling: 0.1, alarm: 0.22, unsure: 0.16 };
  const bands = [];
  let from = 0;
  for (let i = 1; i <= states.length; i++) {
    if (states[i] === states[from]) continue;
    const state = states[from];
    if (tint[state]) {
      bands.push({
        type: "rect", xref: "x", yref: "y domain", x0: 1000 * from * step, x1: 1000 * i * step, y0: 0, y1: 1,
        layer: "below", line: { width: 0 }, fillcolor: faded(tint[state], depth[state]),
      });
    }
    from = i;
  }
  return bands;
}

// One standard deviation of how far RSA may be off, above and below, a shape for each stretch in which both are known;
// nothing in sessions older than that.
function rsaBand(session, time, c) {
  const rsa = seconds(session, "rsa_ms");
  const sd = seconds(session, "rsa_sd_ms");
  const x = [], y = [];
  let upper = [], lower = [];
  const close = () => {
    if (upper.length) {
      const shape = [...upper, ...lower.reverse()];
      x.push(...shape.map(([at]) => at), null);
      y.push(...shape.map(([, value]) => value), null);
    }
    upper = [], lower = [];
  };
  rsa.forEach((value, i) => {
    if (value === null || sd[i] === null) return close();
    upper.push([time[i], value + sd[i]]);
    lower.push([time[i], value - sd[i]]);
  });
  close();
  return { type: "scatter", mode: "lines", x, y, fill: "toself", fillcolor: faded(c.blue, 0.16), line: { width: 0 }, hoverinfo: "skip", showlegend: false };
}

// A name that would lie on the one before it is left out.
function phaseMarks(session, t, c, width) {
  const phases = session.phases.filter(([, phase]) => LABELLED.includes(phase));
  const pixels = (at) => (at / session.length_s) * (width - 116);
  let free = -Infinity;
  const lines = phases.map(([at]) => ({
    type: "line", xref: "x", yref: "paper", x0: 1000 * at, x1: 1000 * at, y0: 0, y1: 1, line: { color: c.line, width: 1, dash: "dot" },
  }));
  const fits = ([at, phase]) => {
    if (pixels(at) < free) return false;
    free = pixels(at) + 7 * t(phase).length;
    return true;
  };
  const names = phases.filter(fits).map(([at, phase]) => ({
    xref: "x", yref: "paper", x: 1000 * at, y: 1, xanchor: "left", yanchor: "bottom", showarrow: false, text: t(phase), font: { size: 11, color: c.soft },
  }));
  return { lines, names };
}

// Lanes from the top down, each as high as its share: `axes` are the lane's own and those laid over it, `traces` come
// with the number of the axis that they are drawn on.
function stacked(lanes) {
  const gap = 0.04;
  const share = (1 - gap * (lanes.length - 1)) / lanes.reduce((sum, lane) => sum + lane.height, 0);
  const rounded = (value) => Math.abs(Number(value.toFixed(4)));
  const stack = { traces: [], axes: {}, lowest: "" };
  let top = 1;
  for (const lane of lanes) {
    const bottom = top - share * lane.height;
    const names = lane.axes.map((more, i) => {
      const number = Object.keys(stack.axes).length + 1, name = "y" + (number > 1 ? number : "");
      if (i === 0) stack.lowest = name;
      stack.axes[name.replace("y", "yaxis")] = i === 0 ? { domain: [rounded(bottom), rounded(top)], ...more } : { overlaying: stack.lowest, ...more };
      return name;
    });
    for (const [on, trace] of lane.traces) stack.traces.push({ ...trace, yaxis: names[on] });
    top = bottom - gap;
  }
  return stack;
}

// Time since the session's first sample, as a date of 1970: those get marks and hover texts of minutes and seconds.
function timeAxis(c, length_s, more) {
  const form = length_s < 3600 ? "%-M:%S" : "%-H:%M:%S";
  const step = [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600].find((s) => length_s / s <= 8) ?? 7200;
  return axis(c, { type: "date", range: [0, 1000 * Math.max(1, length_s)], tick0: 0, dtick: 1000 * step, tickformat: form, hoverformat: form, ...more });
}

// `size` is that of its place in pixels.
function sessionPlot(session, t, size = { width: 1000, height: 800 }) {
  const c = colours();
  const beats = tachogram(session, t);
  const states = seconds(session, "state").map((code) => session.states[code] ?? null);
  const time = states.map((_, i) => 1000 * (i + 1) * session.step_s);
  const guide = unpacked(session.guide);
  const guideTime = Array.from(guide, (_, i) => (1000 * i) / session.guide_hz);
  const pace = paceLine(session);
  const breathing = seconds(session, "breaths_per_min"), confidence = seconds(session, "breath_confidence");
  const line = (name, y, colour, shown, more, unit = "") => ({
    type: "scatter", mode: "lines", name, x: time, y, line: { color: colour, width: 1.8, ...more }, hovertemplate: `%{y:${shown}}${unit}<extra>%{fullData.name}</extra>`,
  });
  const titled = (title, more) => axis(c, { title: { text: title, font: { size: 11 } }, rangemode: "tozero", ...more });
  const marks = phaseMarks(session, t, c, size.width);
  const { traces, axes, lowest } = stacked([
    {
      height: 38,
      axes: [
        axis(c, { title: { text: t(session.signal === "ppg" ? "tachogram_ppi" : "tachogram") }, range: beats.range }),
        { range: [0, 400], visible: false, fixedrange: true },
      ],
      traces: [
        [1, { type: "scatter", mode: "lines", name: t("guide"), x: guideTime, y: guide, line: { width: 0 }, fill: "tozeroy", fillcolor: faded(c.blue, 0.16), hoverinfo: "skip" }],
        [0, { type: "scatter", mode: "lines", name: t(session.signal === "ppg" ? "ppi" : "rr"), x: beats.line.x, y: beats.line.y, line: { color: c.ink, width: 1.2 }, hovertemplate: "%{y:.0f} ms<extra>%{fullData.name}</extra>" }],
        [0, dots(t("not_normal"), beats.marked.x, beats.marked.y, c.plum, "x-thin-open", { text: beats.marked.text, hovertemplate: "%{text}", cliponaxis: false })],
        [0, dots(t("untimed"), beats.untimed.x, beats.untimed.y, c.grey, "circle-open", {
          text: beats.untimed.text, hovertemplate: "%{text}", cliponaxis: false, visible: beats.untimed.x.length > 0,
        })],
      ],
    },
    {
      height: 12,
      axes: [axis(c, {
        type: "category", categoryorder: "array", categoryarray: STATE_ORDER,
        range: [-0.5, 4.5], tickmode: "array", tickvals: STATE_ORDER, ticktext: STATE_ORDER.map(t), fixedrange: true,
      })],
      traces: [[0, { ...line(t("state"), states, c.ink, "", { shape: "hv", width: 2.5 }), text: states.map((state) => state && t(state)), hovertemplate: "%{text}<extra>%{fullData.name}</extra>" }]],
    },
    {
      height: 12,
      axes: [titled(t("coherence")), titled(t("rsa"), { side: "right", showgrid: false })],
      traces: [
        [0, line(t("coherence"), seconds(session, "coherence"), c.green, ".1f")],
        [1, rsaBand(session, time, c)],
        [1, line(t("rsa"), seconds(session, "rsa_ms"), c.blue, ".0f", { dash: "dot" }, " ms")],
      ],
    },
    {
      height: 12,
      axes: [titled(t("per_min"))],
      traces: [
        [0, line(t("breathing_own"), breathing.map((rate, i) => (confidence[i] >= 0.5 ? rate : null)), c.blue, ".1f", {}, " " + t("per_min"))],
        [0, { type: "scatter", mode: "lines", name: t("breathing_guide"), x: pace.x, y: pace.y, line: { color: c.sand, dash: "dash", width: 1.6 }, hovertemplate: `%{y:.1f} ${t("per_min")}<extra>%{fullData.name}</extra>` }],
      ],
    },
    {
      height: 10,
      axes: [titled(t("quality"), { rangemode: "normal", range: [0, 1.05], dtick: 0.5 })],
      traces: [[0, line(t("quality"), seconds(session, "quality"), c.grey, ".2f")]],
    },
  ]);
  return [traces, layout(c, {
    shapes: [...stateBands(states, session.step_s, c), ...marks.lines], annotations: marks.names,
    margin: { l: 60, r: 56, t: 44, b: 40 }, legend: { orientation: "h", y: -50 / (size.height - 160), yanchor: "top", x: 0 },
    dragmode: matchMedia("(pointer: fine)").matches ? "zoom" : false,
    xaxis: timeAxis(c, session.length_s, { title: { text: t("time_axis") }, anchor: lowest }),
    ...axes,
  })];
}
