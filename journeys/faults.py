"""What is wrong with data that come in as a whole map: every fault at its place, not the first one alone."""

from __future__ import annotations

#: the steps from the whole to the place: ("stages", 2, "name") is the name of the third stage; () is the whole
Place = tuple[str | int, ...]

#: so many are gathered; who has more to mend will ask again
MOST = 100
#: so many are said in words
SAID = 3


class NotPortable(Exception):
    """The data is no portable journey. `faults`: pairs of the place and what is wrong there."""

    def __init__(self, *faults: tuple[Place, str]):
        super().__init__(*faults)
        self.faults = faults

    def __str__(self) -> str:
        told = [f"{in_words(place)}: {said}" if place else said for place, said in self.faults[:SAID]]
        more = len(self.faults) - SAID
        least = "at least " if len(self.faults) >= MOST else ""
        told += [f"There {'is' if more == 1 else 'are'} {least}{more} more."] if more > 0 else []
        return " ".join(told)


class Faults:
    """Gathers them; of each place the first one counts, for the others follow from it."""

    def __init__(self) -> None:
        self.found: dict[Place, str] = {}

    def __bool__(self) -> bool:
        return bool(self.found)

    def add(self, said: str, *place: str | int) -> None:
        """Raises NotPortable once there are as many as are told."""
        self.found.setdefault(place, said)
        if len(self.found) >= MOST:
            self.refuse()

    def refuse(self) -> None:
        """Raise NotPortable if there is any."""
        if self.found:
            raise NotPortable(*self.found.items())


def in_words(place: Place) -> str:
    """As people count: ("stages", 2, "length_days") is “stages, number 3, length days”."""
    return ", ".join(f"number {step + 1}" if isinstance(step, int) else step.replace("_", " ") for step in place)
