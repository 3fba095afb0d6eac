"""Runs pipec, and opens what it writes in a headless Chromium.

PIPEC names the program, PIPEC_NPM the folder of the npm packages.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from selenium import webdriver

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))


def run(*arguments, code=0):
    """The standard output of pipec."""
    call = subprocess.run([os.environ["PIPEC"], *map(str, arguments)], capture_output=True, text=True, cwd=ROOT)
    assert call.returncode == code, call.stderr
    return call.stdout


def library(name):
    """A library for pages, as text."""
    [path] = Path(os.environ["PIPEC_NPM"]).glob(name)
    return path.read_text()


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or shutil.which("google-chrome")
    profile = tmp_path_factory.mktemp("profile")
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1300,1000",
        f"--user-data-dir={profile}",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(executable_path=shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    driver.set_script_timeout(60)
    yield driver
    driver.quit()


def requests(browser):
    """The addresses that the browser has requested since the last call."""
    entries = (json.loads(entry["message"])["message"] for entry in browser.get_log("performance"))
    return [
        entry["params"]["request"]["url"] for entry in entries if entry["method"] == "Network.requestWillBeSent"
    ]
