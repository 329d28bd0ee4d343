"""A push for a person and for a program."""

from collections.abc import Iterator
from typing import Any

from corpus.hub.push import Pushed


def lines(pushed: Pushed) -> Iterator[str]:
    """The plan, then what came of it."""
    plan = pushed.plan
    kind = "private" if pushed.private else "public"
    yield f"{pushed.repository} on {pushed.endpoint} ({kind}{', to be created' if plan.create else ''})"
    yield f"version {pushed.here.number}, tag {plan.tag}, {len(pushed.here.files)} files"
    if plan.done:
        yield f"unchanged: {plan.tag} is on the Hub with this content, at commit {plan.tagged}"
        return
    for mark, files in (("new", plan.new), ("changed", plan.changed)):
        yield from (f"  {mark:<8} {file.size:>15,}  {file.name}" for file in files)
    yield from (f"  {'deleted':<8} {'':>15}  {name}" for name in plan.deleted)
    size = sum(file.size for file in plan.sent)
    yield (
        f"{len(plan.new)} new, {len(plan.changed)} changed, {len(plan.unchanged)} unchanged, "
        f"{len(plan.deleted)} deleted, {len(plan.left)} left alone; {size:,} bytes to send in one commit"
    )
    yield from (f"warning: {said}" for said in plan.warnings)
    if not pushed.sent:
        yield "dry run: nothing was sent; say --yes to push"
        return
    if pushed.pull_request:
        yield f"proposed: {pushed.pull_request} (commit {pushed.commit}); merge it, then push again to set the tag"
    else:
        yield f"pushed: commit {pushed.commit}, tag {plan.tag}"
    yield f"read back: {pushed.files} hashes as in the manifest, {pushed.rows} rows, one of each config and split"


def report(pushed: Pushed) -> dict[str, Any]:
    """The same as JSON."""
    plan = pushed.plan
    return {
        "repository": pushed.repository,
        "endpoint": pushed.endpoint,
        "private": pushed.private,
        "version": str(pushed.here.number),
        "tag": plan.tag,
        "create": plan.create,
        "head": plan.head,
        "new": [{"path": file.name, "bytes": file.size} for file in plan.new],
        "changed": [{"path": file.name, "bytes": file.size} for file in plan.changed],
        "unchanged": list(plan.unchanged),
        "deleted": list(plan.deleted),
        "left": list(plan.left),
        "bytes": sum(file.size for file in plan.sent),
        "warnings": list(plan.warnings),
        "done": plan.done,
        "sent": pushed.sent and not plan.done,
        "commit": pushed.commit,
        "pull_request": pushed.pull_request,
        "verified": {"files": pushed.files, "rows": pushed.rows},
    }
