"""The report for reviewers, in a browser."""

import json
import shutil

import html5lib
import pytest
from conftest import EXAMPLES, ROOT, library, requests, run
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

SPEC = ROOT / "examples/order-consumers.yaml"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def earlier(tmp_path_factory):
    """The builds of all examples, and of two pipelines that change."""
    folder = tmp_path_factory.mktemp("earlier")
    shutil.copytree(ROOT / "generated", folder, dirs_exist_ok=True)
    specs = tmp_path_factory.mktemp("specs")
    run("build", raw(specs, "gains", ""), raw(specs, "loses", TRANSFORM), "--out", folder)
    return folder


TRANSFORM = 'transform: {append: "\\n"}\n'


def raw(folder, name, more):
    """A spec after the smallest example."""
    spec = folder / f"{name}.yaml"
    spec.write_text((ROOT / "examples/raw-to-s3.yaml").read_text().replace("name: raw-to-s3", f"name: {name}") + more)
    return spec


@pytest.fixture(scope="module")
def page(tmp_path_factory, earlier):
    """The report of all examples, one with a larger stream, and of two specs that gain and lose a transform."""
    folder = tmp_path_factory.mktemp("report")
    changed = SPEC.read_text().replace("records_per_second: 200", "records_per_second: 2500")
    assert changed != SPEC.read_text()
    spec = folder / SPEC.name
    spec.write_text(changed)
    others = [example for example in EXAMPLES if example != SPEC]
    specs = [spec, raw(folder, "gains", TRANSFORM), raw(folder, "loses", ""), *others]
    run("report", *specs, "--against", earlier, "--out", folder / "report.html")
    return folder / "report.html", specs


def colours(browser, scheme):
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )


def test_the_page_is_valid_html(page):
    html5lib.HTMLParser(strict=True).parse(page[0].read_text())


def test_the_page_logs_no_error_and_requests_nothing_else(browser, page):
    requests(browser)
    browser.get(page[0].as_uri())
    assert [entry for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")] == []
    assert set(requests(browser)) == {page[0].as_uri()}


def test_every_figure_is_that_of_the_plan(browser, page):
    browser.get(page[0].as_uri())
    rows = browser.find_elements(By.CSS_SELECTOR, "#figures tbody tr")
    assert len(rows) == len(list((ROOT / "generated").glob("*/template.yaml"))) + 2
    shown = {row.get_attribute("data-pipeline"): row for row in rows}
    for spec in page[1]:
        plan = json.loads(run("plan", "--format", "json", spec))
        cells = [cell.text for cell in shown[plan["pipeline"]].find_elements(By.TAG_NAME, "td")]
        alarms = (plan["alarms"] or {"alarms": []})["alarms"]
        counts = [str(len(part)) for part in (plan["resources"], plan["grants"], alarms)]
        cost = plan["cost"]
        sum_shown = f"{cost['monthly_usd']:,.2f}" if cost["prices_as_of"] else "unknown"
        assert cells[3:7] == [*counts, sum_shown], plan["pipeline"]
        streams = [plan["shards"], plan["output_shards"], *(output["shards"] for output in plan["outputs"])]
        shards = [one["count"] for one in streams if one and one["count"] and not one.get("existing")]
        assert cells[1] == (str(sum(shards)) if shards else "–")
        assert cells[2] == (str(plan["analytics"]["billed_kpus"]) if plan["analytics"] else "–")
        if not cost["prices_as_of"]:
            continue
        bill = browser.find_element(By.CSS_SELECTOR, f'[data-bill="{plan["pipeline"]}"]')
        prices = [cell.text for cell in bill.find_elements(By.CSS_SELECTOR, "tbody td:nth-child(3)")]
        expected = []
        for line in cost["lines"]:
            usd = "unknown" if line["monthly_usd"] is None else f"{line['monthly_usd']:,.2f}"
            expected.append(usd if line["sure"] else f"~{usd}")
        assert prices == expected
        assert bill.find_element(By.CSS_SELECTOR, "tfoot td.number").text == f"{cost['monthly_usd']:,.2f}"


def test_what_changes_is_that_of_the_plan(browser, page, earlier):
    browser.get(page[0].as_uri())
    for spec in page[1][:3]:
        plan = json.loads(run("plan", "--format", "json", "--against", earlier, spec))
        comparison = plan["earlier"]["compared"]
        text = browser.find_element(By.CSS_SELECTOR, f'section[aria-labelledby="{plan["pipeline"]}"]').text
        for change in comparison["changes"]:
            assert change["resource"] in text and all(words in text for words in change.get("what", []))
        for one in comparison["gained"] + comparison["lost"]:
            assert f"{one['principal']} {', '.join(one['actions'])} {one['resource']}" in text
        more = comparison["monthly_usd_after"] - comparison["monthly_usd_before"]
        row = browser.find_element(By.CSS_SELECTOR, f'[data-pipeline="{plan["pipeline"]}"]')
        assert row.text.endswith(f" {more:+,.2f}")
    others = browser.find_elements(By.CSS_SELECTOR, "#figures tbody tr")[3:]
    assert {row.text.split()[-1] for row in others} <= {"0.00", "unknown"}


def test_a_transform_gains_what_its_removal_loses(page, earlier):
    larger, gains, loses = (
        json.loads(run("plan", "--format", "json", "--against", earlier, spec))["earlier"]["compared"]
        for spec in page[1][:3]
    )
    stream = next(change for change in larger["changes"] if change["resource"] == "Stream")
    assert (stream["what"], larger["gained"], larger["lost"]) == (["shards 1 -> 4"], [], [])
    assert gains["gained"] and not gains["lost"] and loses["lost"] and not loses["gained"]
    invoke = next(one for one in gains["gained"] if one["resource"] == "${Transform.Arn}")
    assert (invoke["principal"], "lambda:InvokeFunction" in invoke["actions"]) == ("DeliveryRole", True)
    assert gains["gained"] == loses["lost"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible(browser, page, scheme):
    colours(browser, scheme)
    browser.get(page[0].as_uri())
    browser.execute_script("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    browser.execute_script(library("axe-core-*/axe.min.js"))
    result = browser.execute_async_script(
        "const [rules, done] = arguments;"
        "axe.run({runOnly: {type: 'tag', values: rules}}).then(done, error => done({error: String(error)}))",
        RULES,
    )
    assert "error" not in result, result
    assert {one["id"]: [node["html"] for node in one["nodes"]][:3] for one in result["violations"]} == {}
    background = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert background == {"light": "rgb(255, 255, 255)", "dark": "rgb(13, 17, 23)"}[scheme]
    colours(browser, "")


def test_the_keyboard_reaches_everything(browser, page):
    browser.get(page[0].as_uri())
    browser.switch_to.active_element.send_keys(Keys.TAB)
    skip = browser.switch_to.active_element
    assert (skip.text, skip.location["x"] >= 0) == ("To the report", True)
    summary = browser.find_element(By.TAG_NAME, "summary")
    details = summary.find_element(By.XPATH, "..")
    assert details.get_attribute("open") is None
    summary.send_keys(Keys.ENTER)
    assert details.get_attribute("open") is not None


def test_nothing_is_cut_off_on_a_narrow_screen(browser, page):
    size = browser.get_window_size()
    browser.set_window_size(500, 900)
    browser.get(page[0].as_uri())
    width = browser.execute_script("return [document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1]
    browser.set_window_size(size["width"], size["height"])


def test_no_text_of_a_spec_is_html(browser, tmp_path):
    spec = tmp_path / "orders.yaml"
    spec.write_text(
        SPEC.read_text().replace("name: order-consumers", "name: orders\ntags: {owner: '<script>alert(1)</script>'}")
        + "\n'<img src=x onerror=alert(1)>': 1\n"
    )
    run("report", spec, "--out", tmp_path / "report.html", code=1)
    html = (tmp_path / "report.html").read_text()
    assert "<script" not in html and "<img" not in html
    browser.get((tmp_path / "report.html").as_uri())
    assert "<img src=x" in browser.find_element(By.CSS_SELECTOR, ".finding.error").text
