"""The memory of first answers: what makes a repeated press harmless (rule 5). Pure."""

from gateway.journal import Answer

# Facts are remembered until their day ends. A board gone wild may not fill our memory: beyond
# this many its oldest are forgotten, of which the caller is told to count them.
_FACTS_MOST = 20_000


class Answers:
    """First answers by source and identity: the last orders of each, all facts of the day."""

    def __init__(self, orders_kept: int) -> None:
        self._orders_kept = orders_kept
        self._orders: dict[str, dict[str, str]] = {}
        self._facts: dict[str, dict[str, str]] = {}
        self._day = ""

    def recall(self, source: str, identity: str) -> str | None:
        """Give the first answer to this press (its receipt's JSON text), or None if it is new."""
        for memory in (self._orders, self._facts):
            known = memory.get(source)
            if known is not None and identity in known:
                return known[identity]
        return None

    def remember(self, answer: Answer) -> bool:
        """Keep an answer; False if an older fact of that source had to be forgotten for it."""
        if answer.day > self._day:
            self._day = answer.day
            self._facts.clear()
        if answer.fact and answer.day < self._day:
            return True
        memory = self._facts if answer.fact else self._orders
        most = _FACTS_MOST if answer.fact else self._orders_kept
        known = memory.setdefault(answer.source, {})
        known.pop(answer.identity, None)
        known[answer.identity] = answer.receipt
        if len(known) <= most:
            return True
        del known[next(iter(known))]  # dicts keep their order: the oldest
        return not answer.fact

    def forget(self, source: str) -> None:
        """Drop the answers to a retired board."""
        self._orders.pop(source, None)
        self._facts.pop(source, None)
