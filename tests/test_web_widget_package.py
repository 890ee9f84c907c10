"""The npm package: put together, bundled into a React application as its users do, mounted and taken away."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from assistant.web.routes.widget import BUILT
from assistant.web.widget.__main__ import HERE, put_together
from tests.browsers import PageServer
from tests.host_site import HostSite, host_site
from tests.widget_pages import WIDGET

APPLICATION = """
import { createElement as h, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Assistant } from "rls-assistant-widget/react";
const root = createRoot(document.querySelector("#app"));
const draw = (floating) => root.render(h(StrictMode, null,
  floating === null ? "nothing" : h(Assistant, { server: SERVER, floating, theme: "light", style: { height: 500 } })));
window.draw = draw;
draw(false);
"""


@pytest.fixture
def site() -> Iterator[HostSite]:
    with host_site() as site:
        yield site


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "node_modules" / "rls-assistant-widget"
    put_together(folder, {name: (BUILT / name).read_bytes() for name in ("widget.js", "widget.mjs")})
    return folder


def test_all_that_the_package_names_is_in_it(package: Path) -> None:
    exports = json.loads((package / "package.json").read_text())["exports"]
    named = [path for export in exports.values() for path in (export.values() if isinstance(export, dict) else [export])]
    assert [path for path in named if not (package / path).exists()] == []
    declared = (package / "widget.d.ts").read_text()
    functions = ("ask", "close", "destroy", "mount", "on", "open", "setTheme")
    assert [name for name in functions if f"export const {name}:" not in declared] == []


def test_a_react_application_mounts_it_takes_it_away_and_brings_it_back(
    browser: Browser, site: HostSite, page_server: PageServer, package: Path
) -> None:
    if shutil.which("npx") is None or not (HERE / "node_modules" / "react").exists():
        pytest.skip("no node, or no React beside the widget: the component was NOT tested")
    root = package.parent.parent
    for name in ("react", "react-dom", "scheduler"):
        shutil.copytree(HERE / "node_modules" / name, root / "node_modules" / name)
    (root / "app.js").write_text(f"const SERVER = {json.dumps(page_server.url)};{APPLICATION}")
    bundle = ("npx", "--no-install", "esbuild", str(root / "app.js"), "--bundle", "--format=iife")
    made = subprocess.run(
        [*bundle, '--define:process.env.NODE_ENV="development"'], cwd=HERE, capture_output=True, check=True
    )
    page = browser.new_context(locale="en-GB").new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(site.put("/react", "<!doctype html><html lang=en><body><div id=app></div>"))
    page.evaluate(made.stdout.decode())
    for _ in range(3):
        box = page.locator(f"#app {WIDGET} textarea")
        box.fill("hello")
        box.press("Enter")
        page.locator(f"{WIDGET} .reply.chat").wait_for()
        page.evaluate("draw(null)")
        expect(page.locator(WIDGET)).to_have_count(0)
        page.evaluate("draw(true)")
        expect(page.locator(f"{WIDGET} .launcher")).to_be_visible()
        page.evaluate("draw(false)")
    expect(page.locator(WIDGET)).to_have_count(1)
    assert errors == []
    page.context.close()
