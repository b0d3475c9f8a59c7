"""The people of `bench/crash.py`: they fill in the form, send files, and try again when the connection breaks."""

import hashlib
import http.client
import http.cookiejar
import io
import json
import random
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

# A sender whose connection broke tries the same draft again until it has its receipt, as a person would.
# Long enough for many crashes in a row on a busy machine: between two of them there may be only a second of service.
PATIENCE = 300.0


class RefusedError(Exception):
    """The server answered, but not as it should: no crash explains that."""


def a_pdf(chance: random.Random) -> bytes:
    return b"%PDF-1.4\n% " + chance.randbytes(chance.randrange(2_000, 400_000)).hex().encode() + b"\n%%EOF\n"


def a_photo(chance: random.Random) -> bytes:
    from PIL import Image

    image = Image.frombytes("RGB", (160, 120), chance.randbytes(160 * 120 * 3)).resize((640, 480))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


class Browser:
    """A visitor with cookies, who fills in forms."""

    def __init__(self, url: str, chance: random.Random) -> None:
        self.url = url
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        address = ".".join(str(chance.randrange(1, 255)) for _ in range(4))
        self.opener.addheaders = [("X-Forwarded-For", address), ("Accept-Language", "en")]

    def get(self, path: str) -> bytes:
        return self._open(urllib.request.Request(self.url + path))

    def post(self, path: str, fields: dict[str, str], files: list[tuple[str, bytes]] | None = None) -> bytes:
        token = next((cookie.value for cookie in self.cookies if cookie.name == "csrftoken"), "")
        fields = {"csrfmiddlewaretoken": token or "", **fields}
        if files is None:
            return self._open(
                urllib.request.Request(self.url + path, urllib.parse.urlencode(fields).encode())
            )
        edge = uuid.uuid4().hex
        body = io.BytesIO()
        for name, value in fields.items():
            body.write(
                f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            )
        for name, content in files:
            head = f'Content-Disposition: form-data; name="files"; filename="{name}"'
            body.write(f"--{edge}\r\n{head}\r\nContent-Type: application/octet-stream\r\n\r\n".encode())
            body.write(content + b"\r\n")
        body.write(f"--{edge}--\r\n".encode())
        kind = {"Content-Type": f"multipart/form-data; boundary={edge}"}
        return self._open(urllib.request.Request(self.url + path, body.getvalue(), kind))

    def _open(self, request: urllib.request.Request) -> bytes:
        try:
            with self.opener.open(request, timeout=30) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            words = error.read()[:300]
            # While the database is away the server may say so; anything else is a fault of its own.
            if error.code >= 500:
                raise ConnectionError(error.code) from error
            raise RefusedError(f"{request.full_url} answered {error.code}: {words!r}") from error


class Sender(threading.Thread):
    """Sends one case after the other and keeps what it got back."""

    def __init__(
        self, number: int, url: str, seed: int, ending: threading.Event, sending: threading.Event
    ) -> None:
        super().__init__(daemon=True)
        self.number, self.url, self.ending, self.sending = number, url, ending, sending
        self.chance = random.Random(seed * 1000 + number)
        self.tried: list[dict] = []
        self.faults: list[str] = []
        self.broken = 0

    def run(self) -> None:
        while not self.ending.is_set():
            try:
                self.one_case()
            except RefusedError as fault:
                self.faults.append(str(fault))
                return

    def one_case(self) -> None:
        text = f"Case {self.number}-{len(self.tried)} {uuid.uuid4()}: 路灯不亮，孩子放学看不见路。" * 3
        pdfs = [a_pdf(self.chance) for _ in range(self.chance.randrange(3))]
        photos = [a_photo(self.chance) for _ in range(self.chance.randrange(2))]
        told = {"text": text, "files": len(pdfs) + len(photos), "receipt": None}
        told["pdfs"] = [hashlib.sha256(content).hexdigest() for content in pdfs]
        self.tried.append(told)
        browser = Browser(self.url, self.chance)
        uploads = [(f"{n}.pdf", c) for n, c in enumerate(pdfs)] + [
            (f"{n}.jpg", c) for n, c in enumerate(photos)
        ]
        steps = [
            lambda: browser.get("/tell/matter/"),
            lambda: browser.post("/tell/matter/", {"text": text}),
            lambda: browser.post("/tell/service/", {"service": "unsure"}),
            *(lambda upload=upload: self.upload(browser, told, upload) for upload in uploads),
            lambda: browser.post("/tell/place/", {"place_text": "Lianhua Road 7"}),
            lambda: browser.post("/tell/contact/", {"anonymity": "nobody", "language": "zh-hans"}),
            lambda: (self.sending.set(), browser.post("/tell/send/", {})),
            lambda: told.update(receipt=json.loads(browser.get("/tell/sent/receipt.json"))),
        ]
        for step in steps:
            self.until_done(step)

    def upload(self, browser: Browser, told: dict, upload: tuple[str, bytes]) -> None:
        """Send one file unless an earlier try did so; after a broken connection the person looks at the page first."""
        page = browser.get("/tell/files/").decode()
        if page.count('name="remove"') <= told.get("uploaded", 0):
            browser.post("/tell/files/", {"more": "1"}, [upload])
        told["uploaded"] = told.get("uploaded", 0) + 1

    def until_done(self, step) -> None:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                step()
            except (OSError, http.client.HTTPException) as error:
                self.broken += 1
                if time.monotonic() > until:
                    raise RefusedError(f"No answer for {PATIENCE:.0f} s: {error}") from error
                time.sleep(0.2)
            else:
                return
