import re
import shutil
import subprocess
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest

from workbench.exports.page import page_html
from workbench.exports.page_tables import html_table, html_text
from workbench.pipeline.decision import decide
from workbench.views.briefing import assumptions, question_text, risks_table
from workbench.views.recommendation import recommendation_text
from workbench.views.risk import domains_table
from workbench.views.topologies import topologies_table

VOID = {"meta"}


class Page(HTMLParser):
    """What a reader sees: headings, tables, texts; and whether every element is closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.headings, self.tables, self.links, self.scripts, self.words = [], [], [], [], 0, []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.links += [value for name, value in attrs if name in {"src", "href"}]
        self.scripts += tag == "script"
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in {"td", "th"}:
            self.tables[-1][-1].append("")
        elif tag == "h2":
            self.headings.append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, text):
        if "script" in self.open or "style" in self.open:
            return
        self.words.append(text)
        if "h2" in self.open:
            self.headings[-1] += text
        if "td" in self.open or "th" in self.open:
            self.tables[-1][-1][-1] += text


@pytest.fixture(scope="module")
def decision(comparison):
    return decide(comparison)


@pytest.fixture(scope="module")
def page(comparison, decision):
    return page_html(comparison, decision)


def test_the_page_has_its_parts_and_needs_nothing_else(page):
    read = Page(page)
    assert read.headings == [
        "Question",
        "Recommendation",
        "Side by side",
        "Cash flow",
        "Cost and blast radius",
        "Largest risks",
        "What would change the decision",
        "Basis",
        "Assumptions",
    ]
    assert not read.links
    assert page.count("plotly.js v") == 1
    assert "@page { size: A4" in page


def test_the_same_comparison_gives_the_same_page(comparison, decision, page):
    assert page_html(comparison, decision) == page


def test_the_numbers_are_those_of_the_screen(comparison, page):
    shown = Page(page).tables[0]
    table = topologies_table(comparison)
    assert [row[1:] for row in shown[1:]] == [[cell.marked for cell in row.cells[1:]] for row in table.rows]
    assert [row[0].strip() for row in shown[1:]] == [row.cells[0].text.strip() for row in table.rows]


def test_question_recommendation_and_assumptions_stand_on_it(comparison, decision, page):
    words = " ".join(" ".join(Page(page).words).split())
    for sentence in (question_text(comparison), *recommendation_text(comparison, decision), *assumptions(comparison)):
        assert " ".join(sentence.split()) in words


def test_the_largest_risks_are_those_with_most_user_hours(comparison):
    name = comparison.results[-1].name
    whole = [
        row.cells[[c.key for c in domains_table(comparison, name).columns].index("user_hours")].value
        for row in domains_table(comparison, name).rows
    ]
    table = risks_table(comparison, name)
    assert [table.cell(row.key, "user_hours").value for row in table.rows] == sorted(whole, reverse=True)[:3]


def test_what_nothing_can_change_is_left_out_with_the_reason(comparison, decision):
    none = replace(decision, recommendation=replace(decision.recommendation, chosen=None), swings=(), break_evens=())
    assert "Left out: nothing can be recommended" in page_html(comparison, none)


def test_hostile_texts_are_no_markup_and_turn_no_writing(hostile):
    text = page_html(hostile, decide(hostile))
    read = Page(text)
    assert "<script>alert" not in text
    assert hostile.study in " ".join(read.words)
    assert read.scripts == 3
    assert html_text("\u202e<b>\x00") == "<bdi>&lt;b&gt;\ufffd</bdi>"


def test_every_cell_of_a_table_is_written(comparison):
    table = risks_table(comparison, "hybrid")
    written = html_table(table)
    for row in table.rows:
        assert all(unescape(html_text(cell.marked)) in unescape(written) for cell in row.cells)


@pytest.mark.skipif(shutil.which("chromium") is None, reason="no browser on this machine")
@pytest.mark.slow
def test_it_prints_on_two_pages_of_a4_at_most_with_both_charts(page, tmp_path):
    source, printed = tmp_path / "page.html", tmp_path / "page.pdf"
    source.write_text(page, encoding="utf-8")
    common = [
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path / 'profile'}",
        "--virtual-time-budget=8000",
    ]
    subprocess.run(
        [*common, f"--print-to-pdf={printed}", "--no-pdf-header-footer", source.as_uri()], check=True, capture_output=True, timeout=120
    )
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed.read_bytes())) in {1, 2}
    drawn = subprocess.run([*common, "--dump-dom", source.as_uri()], check=True, capture_output=True, text=True, timeout=120).stdout
    assert len(re.findall(r'class="main-svg"', drawn)) >= 2
