"""The website: every page is on it, and its links lead somewhere."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from docs.site import PAGES, ROOT, SECTIONS, broken_links, configuration, linked_files, main, write_sources


def test_every_page_is_on_the_site_and_in_its_navigation() -> None:
    pages = {path.relative_to(ROOT).as_posix() for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]}
    assert pages == set(PAGES)
    listed = [name for names in SECTIONS.values() for name in names]
    assert sorted(listed) == sorted(Path(page).stem for page in PAGES if page != "README.md")
    assert all(page in configuration() for page in PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_every_link_to_a_file_leads_to_one(page: str) -> None:
    linked_files(ROOT / page)


def test_links_keep_their_places(tmp_path: Path) -> None:
    write_sources(tmp_path / "source")
    assert (tmp_path / "source/pages/docs/screenshots/dashboard.png").is_file()
    assert (tmp_path / "source/pages/systemd/tiktok2mqtt.service").is_file()
    assert not (tmp_path / "source/pages/bench").exists()


def test_broken_links_are_found(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text('<h2 id="here"></h2><a href="https://example.org/x">')
    text = '<a href="page.html"><a href="page.html#here"><a href="page.html#there"><a href="#no"><img src="none.png">'
    (tmp_path / "index.html").write_text(text)
    assert broken_links(tmp_path) == ["index.html: #no", "index.html: none.png", "index.html: page.html#there"]


@pytest.mark.skipif(find_spec("zensical") is None, reason="needs the extra site")
def test_the_site_is_built_with_a_search(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0
    assert "build/site/index.html" in capsys.readouterr().out
    assert "state_dir" in (ROOT / "build/site/search.json").read_text()
