"""A dialog of a publish with somebody who says the same each time."""

from sitegen.build.run import Build
from sitegen.publish.changes.guards import Verdict
from sitegen.publish.changes.plan import Plan
from sitegen.publish.destination import Destination
from sitegen.publish.secrets import Secrets
from sitegen.publish.targets.target import UnknownHost


class Answers:
    is_attended = False

    def __init__(self, *, trusts: bool = False, replaces: bool = False, begins: bool = True) -> None:
        self._trusts, self._replaces, self._begins = trusts, replaces, begins
        self.asked: list[str] = []
        self.seen: list[Plan] = []

    def report(self, step: str, done: int, total: int) -> None:
        pass

    def builds(self, build: Build) -> None:
        pass

    def keeps(self, secrets: Secrets) -> None:
        pass

    def ask_secret(self, question: str) -> str | None:
        return None

    def trusts(self, destination: Destination, host: UnknownHost) -> bool:
        self.asked.append("trusts")
        return self._trusts

    def trusted(self, destination: Destination, *, is_written: bool) -> None:
        self.asked.append("written" if is_written else "not written")

    def sees(self, destination: Destination, planned: Plan, verdict: Verdict, *, every: bool) -> None:
        self.seen.append(planned)

    def replaces(self, planned: Plan) -> bool:
        self.asked.append("replaces")
        return self._replaces

    def begins(self, planned: Plan) -> bool:
        self.asked.append("begins")
        return self._begins

    def sends(self, done: int, total: int) -> None:
        pass
