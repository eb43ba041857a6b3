"""The customers of the demo workspace: invented companies, and how each of them stands. Always the same."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

NAMES = (
    "Aldermere Foods", "Amberline Logistics", "Ardent Robotics", "Bellweather Bank", "Birchwood Clinics", "Blue Harbour Shipping",
    "Brightwater Energy", "Calder & Finch", "Cedar Point Hotels", "Cobalt Mining", "Corvid Analytics", "Crestline Airways",
    "Dovetail Furniture", "Drumlin Dairy", "Eastgate Insurance", "Elm Street Books", "Emberglow Games", "Fairhaven Schools",
    "Falconer Steel", "Fernhill Garden Centres", "Foxglove Pharma", "Glasswing Optics", "Greenlock Storage", "Grovepoint Media",
    "Halcyon Travel", "Harrow Lane Legal", "Hazelmere Homes", "Highmoor Wind", "Indigo Textiles", "Ironbridge Tools",
    "Juniper Mobile", "Kestrel Avionics", "Kingfisher Water", "Larkspur Cosmetics", "Lindenbaum Pianos", "Longacre Farms",
    "Lumen Street Theatre", "Maplewood Care", "Meridian Freight", "Millrace Breweries", "Northlight Studios", "Oakhurst Builders",
    "Orchard Grove Market", "Palisade Security", "Pebblebrook Toys", "Pinnacle Rail", "Quillstone Paper", "Ravenscar Ports",
    "Redwing Couriers", "Saltmarsh Seafood", "Sandstone Capital", "Silverbirch Pharmacies", "Stonecrop Gardens",
    "Summerfield Oats",
    "Tallow & Wick", "Thornbury Motors", "Umber Ceramics", "Velour Cinemas", "Whitethorn Labs", "Yarrow Health",
)  # fmt: skip
GIVEN = ("Noor", "Pavel", "Ingrid", "Kofi", "Mei", "Lucia", "Arjun", "Sofie", "Daniel", "Amara", "Jonas", "Priya")
FAMILY = ("Haddad", "Novak", "Berg", "Mensah", "Lin", "Moretti", "Rao", "Jansen", "Okoye", "Silva", "Weber", "Patel")
JOBS = ("Head of operations", "IT manager", "Project lead", "Finance director", "Chief information officer", "Team lead")
#: segment -> (how many, least and most it pays a year)
SEGMENTS = {"Enterprise": (15, 90_000, 480_000), "Mid-touch": (20, 18_000, 75_000), "Digital": (25, 1_200, 9_600)}


class DemoCustomer(NamedTuple):
    name: str
    segment: str
    external_id: str
    value: int
    health: int | None
    #: (name, job, e-mail)
    contacts: list[tuple[str, str, str]]
    #: how far it has come, 0 at the very beginning, 1 at the end
    progress: float
    #: of its own chance, for whatever else is thrown
    chance: Random


def demo_customers() -> list[DemoCustomer]:
    found: list[DemoCustomer] = []
    # Names that are not in the order of the alphabet within a segment, as in life.
    names = iter(Random(5).sample(NAMES, len(NAMES)))  # noqa: S311  # nosec: no secret
    for segment, (count, least, most) in SEGMENTS.items():
        for number in range(count):
            name, chance = next(names), Random(f"{segment} {number}")  # noqa: S311  # nosec: no secret
            domain = "".join(letter for letter in name.lower() if letter.isalpha()) + ".example"
            contacts = []
            for _ in range(chance.choice((1, 1, 2, 3))):
                given, family = chance.choice(GIVEN), chance.choice(FAMILY)
                contacts.append((f"{given} {family}", chance.choice(JOBS), f"{given}.{family}@{domain}".lower()))
            found.append(
                DemoCustomer(
                    name, segment, f"DEMO-{len(found) + 1:03}", chance.randrange(least, most, 100),
                    chance.choice((3, 3, 3, 2, 2, 1, None)), contacts, (number + chance.random()) / count, chance,
                )
            )  # fmt: skip
    return found
