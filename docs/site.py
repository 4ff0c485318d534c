"""Builds the website of the documentation in build/site, and checks its links.

The pages keep their places in the repository, so that their links work there and on the site: README.md is the first
page, and files that pages link to, such as blueprints, are copied.

python -m docs.site            # needs the extra `site`; `make site` installs it
"""

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

ROOT: Final = Path(__file__).parent.parent
BUILD: Final = ROOT / "build"
SOURCE: Final = BUILD / "site-source"
SITE: Final = BUILD / "site"
PAGES: Final = (
    "README.md",
    "docs/getting-started.md",
    "docs/home-assistant.md",
    "docs/node-red.md",
    "docs/obs.md",
    "docs/simulator.md",
    "docs/topics.md",
    "docs/events.md",
    "docs/settings.md",
    "docs/running.md",
    "docs/upgrading.md",
    "docs/when-tiktok-refuses.md",
    "docs/faq.md",
    "docs/library.md",
    "docs/architecture.md",
    "docs/performance.md",
    "docs/development.md",
    "docs/adding-an-event.md",
    "docs/promises.md",
    "PRIVACY.md",
    "SECURITY.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
)
SECTIONS: Final = {
    "Use it": ("getting-started", "home-assistant", "node-red", "obs", "simulator"),
    "Reference": ("topics", "events", "settings", "library"),
    "Operate it": ("running", "upgrading", "when-tiktok-refuses", "faq"),
    "About people": ("PRIVACY", "SECURITY"),
    "Develop it": (
        "architecture",
        "performance",
        "development",
        "adding-an-event",
        "promises",
        "CONTRIBUTING",
        "CHANGELOG",
    ),
}
# Names of settings and topics are not broken in two.
STYLE: Final = "@media (min-width: 60em) { .md-typeset td:first-child code { white-space: nowrap } }\n"
_LINK: Final = re.compile(r"(?:\]\(|(?:src|href)=\")([^)\s\"#]+)")


def linked_files(page: Path) -> set[Path]:
    """Return the files of the repository that a page links to; raises FileNotFoundError for one that does not exist."""
    found = set()
    for target in _LINK.findall(page.read_text(encoding="utf-8")):
        if not urlsplit(target).scheme:
            file = (page.parent / target).resolve()
            if not file.exists():
                raise FileNotFoundError(f"{page.relative_to(ROOT)}: no such file: {target}")
            found |= {file} if file.is_file() else {path for path in file.rglob("*") if path.is_file()}
    return found


def write_sources(folder: Path = SOURCE) -> None:
    """Copy the pages and what they link to, and write the configuration of the site."""
    shutil.rmtree(folder, ignore_errors=True)
    pages = [ROOT / name for name in PAGES]
    for file in {*pages, *(linked for page in pages for linked in linked_files(page))}:
        copy = folder / "pages" / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    (folder / "pages" / "tables.css").write_text(STYLE, encoding="utf-8")
    (folder / "zensical.toml").write_text(configuration(), encoding="utf-8")


def configuration() -> str:
    """Return the configuration for zensical."""
    paths = {Path(name).stem: name for name in PAGES}
    sections = ", ".join(
        f'{{ "{title}" = [{", ".join(repr(paths[name]) for name in names)}] }}' for title, names in SECTIONS.items()
    )
    return f"""\
[project]
site_name = "tiktok2mqtt"
site_description = "TikTok LIVE events on MQTT"
docs_dir = "pages"
site_dir = "site"
use_directory_urls = false
extra_css = ["tables.css"]
nav = [{{ "tiktok2mqtt" = "README.md" }}, {sections}]

[project.theme]
language = "en"
font = false
features = ["navigation.sections", "navigation.top", "search.highlight", "content.code.copy"]

[[project.theme.palette]]
media = "(prefers-color-scheme: light)"
scheme = "default"
toggle.icon = "lucide/sun"
toggle.name = "Dark mode"

[[project.theme.palette]]
media = "(prefers-color-scheme: dark)"
scheme = "slate"
toggle.icon = "lucide/moon"
toggle.name = "Light mode"
"""


class _Page(HTMLParser):
    """Collects the ids of a page, and the addresses that it refers to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.targets: list[str] = []
        self.feed(text)

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in {"id", "name"} and value:
                self.ids.add(value)
            if name in {"href", "src"} and value:
                self.targets.append(value)


def broken_links(site: Path = SITE) -> list[str]:
    """Return each link of the built site to a file or a heading that does not exist, as `page: link`."""
    pages = {path: _Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    broken = []
    for path, page in pages.items():
        for target in page.targets:
            parts = urlsplit(target)
            if parts.scheme or parts.netloc or path.name == "404.html":
                continue
            file = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            file = file / "index.html" if file.is_dir() else file
            fragment = unquote(parts.fragment)
            if not file.is_file() or (fragment and file in pages and fragment not in pages[file].ids):
                broken.append(f"{path.relative_to(site)}: {target}")
    return sorted(set(broken))


def main() -> int:
    """Build the site; return the exit status."""
    write_sources()
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict"]
    if subprocess.run(command, cwd=SOURCE, check=False).returncode:  # noqa: S603 - our own arguments
        return 1
    shutil.rmtree(SITE, ignore_errors=True)
    shutil.move(SOURCE / "site", SITE)
    broken = broken_links()
    for link in broken:
        sys.stderr.write(f"broken link in {link}\n")
    if not broken:
        sys.stdout.write(f"The site is in {SITE.relative_to(ROOT)}; open {SITE.relative_to(ROOT)}/index.html\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
