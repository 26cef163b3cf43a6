"""What the documents say of the tree: paths that are there, and an index of all decisions."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
OURS = ("bench", "device", "docs", "drivers", "dsp", "hardware", "host", "systemd", "tests")


def named_paths(text: str) -> set[str]:
    """Every path of ours in code marks: `folder/file.py`, `folder/`, `package.module`."""
    words = re.findall(r"`([\w./-]+)`", text)
    modules = {word.replace(".", "/") for word in words if re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", word)}
    paths = {word.removesuffix("/") for word in words if "/" in word} | modules
    return {path for path in paths if path.split("/")[0] in OURS}


def there(path: str) -> bool:
    """A file, a folder, or a name inside a module."""
    place = ROOT / path
    return place.exists() or place.with_suffix(".py").exists() or place.parent.with_suffix(".py").exists()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_that_a_document_names_is_there(document: Path) -> None:
    missing = {path for path in named_paths(document.read_text(encoding="utf-8")) if not there(path)}
    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_within_the_tree_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    missing = {link for link in links if "://" not in link and not (document.parent / link).exists()}
    assert not missing


def test_the_index_names_every_decision_by_its_title() -> None:
    index = (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
    numbers = [int(record.name[:4]) for record in DECISIONS]
    assert len(set(numbers)) == len(numbers)
    for number, record in zip(numbers, DECISIONS, strict=True):
        heading = record.read_text(encoding="utf-8").splitlines()[0]
        title = heading.removeprefix(f"# {number}. ")
        assert title != heading
        assert f"[{number:04d}]({record.name}) | {title} |" in index


def test_the_changelog_says_each_thing_once() -> None:
    told = re.findall(r"^- .*(?:\n  .*)*", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    assert len(told) > 50
    assert not {entry for entry in told if told.count(entry) > 1}


def test_the_summary_of_ordinary_minutes_says_what_the_bench_printed() -> None:
    text = (ROOT / "docs" / "validation.md").read_text()
    rows = dict(re.findall(r"^\| ([^|]+) \| \d+ % \|([^|]+\|[^|]+)\|", text, flags=re.MULTILINE))
    printed = text.partition("<!-- bench state_ordinary -->")[2]
    for word, unasked, seen in (
        ("calm", "ordinary minutes, some calm", "seen as calm"),
        ("alarm", "some on guard", "seen as on guard"),
    ):
        left_out = re.search(rf"^    {word} +unasked ([\d.]+), seen ([\d.]+); border", printed, flags=re.MULTILINE)
        device = re.search(rf"^    all .*{word} unasked ([\d.]+), seen ([\d.]+)", printed, flags=re.MULTILINE)
        assert left_out is not None
        assert device is not None
        for at, row, form in ((1, unasked, "{:.1f}"), (2, seen, "{:.0f}")):
            (told,) = (cells for name, cells in rows.items() if row in name)
            expected = [form.format(100 * float(found[at])) for found in (left_out, device)]
            assert re.findall(r"([\d.]+) %", told) == expected, row
