"""That nothing is wrong with a page means something only if it would be seen."""

from playwright.sync_api import Route

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src *; connect-src 'self'"
PAGE = """
<!doctype html>
<html lang="en">
<head>
  <meta name="viewport" content="width=device-width">
  <title>A page</title>
  <link rel="stylesheet" href="/fault/style.css">
  <script src="/fault/script.js" defer></script>
</head>
<body><main><h1>A page</h1>%s</main></body>
</html>
"""
FAULTS = """
<img src="http://elsewhere.invalid/logo.png" alt="">
<label>Amount <input></label> <input class="nameless">
<p class="grey">Grey on grey in the dark</p>
<p class="wide">Wider than a telephone</p>
<script>document.title = "inline";</script>
"""
STYLE = """
.wide { width: 700px; }
@media (prefers-color-scheme: dark) { .grey { background: #333; color: #444; } }
"""
SCRIPT = """
console.error("I am not well");
fetch("/fault/missing");
setTimeout(() => { throw new Error("boom"); });
"""


def serve(desk, content: str, style: str = "", script: str = "") -> None:
    """Let a page, its style and its script stand below /fault/, under the strictest policy."""
    kept = {
        "page": (PAGE % content, "text/html"),
        "style.css": (style, "text/css"),
        "script.js": (script, "text/javascript"),
    }

    def answer(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        body, kind = kept.get(name, ("", "text/plain"))
        headers = {"Content-Security-Policy": POLICY, "Content-Type": kind}
        route.fulfill(status=200 if name in kept else 404, body=body, headers=headers)

    desk.page.route("**/fault/*", answer)


def test_every_kind_of_fault_is_seen(arrive):
    desk = arrive()
    serve(desk, FAULTS, STYLE, SCRIPT)
    desk.go("/fault/page")

    found = "\n".join(desk.findings())

    desk.page.wait_for_load_state("networkidle")
    seen = "\n".join(desk.troubles.seen)
    assert {variant for variant in ("360-light", "1280-light") if f"{variant} label" in found} == {
        "360-light",
        "1280-light",
    }
    assert "360-dark color-contrast" in found
    assert "1280-dark color-contrast" in found
    assert "light color-contrast" not in found
    assert "360-light scrolls" in found
    assert "1280-light scrolls" not in found
    assert "console: I am not well" in seen
    assert "script: boom" in seen
    assert "CSP: script-src" in seen
    assert "another host: http://elsewhere.invalid/logo.png" in seen
    assert "failed: http://elsewhere.invalid/logo.png" in seen
    assert "answered 404" in seen


def test_nothing_is_wrong_with_a_page_without_faults(arrive):
    desk = arrive()
    serve(desk, "<p>Well</p>")
    desk.go("/fault/page")

    desk.look()


def test_the_admin_follows_the_system_into_the_dark(arrive):
    desk = arrive(role="Cashier")
    desk.go("/admin/")
    in_light = set((desk.page.locator("html").get_attribute("class") or "").split())

    desk.page.emulate_media(color_scheme="dark")
    desk.page.reload()

    in_dark = set((desk.page.locator("html").get_attribute("class") or "").split())
    assert in_dark - in_light == {"dark"}
