"""What the documentation site has beside docs/: the README as its first page, the builder's pages with their drawings,
and the notebooks as pages. A hook of MkDocs; see mkdocs.yml."""

import json
import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parent.parent
NOTEBOOKS = ROOT / "docs" / "notebooks"
SHOWN = (".md", ".svg", ".toml", ".png", ".stl", ".kicad_sch")
_LINK = re.compile(r"(\]\()([^)#\s]+)(#[^)\s]*)?(\))")


def outside() -> dict[str, str]:
    """Where each file from outside docs/ stands in the site, by its path in the tree."""
    folder = ROOT / "hardware"
    hardware = [str(path.relative_to(folder)) for path in sorted(folder.rglob("*")) if path.suffix in SHOWN]
    pages = {"README.md": "index.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
    return pages | {f"hardware/{name}": f"hardware/{name}" for name in hardware}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    places = outside()
    for source, place in places.items():
        path = ROOT / source
        if path.suffix == ".md":
            files.append(File.generated(config, place, content=linked(path.read_text("utf-8"), source, places)))
        else:
            files.append(File.generated(config, place, abs_src_path=str(path)))
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        page = as_page(json.loads(path.read_text("utf-8")))
        files.append(File.generated(config, f"notebooks/{path.stem}.md", content=page))
    return files


def on_page_markdown(markdown: str, **_: object) -> str:
    """A notebook is a page here, and the builder's pages lie beside those of docs/."""
    markdown = re.sub(r"\]\(\.\./hardware/", "](hardware/", markdown)
    return re.sub(r"(\]\([^)]*)\.ipynb\)", r"\1.md)", markdown)


def linked(text: str, source: str, places: dict[str, str]) -> str:
    """The links of a page that has moved from `source`, as they are from its new place."""

    def moved(match: re.Match[str]) -> str:
        target = match[2]
        if "://" in target:
            return match[0]
        in_tree = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        in_tree = f"{in_tree}/README.md" if (ROOT / in_tree).is_dir() else in_tree
        place = places.get(in_tree, in_tree.removeprefix("docs/"))
        return (
            f"{match[1]}{posixpath.relpath(place, posixpath.dirname(places[source]) or '.')}{match[3] or ''}{match[4]}"
        )

    return _LINK.sub(moved, text)


def as_page(notebook: dict[str, list[dict[str, object]]]) -> str:
    """Text and code of a notebook, in order; what it prints is made where it is run."""
    parts = []
    for cell in notebook["cells"]:
        lines = cell["source"]
        text = "".join(lines) if isinstance(lines, list) else str(lines)
        parts.append(text if cell["cell_type"] == "markdown" else f"```python\n{text}\n```")
    return "\n\n".join(parts) + "\n"
