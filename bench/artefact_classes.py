"""Artefacts of known kind put into clean RR series, and what is found of them, class by class, as Lipponen & Tarvainen
(2019, doi 10.1080/03091902.2019.1640306) count: sensitivity by sites, specificity by intervals that were left alone.

    python -m bench.artefact_classes [--people N] [--quick] [--no-peers]

Reads `rr-days-more` (healthy people, `nsr`) from the folder ROLIG_DATA (default ../shared/data): an hour of each. The
sizes of what is put in are choices of ours: one site in 25 beats; a missed beat is taken out, an extra one stands at 30
to 70 % of an interval, an ectopic one comes 20 to 40 % early, a misplaced one lies 15 to 25 % off either way. Beside it
stands neurokit2's correction by that paper. --quick takes three people.
"""

import argparse
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from bench.recordings import DATA
from dsp.hrv.intervals import classify
from dsp.types import Beat, FloatArray, IntervalKind

KINDS = ("missed", "extra", "ectopic", "misplaced")
HOUR_S = 3600.0
EVERY = 25
CLEAN = 0.15
"""A series is taken where its intervals step by less than this share, so that what is in it is what was put in."""
Finder = Callable[[FloatArray], dict[int, str]]
"""From the beats' times in s to a class for each interval that is an artefact, by the number of its closing beat."""


@dataclass(frozen=True, slots=True)
class Spoilt:
    """`times_s` (n,): the beats with one artefact. `sites`: for each the beats that it concerns, the intervals that end
    with them being no true ones."""

    times_s: FloatArray
    sites: tuple[tuple[int, ...], ...]


def spoil(times_s: FloatArray, kind: str, rng: np.random.Generator) -> Spoilt:
    """One artefact of `kind` in every 25 beats of clean ones at `times_s` (n,)."""
    beats: list[float] = []
    sites: list[tuple[int, ...]] = []
    for at, t_s in enumerate(times_s.tolist()):
        site = at % EVERY == EVERY // 2 and 0 < at < len(times_s) - 2
        rr_s = t_s - times_s[at - 1] if at else 0.0
        here = len(beats)
        if not site:
            beats.append(t_s)
        elif kind == "missed":
            sites.append((here,))
        elif kind == "extra":
            beats += [t_s - rr_s * (1.0 - rng.uniform(0.3, 0.7)), t_s]
            sites.append((here, here + 1))
        elif kind == "ectopic":
            beats.append(t_s - rr_s * rng.uniform(0.2, 0.4))
            sites.append((here, here + 1))
        else:
            beats.append(t_s + rr_s * rng.choice((-1.0, 1.0)) * rng.uniform(0.15, 0.25))
            sites.append((here, here + 1))
    return Spoilt(np.array(beats), tuple(sites))


def counted(spoilt: Spoilt, found: dict[int, str]) -> tuple[int, int, int, Counter[str]]:
    """(sites found, intervals left alone, of these called artefacts, the classes that the sites were given). A site
    is found where any of its intervals is called an artefact; its neighbours on both sides count for nothing."""
    concerned = {at + step for site in spoilt.sites for at in site for step in (-1, 0, 1)}
    alone = [at for at in range(1, len(spoilt.times_s)) if at not in concerned]
    classes = Counter(next((found[at] for at in site if at in found), "none") for site in spoilt.sites)
    hits = len(spoilt.sites) - classes["none"]
    return hits, len(alone), sum(at in found for at in alone), classes


def ours(times_s: FloatArray) -> dict[int, str]:
    intervals = classify(Beat(t_s, t_s, 1.0) for t_s in times_s.tolist())
    at = {round(t_s * 1e6): number for number, t_s in enumerate(times_s.tolist())}
    return {at[round(i.t_s * 1e6)]: i.kind.value for i in intervals if i.kind is not IntervalKind.NORMAL}


def neurokit(times_s: FloatArray) -> dict[int, str]:
    import neurokit2 as nk

    artefacts, _ = nk.signal_fixpeaks(np.round(times_s * 1000).astype(int), 1000, iterative=False, method="Kubios")
    return {
        int(at): name
        for name in ("longshort", "ectopic", "missed", "extra")
        for at in np.ravel(artefacts[name]).tolist()
    }


def people() -> Iterator[FloatArray]:
    """The longest stretch of each healthy person's first hours in which no interval steps far, cut to an hour."""
    for path in sorted((DATA / "rr-days-more").glob("nsr*.txt")):
        rr_s = np.loadtxt(path) / 1000.0
        far = np.flatnonzero(np.abs(np.diff(rr_s)) > CLEAN * rr_s[1:]) + 1
        edges = np.concatenate(([0], far, [len(rr_s)]))
        longest = int(np.argmax(np.diff(edges)))
        stretch = rr_s[edges[longest] : edges[longest + 1]]
        times_s = np.concatenate(([0.0], np.cumsum(stretch)))
        if len(times_s) > 10 * EVERY:
            yield times_s[times_s <= HOUR_S]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, metavar="N", help="so many (default: all)")
    parser.add_argument("--quick", action="store_true", help="three people")
    parser.add_argument("--no-peers", action="store_true")
    chosen = parser.parse_args()
    series = list(people())[: 3 if chosen.quick else chosen.people]
    if not series:
        print(f"no recordings in {DATA}: set ROLIG_DATA to a folder with rr-days-more")
        return 1
    warnings.simplefilter("ignore")
    finders: dict[str, Finder] = {"Rolig": ours}
    if not chosen.no_peers:
        finders["neurokit2, Kubios"] = neurokit
    print(f"{len(series)} people, {sum(map(len, series))} beats, an artefact in every {EVERY}")
    print("put in    | found by          | sites  Se %  | Sp %   | called")
    for kind in KINDS:
        spoilts = [spoil(times_s, kind, np.random.default_rng((number, 1))) for number, times_s in enumerate(series)]
        for name, finder in finders.items():
            told = [counted(spoilt, finder(spoilt.times_s)) for spoilt in spoilts]
            hits, alone, wrong = (
                sum(counts) for counts in zip(*((each[0], each[1], each[2]) for each in told), strict=True)
            )
            classes = sum((each[3] for each in told), Counter())
            sites = classes.total()
            called = ", ".join(f"{what} {100 * count / sites:.0f} %" for what, count in classes.most_common())
            rates = f"{sites:5d} {100 * hits / sites:6.2f} | {100 - 100 * wrong / alone:6.2f}"
            print(f"{kind:9} | {name:17} | {rates} | {called}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
