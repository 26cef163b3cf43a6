"use strict";
// The list of sessions: by week, newest first; a session is drawn when it is first opened.

// A folder named by a clock that was wrong shows its number alone.
function undatedName(session) {
  return session.name.replace(/-\d{8}-\d{4}/, "");
}

function title(session) {
  return session.at === null ? t("undated", undatedName(session)) : new Date(session.at).toLocaleString(texts[language].locale, { dateStyle: "long", timeStyle: "short" });
}

function heading(session) {
  const parts = [element("b", title(session))];
  // As on the device, what is nought is not held up to the wearer.
  if (session.minutes) parts.push(element("span", t("row_minutes", clock(60 * session.minutes))));
  if (known(session.calm_pct) && session.calm_pct >= 0.5) parts.push(element("span", t("row_calm", number(session.calm_pct))));
  if (known(session.settled_after_s)) parts.push(element("span", t("row_settled", clock(session.settled_after_s))));
  if (session.at !== null && !known(session.minutes)) parts.push(element("span", session.name));
  return parts;
}

function facts(session) {
  const hrv = session.hrv ?? {}, pulse = session.signal === "ppg";
  const pair = (guess, body) => number(guess) + " / " + number(body, 1);
  const left = known(session.artefact_pct) ? " · " + t("left_out", artefactShare(session.artefact_pct)) : "";
  const rows = [
    ["fact_length", clock(session.length_s)],
    ["fact_hr", number(hrv.mean_hr_bpm) + " " + t("bpm")],
    [pulse ? "fact_rmssd_ppi" : "fact_rmssd", number(hrv.rmssd_ms) + " ms" + left],
    [pulse ? "fact_sdnn_ppi" : "fact_sdnn", number(hrv.sdnn_ms) + " ms" + left],
    ["fact_contact", number(session.contact_pct) + " %"],
    ["fact_lost", number(session.lost_samples)],
  ];
  if (known(session.minutes)) {
    rows.push(["fact_rest", clock(60 * session.rest_minutes)]);
    rows.push(["fact_guess", pair(session.on_guard_guess_before, session.body_before)]);
    rows.push(["fact_guess_after", pair(session.on_guard_guess_after, session.body_after)]);
  }
  if (session.plan) rows.push(["fact_plan", [session.plan.week, session.plan.minutes, session.plan.fade].join(" / ")]);
  const asked = [
    ["fact_energy", [session.energy_before, session.energy_after]],
    ["fact_tension", [session.tension_before, session.tension_after]],
    ["fact_sleep", [session.sleep_before]],
    ["fact_tolerance", [session.tolerance_before]],
  ];
  for (const [key, answers] of asked) {
    if (answers.some(known)) rows.push([key, answers.map((answer) => number(answer)).join(" / ")]);
  }
  return element("dl", ...rows.map(([key, value]) => element("div", element("dt", t(key)), element("dd", value))));
}

function notes(session) {
  const said = [];
  if (session.recovered) said.push(t("recovered"));
  if (session.irregular_s > 0) said.push(t("irregular", clock(session.irregular_s)));
  if (session.paced_s > 0) said.push(t("paced", clock(session.paced_s)));
  const own = session.note ? [classed("own", element("p", session.note))] : [];
  return [...own, ...said.map((text) => classed("note", element("p", text)))];
}

function writeSession(details, session) {
  details.querySelector("summary").replaceChildren(...heading(session));
  if (!details.open) return;
  details.querySelector(".body").replaceChildren(facts(session), ...notes(session));
  const plot = details.querySelector(".plot") ?? details.appendChild(classed("plot", element("div")));
  plot.setAttribute("aria-label", t("session_picture", title(session), t(session.signal === "ppg" ? "ppi" : "rr")));
  draw(plot, sessionPlot(session, t, { width: plot.clientWidth, height: plot.clientHeight }));
}

function makeSession(session, open) {
  const details = classed("session", element("details", element("summary"), classed("body", element("div"))));
  details.open = open;
  details.addEventListener("toggle", () => writeSession(details, session));
  details.rewrite = () => writeSession(details, session);
  return details;
}

// Weeks as [Monday or null for those without a date, its sessions], in the order of the sessions.
function grouped(sessions) {
  const weeks = new Map();
  for (const session of sessions) {
    let monday = null;
    if (session.at !== null) {
      const at = new Date(session.at.slice(0, 10) + "T00:00:00Z");
      monday = new Date(at - ((at.getUTCDay() + 6) % 7) * 86400000).toISOString().slice(0, 10);
    }
    weeks.set(monday, [...(weeks.get(monday) ?? []), session]);
  }
  return [...weeks];
}

function weekHeading(monday, sessions) {
  const minutes = sessions.reduce((sum, session) => sum + (session.minutes ?? 0), 0);
  const name = monday === null ? t("without_date") : t("week_from", day(monday));
  const sum = minutes ? t("week_sum", sessions.length, clock(60 * minutes)) : t("of_sessions", sessions.length);
  return [name, element("small", sum)];
}

// The sessions of a week are put there when it is first opened: of 500 only what is looked at is built.
function makeWeek(monday, sessions, open) {
  const inside = element("div");
  const details = classed("week", element("details", element("summary"), inside));
  details.open = open;
  details.rewrite = () => {
    details.querySelector("summary").replaceChildren(...weekHeading(monday, sessions));
    if (!details.open) return;
    if (!inside.children.length) inside.append(...sessions.map((session) => makeSession(session, session === data.sessions[0])));
    for (const session of inside.children) session.rewrite();
  };
  details.addEventListener("toggle", () => details.rewrite());
  return details;
}

function found(session, words) {
  const text = [title(session), session.name, session.at ?? "", session.note ?? "", ...notes(session).map((p) => p.textContent)].join(" ").toLocaleLowerCase(language);
  return words.every((word) => text.includes(word));
}

function listSessions() {
  const words = document.getElementById("filter").value.toLocaleLowerCase(language).split(/\s+/).filter(Boolean);
  const shown = words.length ? data.sessions.filter((session) => found(session, words)) : data.sessions;
  document.getElementById("found").textContent = words.length ? t("found", shown.length, data.sessions.length) : "";
  const holder = document.getElementById("sessions");
  const weeks = grouped(shown).map(([monday, sessions], i) => makeWeek(monday, sessions, i === 0));
  const near = words.length ? weeks : weeks.slice(0, NEAR_WEEKS), earlier = weeks.slice(near.length);
  holder.replaceChildren(...near);
  if (earlier.length) holder.append(classed("week", element("details", element("summary"), element("div", ...earlier))));
  writeWeekList();
}

// Weeks further back than these stand behind one line: the way by keyboard stays short.
const NEAR_WEEKS = 8;

function writeWeekList() {
  for (const week of document.querySelectorAll("#sessions .week")) {
    if (week.rewrite) week.rewrite();
    else week.querySelector("summary").textContent = t("earlier_weeks", week.querySelectorAll(".week").length);
  }
}
