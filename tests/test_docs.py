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
