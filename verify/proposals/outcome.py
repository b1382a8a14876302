from dataclasses import dataclass
from typing import Any
@dataclass
class Proposals:
    hunt: Any
    held: Any
    ended: str
    seconds: float
