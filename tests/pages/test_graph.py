"""The picture of every example, read by the programs that draw it."""

import subprocess
import xml.etree.ElementTree as ElementTree

import pytest
from conftest import EXAMPLES, library, run
from selenium.webdriver.common.by import By

PICTURES = pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def mermaid(browser, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mermaid")
    (folder / "mermaid.min.js").write_text(library("mermaid-*/dist/mermaid.min.js"))
    (folder / "page.html").write_text('<!DOCTYPE html><title>Mermaid</title><script src="mermaid.min.js"></script>')
    browser.get((folder / "page.html").as_uri())
    return browser


@PICTURES
def test_mermaid_draws_it(mermaid, example):
    text = run("graph", "--format", "mermaid", example)
    drawn = mermaid.execute_async_script(
        "const [text, done] = arguments;"
        "mermaid.render('picture', text).then(one => done(one.svg), error => done('error: ' + error))",
        text,
    )
    assert not drawn.startswith("error"), drawn
    for line in text.splitlines():
        if line.strip().startswith("n0") and '"' in line:
            assert line.split('"')[1].split(":")[0] in drawn


@PICTURES
def test_graphviz_draws_it(example):
    text = run("graph", "--format", "dot", example)
    drawn = subprocess.run(["dot", "-Tplain"], input=text, capture_output=True, text=True)
    assert (drawn.returncode, drawn.stderr) == (0, "")
    nodes = [line for line in drawn.stdout.splitlines() if line.startswith("node ")]
    assert len(nodes) == text.count("[shape=")


@PICTURES
def test_no_text_of_the_svg_leaves_its_box(browser, tmp_path, example):
    text = run("graph", "--format", "svg", example)
    ElementTree.fromstring(text)
    path = tmp_path / "graph.svg"
    path.write_text(text)
    browser.get(path.as_uri())
    for group in browser.find_elements(By.CSS_SELECTOR, "g"):
        box = group.find_element(By.CSS_SELECTOR, "rect").rect
        for line in group.find_elements(By.CSS_SELECTOR, "text"):
            rect = line.rect
            assert rect["x"] >= box["x"] and rect["x"] + rect["width"] <= box["x"] + box["width"], line.text
            assert rect["y"] >= box["y"] and rect["y"] + rect["height"] <= box["y"] + box["height"], line.text
