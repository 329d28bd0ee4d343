"""A Hub of our own on the loopback address: what huggingface_hub and datasets call, with faults on demand.

It speaks create, validate-yaml, preupload, LFS batch and upload, commit with parent check, pull request, tag, refs,
info, tree, paths-info and resolve with ranges and ETags. Not xet, not multi-part uploads, not redirects to a CDN.

The environment is set when this file is imported: both libraries read it when they are imported, which tests do inside
their functions, after all test files were collected. So no test of a session can reach the real Hub.
"""

import atexit
import base64
import json
import os
import re
import shutil
import socket
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha1, sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

OWNER, STRANGER = "hf_ownertokenownertoken", "hf_readertokenreadertoken"
HUGGINGFACE = "ignore:Use 'content=:DeprecationWarning"  # huggingface_hub 2.4 uploads with an old argument of httpx2
_BAD_TOKEN = "Invalid credentials in Authorization header"
ATTRIBUTES = b"*.parquet filter=lfs diff=lfs merge=lfs -text\n"


def blob_of(content: bytes) -> str:
    """Git's name of a content."""
    return sha1(b"blob %d\0" % len(content) + content).hexdigest()


@dataclass(frozen=True)
class File:
    """A file in a commit; `lfs` is the SHA-256 of the content when it lies in large file storage."""

    size: int
    blob: str
    lfs: str | None = None


@dataclass(frozen=True)
class Commit:
    oid: str
    parent: str | None
    title: str
    files: dict[str, File]


@dataclass
class Repository:
    private: bool = False
    commits: dict[str, Commit] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def commit(self, files: dict[str, File], title: str, ref: str = "main", parent: str | None = None) -> Commit:
        """Put a commit on a branch."""
        parent = parent or self.refs.get(ref)
        oid = sha1(f"{len(self.commits)}{title}{parent}{sorted(files.items())}".encode()).hexdigest()
        self.commits[oid] = Commit(oid, parent, title, files)
        self.refs[ref] = oid
        return self.commits[oid]

    def find(self, revision: str) -> Commit | None:
        oid = self.tags.get(revision) or self.refs.get(revision) or revision
        return self.commits.get(oid)

    @property
    def head(self) -> Commit:
        return self.commits[self.refs["main"]]

    @property
    def history(self) -> list[str]:
        """Titles of the commits of `main`, latest first."""
        titles, oid = [], self.refs["main"]
        while oid:
            titles.append(self.commits[oid].title)
            oid = self.commits[oid].parent
        return titles


@dataclass
class Fault:
    """What goes wrong with requests of a method whose path matches.

    Attributes:
        status: answer this; 0 closes the connection.
        after: do what was asked first, and answer with the fault nevertheless.
        cut: close the connection after so many bytes of the body (of the request, or of the answer to a GET).
        first: done before anything else, such as a commit by somebody else.
        times: how often.
    """

    method: str
    path: str
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    after: bool = False
    cut: int | None = None
    first: Callable[[], object] = lambda: None
    times: int = 1


class RefusalError(Exception):
    def __init__(self, status: int, code: str = "", said: str = "") -> None:
        self.status, self.headers = status, {"X-Error-Code": code, "X-Error-Message": said}


class Hub(ThreadingHTTPServer):
    """The server and its state; tests read and change `repositories`, `objects` and `faults` directly."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer, bind_and_activate=False)
        self.server_bind()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.lock = threading.Lock()
        self.running = False
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self.repositories: dict[str, Repository] = {}
        self.objects: dict[str, bytes] = {}  # by SHA-256 (large files) and by Git's name (others)
        self.faults: list[Fault] = []
        self.requests: list[tuple[str, str]] = []
        self.ignored: set[str] = set()  # what a .gitignore on the Hub names
        self.full = False  # the storage quota

    def start(self) -> None:
        """Serve until the process ends."""
        if not self.running:
            self.running = True
            self.server_activate()
            threading.Thread(target=self.serve_forever, daemon=True).start()

    def fail(self, method: str, path: str, **what) -> Fault:
        """Let the next request that matches fail."""
        self.faults.append(Fault(method, path, **what))
        return self.faults[-1]

    def create(self, name: str, *, private: bool = False) -> Repository:
        """A repository with the first commit that the Hub makes."""
        self.repositories[name] = Repository(private)
        self.repositories[name].commit({".gitattributes": self.store(ATTRIBUTES)}, "initial commit")
        return self.repositories[name]

    def store(self, content: bytes) -> File:
        """Keep a small file."""
        self.objects[blob_of(content)] = content
        return File(len(content), blob_of(content))

    def add(self, name: str, files: dict[str, bytes], title: str = "by hand") -> Commit:
        """Somebody else commits."""
        repository = self.repositories[name]
        return repository.commit({**repository.head.files, **{k: self.store(v) for k, v in files.items()}}, title)

    def content(self, file: File) -> bytes | None:
        return self.objects.get(file.lfs or file.blob)

    def sent(self, *methods: str) -> list[str]:
        """Paths of the requests so far, by method."""
        return [path for method, path in self.requests if method in methods]

    def handle_error(self, *_) -> None:
        """A client that hangs up is no news."""


class Answer(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and content in one packet: no wait for an acknowledgement between them
    server: Hub

    def log_message(self, *_) -> None:
        pass

    def respond(self) -> None:
        split = urlsplit(self.path)
        self.query, path = parse_qs(split.query), unquote(split.path)
        self.server.requests.append((self.command, path))
        fault = self._fault(path)
        size = int(self.headers.get("Content-Length") or 0)
        if fault and fault.cut is not None and self.command != "GET":
            self.rfile.read(min(fault.cut, size))
            self._hang_up()
            return
        self.body = self.rfile.read(size)
        if fault and not fault.after and fault.cut is None:
            self._answer(fault.status, fault.headers, fault.body.encode())
            return
        try:
            status, headers, content = self._route(path)
        except RefusalError as refusal:
            status, headers = refusal.status, refusal.headers
            content = json.dumps({"error": headers["X-Error-Message"]}).encode()
        if fault and fault.after:
            status, headers, content = fault.status, fault.headers, fault.body.encode()
        self._answer(status, headers, content, fault.cut if fault else None)

    do_GET = do_HEAD = do_POST = do_PUT = respond  # noqa: N815  the names that http.server calls

    def _fault(self, path: str) -> Fault | None:
        with self.server.lock:
            for fault in self.server.faults:
                if fault.times and fault.method == self.command and re.search(fault.path, path):
                    fault.times -= 1
                    fault.first()
                    return None if fault.status == 0 and fault.cut is None and not fault.after else fault
        return None

    def _hang_up(self) -> None:
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)

    def _answer(self, status: int, headers: dict[str, str], content: bytes, cut: int | None = None) -> None:
        if status == 0:
            self._hang_up()
            return
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content[:cut])
        if cut is not None:
            self._hang_up()

    def _route(self, path: str) -> tuple[int, dict[str, str], bytes]:
        with self.server.lock:
            for method, pattern, answer in ROUTES:
                found = re.fullmatch(pattern, path)
                if found and self.command in method.split():
                    said = answer(self, **found.groupdict())
                    return said if isinstance(said, tuple) else (200, {}, json.dumps(said).encode())
        raise RefusalError(404)

    # Who may do what

    def _token(self) -> str:
        return self.headers.get("Authorization", "").removeprefix("Bearer ")

    def _write(self) -> None:
        if self._token() != OWNER:
            known = self._token() == STRANGER
            raise RefusalError(403 if known else 401, said="You have no write access" if known else _BAD_TOKEN)

    def _repository(self, name: str) -> Repository:
        found = self.server.repositories.get(name)
        if self._token() not in {"", OWNER, STRANGER}:
            raise RefusalError(401, said=_BAD_TOKEN)
        if found is None or (found.private and self._token() != OWNER):
            raise RefusalError(404 if self._token() else 401, "RepoNotFound")
        return found

    def _commit(self, name: str, revision: str) -> Commit:
        found = self._repository(name).find(revision)
        if found is None:
            raise RefusalError(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        return found

    # What is asked

    def create_repository(self):
        self._write()
        asked = json.loads(self.body)
        name = f"{asked['organization']}/{asked['name']}"
        url = {"url": f"{self.server.url}/datasets/{name}"}
        if name in self.server.repositories:
            return 409, {}, json.dumps(url).encode()
        self.server.create(name, private=asked.get("visibility") == "private" or bool(asked.get("private")))
        return url

    def whoami(self):
        self._write()
        token = {"displayName": "test", "role": "write"}
        return {"type": "user", "name": "someone", "orgs": [], "auth": {"type": "access_token", "accessToken": token}}

    def validate_yaml(self):
        return {"errors": [], "warnings": []}

    def preupload(self, name, revision):
        files, there = json.loads(self.body)["files"], self._commit(name, revision).files
        self._write_or_propose()
        return {
            "files": [
                {
                    "path": file["path"],
                    "uploadMode": "lfs" if file["path"].endswith(".parquet") else "regular",
                    "shouldIgnore": file["path"] in self.server.ignored,
                    "oid": (old.lfs or old.blob) if (old := there.get(file["path"])) else None,
                }
                for file in files
            ]
        }

    def lfs_batch(self, name):
        self._repository(name)
        objects = json.loads(self.body)["objects"]
        if self.server.full:
            raise RefusalError(403, said="Private repository storage limit reached")
        for each in objects:
            if each["oid"] not in self.server.objects:
                each["actions"] = {"upload": {"href": f"{self.server.url}/upload/{each['oid']}", "header": {}}}
        return {"transfer": "basic", "objects": objects}

    def upload(self, oid):
        if sha256(self.body).hexdigest() != oid:
            raise RefusalError(400, said="content is not what the oid says")
        self.server.objects[oid] = self.body
        return {}

    def commit(self, name, revision):
        self._write_or_propose()
        repository, said = self._repository(name), [json.loads(line) for line in self.body.splitlines()]
        header, operations = said[0]["value"], said[1:]
        parent = self._commit(name, revision)
        if header.get("parentCommit", parent.oid) != parent.oid:
            raise RefusalError(412, said="The branch was updated since the parent commit")
        files = dict(parent.files)
        for operation in operations:
            self._apply(files, operation["key"], operation["value"])
        answer, ref = {}, revision
        if self._proposal():
            number = 1 + sum(ref.startswith("refs/pr/") for ref in repository.refs)
            ref = f"refs/pr/{number}"
            answer["pullRequestUrl"] = f"{self.server.url}/datasets/{name}/discussions/{number}"
        made = repository.commit(files, header["summary"], ref, parent.oid)
        url = f"{self.server.url}/datasets/{name}/commit/{made.oid}"
        return {"success": True, "commitOid": made.oid, "commitUrl": url, **answer}

    def _apply(self, files: dict[str, File], key: str, value: dict) -> None:
        if key == "file":
            files[value["path"]] = self.server.store(base64.b64decode(value["content"]))
        elif key == "lfsFile":
            pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{value['oid']}\nsize {value['size']}\n"
            files[value["path"]] = File(value["size"], blob_of(pointer.encode()), value["oid"])
        elif files.pop(value["path"], None) is None:
            raise RefusalError(404, "EntryNotFound", "A file with this name doesn't exist")

    def _proposal(self) -> bool:
        return self.query.get("create_pr") == ["1"]

    def _write_or_propose(self) -> None:
        if not self._proposal():
            self._write()

    def tag(self, name, revision):
        self._write()
        repository, tag = self._repository(name), json.loads(self.body)["tag"]
        if tag in repository.tags:
            raise RefusalError(409, said="Tag reference exists already")
        repository.tags[tag] = self._commit(name, revision).oid
        return {}

    def refs(self, name):
        repository = self._repository(name)
        pulls = {ref: oid for ref, oid in repository.refs.items() if ref.startswith("refs/pr/")}
        branches = [
            {"name": n, "ref": f"refs/heads/{n}", "targetCommit": o}
            for n, o in repository.refs.items()
            if n not in pulls
        ]
        tags = [{"name": n, "ref": f"refs/tags/{n}", "targetCommit": o} for n, o in repository.tags.items()]
        listed = [{"name": n.removeprefix("refs/pr/"), "ref": n, "targetCommit": o} for n, o in pulls.items()]
        return {"branches": branches, "tags": tags, "converts": [], "pullRequests": listed}

    def info(self, name, revision="main"):
        commit = self._commit(name, revision)
        return {
            "_id": "0" * 24,
            "id": name,
            "author": name.split("/")[0],
            "sha": commit.oid,
            "private": self._repository(name).private,
            "gated": False,
            "disabled": False,
            "downloads": 0,
            "likes": 0,
            "tags": [],
            "siblings": [{"rfilename": path} for path in sorted(commit.files)],
        }

    def _entries(self, files: dict[str, File]) -> list[dict]:
        folders = {"/".join(path.split("/")[:depth]) for path in files for depth in range(1, path.count("/") + 1)}
        found = [{"type": "directory", "path": f, "oid": sha1(f.encode()).hexdigest(), "size": 0} for f in folders]
        for path, file in files.items():
            lfs = {"lfs": {"oid": file.lfs, "size": file.size, "pointerSize": 130}} if file.lfs else {}
            found.append({"type": "file", "path": path, "oid": file.blob, "size": file.size, **lfs})
        return sorted(found, key=lambda entry: entry["path"])

    def tree(self, name, revision, folder=""):
        inside = f"{folder}/" if folder else ""
        deep = self.query.get("recursive", [""])[0].lower() in {"true", "1"}
        found = [e for e in self._entries(self._commit(name, revision).files) if e["path"].startswith(inside)]
        if inside and not found:
            raise RefusalError(404, "EntryNotFound", f"{folder} does not exist on {revision}")
        return [e for e in found if deep or "/" not in e["path"][len(inside) :]]

    def paths_info(self, name, revision):
        form = self.headers.get("Content-Type", "").startswith("application/x-www-form")
        asked = parse_qs(self.body.decode())["paths"] if form else json.loads(self.body)["paths"]
        return [e for e in self._entries(self._commit(name, revision).files) if e["path"] in asked]

    def resolve(self, name, revision, path):
        commit = self._commit(name, revision)
        file = commit.files.get(path)
        content = self.server.content(file) if file else None
        if file is None or (content is None and self.command == "GET"):
            raise RefusalError(404, "EntryNotFound", f"{path} is not in {revision}")
        etag = f'"{file.lfs or file.blob}"'
        headers = {
            "ETag": etag,
            "X-Repo-Commit": commit.oid,
            "Accept-Ranges": "bytes",
            "Content-Length": str(file.size),
        }
        if file.lfs:
            headers |= {"X-Linked-Etag": etag, "X-Linked-Size": str(file.size)}
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if not asked or self.command == "HEAD":
            return 200, headers, content or b""
        start, stop = int(asked[1]), min(int(asked[2] or file.size) + 1, file.size)
        if start >= file.size:
            return 416, {"Content-Range": f"bytes */{file.size}"}, b""
        part = content[start:stop]
        return (
            206,
            headers | {"Content-Length": str(len(part)), "Content-Range": f"bytes {start}-{stop - 1}/{file.size}"},
            part,
        )


NAME = r"/api/datasets/(?P<name>[^/]+/[^/]+)"
REVISION = r"(?P<revision>refs/pr/\d+|[^/]+)"
ROUTES = [
    ("GET", r"/api/whoami-v2", Answer.whoami),
    ("POST", r"/api/repos/create", Answer.create_repository),
    ("POST", r"/api/validate-yaml", Answer.validate_yaml),
    ("POST", rf"{NAME}/preupload/{REVISION}", Answer.preupload),
    ("POST", r"/datasets/(?P<name>[^/]+/[^/]+)\.git/info/lfs/objects/batch", Answer.lfs_batch),
    ("PUT", r"/upload/(?P<oid>[0-9a-f]{64})", Answer.upload),
    ("POST", rf"{NAME}/commit/{REVISION}", Answer.commit),
    ("POST", rf"{NAME}/tag/{REVISION}", Answer.tag),
    ("GET", rf"{NAME}/refs", Answer.refs),
    ("GET HEAD", NAME, Answer.info),
    ("GET HEAD", rf"{NAME}/revision/{REVISION}", Answer.info),
    ("GET", rf"{NAME}/tree/{REVISION}", Answer.tree),
    ("GET", rf"{NAME}/tree/{REVISION}/(?P<folder>.+)", Answer.tree),
    ("POST", rf"{NAME}/paths-info/{REVISION}", Answer.paths_info),
    ("GET HEAD", rf"/datasets/(?P<name>[^/]+/[^/]+)/resolve/{REVISION}/(?P<path>.+)", Answer.resolve),
]

HUB = Hub()
atexit.register(HUB.server_close)
_HOME = tempfile.mkdtemp(prefix="hf-home-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ |= {
    "HF_ENDPOINT": HUB.url,
    "HF_HOME": _HOME,
    "HF_TOKEN": OWNER,
    "HF_HUB_DISABLE_XET": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}


@pytest.fixture(name="hub")
def empty_hub():
    """The Hub, empty; what the libraries read from the environment is checked, because a mistake would be public."""
    from huggingface_hub import constants

    assert HUB.url == constants.ENDPOINT, "huggingface_hub was imported before tests/hub.py"
    HUB.start()
    HUB.clear()
    return HUB
