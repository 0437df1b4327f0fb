"""The domain's site from a checked file: defaults in, hours inherited, breaks spelled out."""

from gateway.domain import site as domain
from gateway.site import schema, times

_CLOSED: tuple[tuple[domain.Window, ...], ...] = ((),) * 7


def build_site(file: schema.SiteFile) -> domain.Site:
    """Give the site of a file that has passed all checks."""
    top = file.site
    site_hours = _hours(file.hours)
    agency_hours = {a.id: _hours(a.hours) for a in file.agencies if a.hours}
    queues, services = [], []
    for queue in file.queues:
        inherited = agency_hours.get(queue.agency, site_hours)
        queues.append(
            domain.Queue(
                prefix=queue.prefix,
                name=queue.name,
                agency=queue.agency,
                policy=_policy(queue.policy or top.policy),
                hours=_hours(queue.hours) if queue.hours else inherited,
                first_number=queue.numbers[0],
                last_number=queue.numbers[1],
                lease_first=queue.lease_numbers[0],
                lease_last=queue.lease_numbers[1],
            )
        )
        for service in queue.services:
            agency = service.agency or queue.agency
            services.append(
                domain.Service(
                    service.id, service.name, agency, queue.prefix, service.quota_per_day
                )
            )
    return domain.Site(
        id=top.id,
        name=top.name,
        zone=top.zone,
        agencies=tuple(
            domain.Agency(a.id, a.name, a.walk_in, a.online, a.phone) for a in file.agencies
        ),
        services=tuple(services),
        queues=tuple(queues),
        counters=tuple(
            domain.Counter(c.number, tuple(c.queues), c.agency or "", c.place)
            for c in file.counters
        ),
        breaks=tuple(b for table in file.breaks for b in _breaks(table)),
        closures=tuple(sorted(day.isoformat() for day in top.closures)),
        people=tuple(domain.Person(p.id, p.role) for p in file.people),
        boards=tuple(
            domain.SiteBoard(b.id, b.role, b.kind, b.counter, tuple(b.queues), b.place)
            for b in file.boards
        ),
        counter_word=top.counter_word,
        sign_in=top.sign_in,
        presence_s=top.presence_s,
        undo_s=top.undo_s,
        print_timeout_s=top.print_timeout_s,
        rate_within_s=top.rate_within_s,
        next_lock_ms=top.next_lock_ms,
        reading_every_s=top.reading_every_s,
    )


def _policy(table: schema.PolicyTable) -> domain.Policy:
    return domain.Policy(
        table.kind, table.normal, table.priority, table.guard_min, table.priority_weight
    )


def _hours(table: schema.HoursTable) -> domain.Hours:
    if table.open == "always":
        always = ((domain.Window(0, times.DAY_MIN),),) * 7
        return domain.Hours(tickets=always, service=always, early=_CLOSED)
    service = _week(table.service)
    tickets = service if table.tickets is None else _week(table.tickets)
    return domain.Hours(tickets=tickets, service=service, early=_week(table.early))


def _week(week: schema.Week | None) -> tuple[tuple[domain.Window, ...], ...]:
    days: list[tuple[domain.Window, ...]] = list(_CLOSED)
    for names, windows in (week or {}).items():
        for day in names:
            days[day] = tuple(sorted(windows, key=lambda window: window.opens_min))
    return tuple(days)


def _breaks(table: schema.BreakTable) -> list[domain.Break]:
    weekdays = tuple(sorted({day for days in table.days for day in days}))
    return [
        domain.Break(table.name, scope, weekdays, start, table.minutes)
        for scope in table.scope
        for start in _starts(table)
    ]


def _starts(table: schema.BreakTable) -> list[int]:
    if table.starts is not None:
        return sorted(table.starts)
    if table.every_min is None or table.first is None or table.last is None:
        raise AssertionError("a break without times passed the checks")
    return times.starts_between(table.first, table.last, table.every_min)
