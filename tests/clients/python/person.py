"""A person with a browser that has no JavaScript: it keeps cookies, follows redirects and sends the forms of pages."""

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests


class Forms(HTMLParser):
    """The forms of a page: where they go, the names of their controls, and what is hidden in them."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.found.append((attributes["action"], set(), {}))
        elif tag in ("input", "button") and self.found:
            _, names, hidden = self.found[-1]
            names.add(attributes.get("name"))
            if attributes.get("type") == "hidden":
                hidden[attributes["name"]] = attributes.get("value", "")


class Person:
    def __init__(self, username, password):
        self.credentials = {"username": username, "password": password}
        self.browser = requests.Session()

    def authorize(self, url):
        """Opens an authorization request, signs in and allows, and gives the address that the answer was sent to."""
        origin = urlsplit(url).netloc
        response = self._send("GET", url)
        for _ in range(10):
            if response.status_code == 303:
                url = urljoin(response.url, response.headers["location"])
                if urlsplit(url).netloc != origin:
                    return url
                response = self._send("GET", url)
            else:
                assert response.status_code == 200, response.text
                response = self._answer(response)
        raise AssertionError("the pages lead nowhere")

    def _answer(self, response):
        for action, names, hidden in Forms(response.text).found:
            if names & {"password", "decision"}:
                answers = self.credentials if "password" in names else {"decision": "allow"}
                return self._send("POST", urljoin(response.url, action), data=hidden | answers)
        raise AssertionError(response.text)

    def _send(self, method, url, **more):
        return self.browser.request(method, url, allow_redirects=False, timeout=5, **more)
